"""Numbers, money, shares and dates as the reader's locale writes them. Pure.

Spanish is es-CO: ``1.234,56``, ``12,4 %``, «23 nov 2026»; English is en-US with the day first.
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from foundation.texts import Language
from ingestion.formats import WHOLE_CURRENCIES

LOCALES: dict[Language, str] = {"es": "es_CO", "en": "en_US"}
NOTHING = "—"
Number = int | float | Decimal


def number(value: Number | None, language: Language, decimals: int = 0) -> str:
    """Return a number with grouped thousands and at most so many decimals.

    >>> number(1234.56, "es", 2), number(1234.56, "en", 2), number(None, "es")
    ('1.234,56', '1,234.56', '—')
    """
    if value is None:
        return NOTHING
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return str(format_decimal(value, pattern, locale=LOCALES[language]))


def money(value: Number | None, currency: str, language: Language) -> str:
    """Return an amount with its currency's code; pesos without decimals.

    >>> money(Decimal("1234567.8"), "COP", "es")
    'COP 1.234.568'
    >>> money(Decimal("1234.5"), "USD", "en")
    'USD 1,234.50'
    """
    if value is None:
        return NOTHING
    pattern = "¤¤ #,##0" if currency in WHOLE_CURRENCIES else "¤¤ #,##0.00"
    written = format_currency(
        value, currency, pattern, locale=LOCALES[language], currency_digits=False
    )
    return str(written).replace("\u00a0", " ")


def short_money(value: Number | None, currency: str, language: Language) -> str:
    """Return a large amount in thousands or millions, as people say it.

    >>> short_money(Decimal("12345678"), "COP", "es"), short_money(812, "USD", "en")
    ('COP 12,3 millones', 'USD 812.00')
    """
    if value is None or abs(float(value)) < 1_000_000:
        return money(value, currency, language)
    millions = float(value) / 1e6
    word = {"es": "millones", "en": "million"}[language]
    return f"{currency} {number(millions, language, 1 if millions < 1000 else 0)} {word}"


def share(value: float | None, language: Language, decimals: int = 0) -> str:
    """Return a share of one as a percentage.

    >>> share(0.124, "es", 1)
    '12,4 %'
    >>> share(0.124, "en", 1)
    '12.4%'
    """
    if value is None:
        return NOTHING
    zeros = "." + "0" * decimals if decimals else ""
    pattern = f"#,##0{zeros}" + (" %" if language == "es" else "%")
    written: str = format_percent(value, pattern, locale=LOCALES[language])
    return written.replace("\u00a0", " ")


def day(moment: datetime | None, language: Language, zone: str) -> str:
    """Return the day of a moment in the tenant's time zone: «23 nov 2026»."""
    return _dated(moment, "d MMM y", language, zone)


def calendar_day(on: date | None, language: Language) -> str:
    """Return a day of the calendar: «23 nov 2026».

    >>> calendar_day(date(2026, 11, 23), "es")
    '23 nov 2026'
    """
    if on is None:
        return NOTHING
    return str(format_date(on, "d MMM y", locale=LOCALES[language])).replace(".", "")


def moment(at: datetime | None, language: Language, zone: str) -> str:
    """Return day and time of a moment in the tenant's time zone: «23 nov 2026, 08:00»."""
    return _dated(at, "d MMM y, HH:mm", language, zone)


def month(at: datetime, language: Language) -> str:
    """Return a month: «nov 2026». ``at`` is its first day, in whatever zone it was cut."""
    return str(format_datetime(at, "MMM y", locale=LOCALES[language])).replace(".", "")


def duration(seconds: float | None, language: Language) -> str:
    """Return a span in its two largest units.

    >>> duration(95, "es"), duration(90_000, "es"), duration(12.4, "en")
    ('1 min 35 s', '1 d 1 h', '12 s')
    """
    if seconds is None:
        return NOTHING
    rest, parts = round(seconds), []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{number(count, language)} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _dated(at: datetime | None, pattern: str, language: Language, zone: str) -> str:
    if at is None:
        return NOTHING
    written = format_datetime(at, pattern, tzinfo=ZoneInfo(zone), locale=LOCALES[language])
    return str(written).replace(".", "")
