"""A typed value as text, as bronze keeps it: without what could be read in two ways."""

import datetime as dt
import re
from decimal import Decimal

_DIGITS = 15
"""Significant digits that a spreadsheet keeps and shows; more is noise of binary fractions."""

_THREE_DECIMALS = re.compile(r"-?\d{1,3}\.\d{3}")


def cell_text(value: object) -> str:
    """Return a cell's value as text: ISO dates, whole numbers without point, no exponent.

    A share keeps its value: a cell that shows 12 % holds 0.12, and so does the text.

    >>> [cell_text(v) for v in (7.0, 1234567890123.0, 0.12, True, dt.date(2024, 3, 4))]
    ['7', '1234567890123', '0.12', 'true', '2024-03-04']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return number_text(value)
    return _time_text(value) or str(value)


def number_text(value: int | float | Decimal) -> str:
    """Return a number in plain digits, with a decimal point that reads as nothing else.

    Three decimals get a fourth: nobody can say of a lone ``45.125`` whether its point groups
    thousands, of ``45.1250`` everybody can.

    >>> number_text(45.125), number_text(0.1 + 0.2), number_text(Decimal("-3.10"))
    ('45.1250', '0.3', '-3.10')
    """
    if isinstance(value, int):
        return str(value)
    exact = Decimal(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
    if not exact.is_finite():
        return str(value)
    if isinstance(value, float) and exact == exact.to_integral_value():
        return str(int(value))
    plain = f"{exact:f}"
    return f"{plain}0" if _THREE_DECIMALS.fullmatch(plain) else plain


def _time_text(value: object) -> str | None:
    """Return a date, moment or span of time; ``None`` where it is none."""
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return _span(value) if isinstance(value, dt.timedelta) else None


def _moment(value: dt.datetime) -> str:
    """Return an ISO moment; midnight of a cell that names no time is its date."""
    if value.tzinfo is None and value.time() == dt.time.min:
        return value.date().isoformat()
    return value.isoformat(sep="T")


def _span(value: dt.timedelta) -> str:
    """Return hours that may exceed a day: ``26:30:00``."""
    sign = "-" if value < dt.timedelta(0) else ""
    seconds = round(abs(value).total_seconds())
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
