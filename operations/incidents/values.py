"""One value of a request, typed as the contract says: the twin of ``ingestion.casts`` for JSON.

Strings are cleaned, and known writings taken for their stored value, as they are in a file; numbers
and booleans are JSON's own, since a program writes them and no person.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from data_contracts.contract import Column, ColumnType
from foundation.errors import InvalidRequest
from foundation.spelling import EDGES, well_formed
from ingestion.vocabulary import BLANK_TEXT, fold, folded

LONGEST_TEXT = 20_000
"""Characters of a free text; the longest letters of complaint have half of it."""

LONGEST_VALUE = 1_000
"""Characters of any other string that the contract does not limit itself (as for files)."""

Value = str | int | float | bool | Decimal | date | datetime | None
LARGEST_INTEGER = 2**63 - 1
LARGEST_MONEY = Decimal(10) ** 14
CENT_OF_CENT = Decimal("0.0001")


def value_of(column: Column, given: object, time_zone: str, place: str) -> Value:
    """Return a given JSON value in the column's type; None where it is no value.

    Parameters
    ----------
    time_zone
        Zone of timestamps that name none.
    place
        Where it stands, for the sentence: ``incidents[3].kind``.

    Raises
    ------
    InvalidRequest
        It does not have the type, or breaks a limit of the contract.
    """
    if given is None:
        return None
    if column.type == "string":
        value: Value = _string(column, given, place)
    else:
        value = _read(column.type, given, time_zone)
        if value is None:
            raise InvalidRequest(f"serving.not_{column.type}", field=place)
    _check_limits(column, value, place)
    return value


def shown(name: str) -> str:
    """Return a client's own field name as an answer may show it: short, and writable."""
    return well_formed(name[:60])


def _string(column: Column, given: object, place: str) -> str | None:
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise InvalidRequest("serving.not_string", field=place)
    text = str(given)
    limit = column.max_length or (LONGEST_TEXT if _free(column) else LONGEST_VALUE)
    if len(text) > limit:
        raise InvalidRequest("serving.too_long", field=place, limit=limit)
    if not _writable(text):
        raise InvalidRequest("serving.not_text", field=place)
    if _is_blank(column, fold(text)):
        return None
    return _stored(column, text.strip(EDGES), place)


def _free(column: Column) -> bool:
    return column.classification == "free_text"


def _writable(text: str) -> bool:
    """Say whether it can be stored: half a surrogate pair and NUL cannot."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_blank(column: Column, word: str) -> bool:
    """Say whether a folded text is no value: only the empty one where any text may be meant."""
    if _free(column):
        return not word
    return word in BLANK_TEXT and word not in folded(written for written, _ in column.writings())


def _stored(column: Column, text: str, place: str) -> str:
    """Return known writings as declared; another value only where any is allowed."""
    word = fold(text)
    for written, stored in column.writings():
        if fold(written) == word:
            return stored
    if column.allowed:
        raise InvalidRequest("serving.not_allowed", field=place, allowed=", ".join(column.allowed))
    return text


def _read(kind: ColumnType, given: object, time_zone: str) -> Value:
    """Return a number, boolean or moment; None where it is none."""
    if kind in ("timestamp", "date"):
        from ingestion.forms import YEARS

        moment = _moment(given, time_zone)
        if moment is None or not YEARS[0] <= moment.year <= YEARS[1]:
            return None
        return moment if kind == "timestamp" else moment.date()
    if kind == "boolean":
        return given if isinstance(given, bool) else None
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    readers: dict[str, Callable[[int | float], Value]] = {
        "integer": _integer,
        "number": _number,
        "money": _money,
    }
    return readers[kind](given)


def _moment(given: object, time_zone: str) -> datetime | None:
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given.strip(EDGES))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(time_zone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _integer(given: int | float) -> int | None:
    if isinstance(given, float) and not given.is_integer():
        return None
    return int(given) if abs(given) <= LARGEST_INTEGER else None


def _number(given: int | float) -> float | None:
    try:
        value = float(given)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _money(given: int | float) -> Decimal | None:
    try:
        amount = Decimal(str(given))
        return amount.quantize(CENT_OF_CENT) if abs(amount) < LARGEST_MONEY else None
    except (InvalidOperation, ValueError):
        return None


def _check_limits(column: Column, value: Value, place: str) -> None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        amount = Decimal(str(value))
        if column.minimum is not None and amount < column.minimum:
            raise InvalidRequest("serving.too_small", field=place, limit=str(column.minimum))
        if column.maximum is not None and amount > column.maximum:
            raise InvalidRequest("serving.too_big", field=place, limit=str(column.maximum))
    pattern = column.pattern
    if pattern is not None and isinstance(value, str) and not re.fullmatch(pattern, value):
        raise InvalidRequest("serving.wrong_form", field=place, pattern=pattern)
