"""How one reader is spoken to: their language, and the tenant's currency and time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dashboards import formats
from data_contracts.contract import Column
from foundation.texts import Language, text

MARKS = re.compile(r"[\\`*_\[\]<>$~|#]")


@dataclass(frozen=True)
class Words:
    """Sentences and figures for one reader."""

    language: Language
    currency: str = "COP"
    time_zone: str = "America/Bogota"
    room: str = "dashboards"

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence of the catalogue ``room``, or of another that the key names."""
        return text(key if "." in key else f"{self.room}.{key}", self.language, **values)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """Return ``<key>_one`` or ``<key>_many`` with ``{count}`` written out."""
        form = "one" if number == 1 else "many"
        return self.say(f"{key}_{form}", count=self.number(number), **values)

    def number(self, value: formats.Number | None, decimals: int = 0) -> str:
        """Return a number in the reader's locale."""
        return formats.number(value, self.language, decimals)

    def share(self, value: float | None, decimals: int = 0) -> str:
        """Return a percentage in the reader's locale."""
        return formats.share(value, self.language, decimals)

    def money(self, value: formats.Number | None, currency: str | None = None) -> str:
        """Return an amount in a currency, the tenant's where none is said."""
        return formats.money(value, currency or self.currency, self.language)

    def short_money(self, value: formats.Number | None) -> str:
        """Return a large amount in millions of the tenant's currency."""
        return formats.short_money(value, self.currency, self.language)

    def day(self, at: datetime | None) -> str:
        """Return a day in the tenant's time zone."""
        return formats.day(at, self.language, self.time_zone)

    def calendar_day(self, on: date | None) -> str:
        """Return a day that was written somewhere, in whatever time zone that was."""
        return formats.calendar_day(on, self.language)

    def moment(self, at: datetime | None) -> str:
        """Return day and time in the tenant's time zone."""
        return formats.moment(at, self.language, self.time_zone)

    def label(self, column: Column) -> str:
        """Return a column's name for people, beginning with a capital."""
        return capital(column.label.get(self.language, column.name))

    def value(self, column: Column, value: object) -> str:
        """Return a stored value in words: a translated one, yes or no, an amount, a date."""
        if value is None or value == "":
            return formats.NOTHING
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, int | float | Decimal):
            return self.money(value) if column.type == "money" else self.number(value, 1)
        if isinstance(value, datetime):
            return self.day(value)
        return column.word_for(str(value), self.language)


def capital(words: str) -> str:
    """Return the words with a capital first letter, the rest as it is."""
    return words[:1].upper() + words[1:]


def literal(words: str) -> str:
    r"""Return words as Streamlit's Markdown shows them as they stand.

    A file's name, a header or a cell may hold an image that tells somebody who looked at the page,
    a link, or marks: titles, labels and messages read Markdown.

    >>> print(literal("![x](http://a.example/y.png)_1.csv"))
    !\[x\](http://a.example/y.png)\_1.csv
    """
    return MARKS.sub(r"\\\g<0>", words)


def short_name(token: str) -> str:
    """Return the part of a person's token that stands for their name where that is not allowed."""
    return token[:8]
