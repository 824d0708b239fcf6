"""One value without an engine: the twin of ``ingestion.casts`` for what programs write.

Programs write numbers with a point, so no format is decided by a column's other values. A test
holds both twins against each other, value by value.
"""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from unicodedata import normalize

from data_contracts.contract import Column
from foundation.spelling import EDGES
from ingestion.forms import (
    COMPACT,
    CURRENCY,
    EXPONENT,
    LOCAL,
    LOCAL_SHORT,
    LONGEST_NUMBER,
    MOMENT,
    POINT,
    SPACED,
    WHOLE,
    YEARS,
)
from ingestion.vocabulary import (
    BLANK_TEXT,
    BLANK_VALUE,
    FALSE_WORDS,
    OPERATIONS,
    TRUE_WORDS,
    fold,
    folded,
)

Plain = str | int | float | bool | Decimal | datetime | None
INTEGERS = 2**63
EXACT_FLOATS = 2.0**53
LARGEST_FLOAT = 1.7e308
MONEY_STEP, MONEY_END = Decimal("0.0001"), Decimal(10) ** 14
WIDE = Context(prec=1_000, rounding=ROUND_HALF_UP)
FARTHEST_ZONE_MINUTES = 18 * 60
PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
"""How programs write nearly all numbers: they need not go through all other forms."""

IN_BRACKETS, NEGATIVE = re.compile(r"^\(.*\)\Z"), re.compile(r"^[^0-9.,]*-")
YEAR_FIRST = re.compile(r"[0-9]{4}[-/.]")


class Reader:
    """Reads the values of one column.

    Parameters
    ----------
    column
        The contract's.
    """

    def __init__(self, column: Column) -> None:
        self.column = column
        self._identifies = (
            column.key or column.classification == "identifier" or column.role == "reference"
        )
        self._writings = _writings(column)
        self._usual = _operations() if column.role == "operation" else {}
        self._blanks = _blanks(column) - {*self._usual}
        self._words = _booleans(column)

    def clean(self, text: str | None) -> str | None:
        """Return a text without its edges; None where it is a writing of «no value»."""
        if text is None:
            return None
        text = normalize("NFC", text) if self._identifies else text
        word = fold(text)
        if word in self._usual:
            return self._usual[word]
        return None if word in self._blanks else text.strip(EDGES)

    def read(self, text: str) -> Plain:
        """Return a cleaned text in the column's type, None where it has not the type's form.

        Moments are told without their zone: they are read to be judged, not to be stored.
        """
        match self.column.type:
            case "string":
                return self._string(text)
            case "boolean":
                return self._words.get(fold(text))
            case kind:
                return READERS[kind](text)

    def _string(self, text: str) -> str | None:
        known = self._writings.get(fold(text)) if self._writings else None
        return known if known is not None or self.column.allowed else text


def _writings(column: Column) -> dict[str, str]:
    writings: dict[str, str] = {}
    for written, stored in column.writings():
        writings.setdefault(fold(written), stored)
    return writings


def _operations() -> dict[str, str]:
    return {fold(word): stored for stored, words in OPERATIONS.items() for word in words}


def _blanks(column: Column) -> set[str]:
    if column.classification == "free_text":
        return {""}
    blanks = BLANK_TEXT if column.type == "string" else BLANK_VALUE
    return set(blanks) - set(folded(written for written, _ in column.writings()))


def _booleans(column: Column) -> dict[str, bool]:
    own = column.value_synonyms
    known = dict.fromkeys(folded(FALSE_WORDS), False)
    known |= dict.fromkeys(folded([*TRUE_WORDS, *own.get("true", ())]), True)
    return known | dict.fromkeys(folded(own.get("false", ())), False)


def plain_number(text: str) -> str | None:
    """Return a number as ``-1234.5``: no currency, no grouping, a decimal point; else None."""
    if PLAIN.fullmatch(text):
        return text
    number = text.replace("\u2212", "-")
    if IN_BRACKETS.search(number):
        number = "-" + number.strip("()")
    sign = "-" if NEGATIVE.search(number) else ""
    number = re.sub(CURRENCY, "", number)
    if re.search(SPACED, number):
        number = re.sub("[ \u00a0\u202f'’]", "", number)
    sized = len(number) <= LONGEST_NUMBER
    if not sized or not re.search(POINT, number) or not re.search("[0-9]", number):
        return None
    return sign + number.replace(",", "")


def integer(text: str) -> int | None:
    """Return a whole number of 64 bits."""
    number = plain_number(text)
    if number is None:
        return None
    if re.search(EXPONENT, number):
        scaled = _float(number)
        whole = scaled is not None and abs(scaled) < EXACT_FLOATS and scaled.is_integer()
        return int(scaled) if scaled is not None and whole else None
    if not re.search(WHOLE, number):
        return None
    exact = Decimal(number)
    return int(exact) if -INTEGERS <= exact < INTEGERS else None


def double(text: str) -> float | None:
    """Return a number of double precision that is one."""
    number = plain_number(text)
    value = None if number is None else _float(number)
    return value if value is not None and abs(value) <= LARGEST_FLOAT else None


def money(text: str) -> Decimal | None:
    """Return an amount with four decimals, rounded half up, of up to 14 digits before them."""
    number = plain_number(text)
    if number is None:
        return None
    scaled = _float(number)
    if scaled is None or abs(scaled) > LARGEST_FLOAT:
        return None
    exact = Decimal(repr(scaled)) if re.search(EXPONENT, number) else Decimal(number)
    if abs(exact) > MONEY_END:
        return None
    amount = exact.quantize(MONEY_STEP, context=WIDE)
    return amount if abs(amount) < MONEY_END else None


def _float(number: str) -> float | None:
    try:
        return float(number)
    except ValueError:  # two signs
        return None


def day(text: str) -> datetime | None:
    """Return the day of a moment, at midnight."""
    found = _parts(text)
    return None if found is None else _at(int(found[1]), int(found[2]), int(found[3]))


def moment(text: str) -> datetime | None:
    """Return a day with its time, as its own clock shows it."""
    found = _parts(text)
    if found is None or not _is_zone(found[9] or ""):
        return None
    hour, half = int(found[4] or 0), (found[8] or "")[:1].lower()
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    days = (int(found[place]) for place in (1, 2, 3))
    return _at(*days, hour, int(found[5] or 0), int(found[6] or 0))


def _parts(text: str) -> re.Match[str] | None:
    """Return the parts of a moment whose year we take for one."""
    found = re.search(MOMENT, text if YEAR_FIRST.match(text) else _iso(text))
    return found if found and YEARS[0] <= int(found[1]) <= YEARS[1] else None


def _iso(text: str) -> str:
    iso = re.sub(LOCAL, r"\3-\2-\1", text)
    iso = re.sub(LOCAL_SHORT, r"20\3-\2-\1\4", iso)
    return re.sub(COMPACT, r"\1-\2-\3\4", iso)


def _is_zone(zone: str) -> bool:
    if zone.lower() in ("", "z", "utc"):
        return True
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    return minutes < 60 and hours * 60 + minutes <= FARTHEST_ZONE_MINUTES


def _at(*parts: int) -> datetime | None:
    try:
        return datetime(*parts)  # type: ignore[arg-type]
    except ValueError:
        return None


READERS: dict[str, Callable[[str], Plain]] = {
    "integer": integer,
    "number": double,
    "money": money,
    "date": day,
    "timestamp": moment,
}
