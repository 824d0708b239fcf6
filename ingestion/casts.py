"""From text to typed values, as engine column expressions; the same on Sail and on Spark.

No value is guessed: what does not have the form of its type becomes NULL, and the row's check on
the type then sends it to quarantine. Regular expressions use neither look-around nor the classes
of digits and spaces (others in Rust than in Java); integers are 64 bits through ``try_cast``, money
is decimal.
"""

from collections.abc import Mapping
from decimal import Decimal

from pyspark.sql import Column as Expression
from pyspark.sql import functions as fn

from data_contracts.contract import Column
from foundation.spelling import EDGES
from ingestion.formats import Format
from ingestion.vocabulary import (
    ACCENTED,
    BLANK_TEXT,
    BLANK_VALUE,
    FALSE_WORDS,
    PLAIN,
    TRUE_WORDS,
    fold,
    folded,
)

MONEY = "decimal(18,4)"
STANDARD = Format()
_CURRENCY = (
    r"^(?:COP|USD|EUR|MXN|PEN|CLP|US)?[$€£¥]? ?[-+]?[$€£¥]? ?|"
    r" ?(?:COP|USD|EUR|MXN|PEN|CLP|[Pp]esos)?[$€£¥]?$"
)
_SPACED = r"^[-+]?[0-9]{1,3}(?:[ \u00a0\u202f'’][0-9]{3})+(?:[.,][0-9]+)?$"
_POINT = r"^[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?$"
_COMMA = r"^[-+]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)?(?:,[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?$"
_WHOLE = r"^[-+]?[0-9]+(?:\.0*)?$"
_EXPONENT = r"[eE]"
_MOMENT = (
    r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"
    r"(?:[T ,]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?([AaPp]\.? ?[Mm]\.?)? ?(Z|z|UTC|[-+][0-9]{2}(?::?[0-9]{2})?)?)?$"
)
_PLAIN_WHOLE = r"^-?[0-9]{1,15}$"
_PLAIN_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}$"
"""The commonest forms: they need not go through all the others."""

_LOCAL = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"
_LOCAL_SHORT = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2})($|[T ,])"
_COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})($|T| )"
YEARS = (1900, 2200)
"""A year outside is a slip of the pen, not a date."""


def folded_text(text: Expression) -> Expression:
    """Return the engine's twin of ``vocabulary.fold``."""
    return fn.translate(fn.lower(fn.btrim(text, fn.lit(EDGES))), ACCENTED, PLAIN)


def clean(column: Column, text: Expression, values: Mapping[str, str]) -> Expression:
    """Cut the edges, make writings of «no value» NULL, and apply the tenant's own value mapping."""
    own = {fold(written): stored for written, stored in values.items()}
    kept = set(folded(written for written, _ in column.writings())) | set(own)
    blanks: tuple[str, ...] = BLANK_TEXT if column.type == "string" else BLANK_VALUE
    blanks = ("",) if column.classification == "free_text" else blanks
    blank = folded_text(text).isin([b for b in blanks if b not in kept])
    trimmed = fn.when(~blank, fn.btrim(text, fn.lit(EDGES)))
    return fn.coalesce(_looked_up(text, own), trimmed) if own else trimmed


def typed(
    column: Column, text: Expression, form: Format = STANDARD, time_zone: str = "UTC"
) -> Expression:
    """Return the typed value of a cleaned text, NULL where it does not have the column's type.

    Parameters
    ----------
    column
        The contract's column.
    text
        Cleaned text (see ``clean``).
    form
        How this file writes the column.
    time_zone
        Zone of timestamps that name none; the result is UTC.
    """
    match column.type:
        case "boolean":
            value = _boolean(column, text)
        case "integer":
            any_form = _integer(plain_number(text, form))
            plain = text.try_cast("bigint")
            value = fn.when(text.rlike(_PLAIN_WHOLE), plain).otherwise(any_form)
        case "number":
            value = _double(plain_number(text, form))
        case "money":
            value = _money(plain_number(text, form))
        case "date":
            value = _date(text, form)
        case "timestamp":
            value = _timestamp(text, form, time_zone)
        case "string":
            value = _string(column, text)
    return value


def literal(column: Column, value: str | Decimal) -> Expression:
    """Return a value of the contract (a limit, what a blank means) in the column's type."""
    names = {"integer": "bigint", "number": "double", "money": MONEY, "boolean": "boolean"}
    return fn.lit(str(value)).cast(names.get(column.type, column.type))


def plain_number(text: Expression, form: Format = STANDARD) -> Expression:
    """Return a number as ``-1234.5``: no currency, no grouping, a decimal point; else NULL."""
    number = fn.regexp_replace(text, "\u2212", "-")
    number = fn.when(
        number.rlike(r"^\(.*\)$"), fn.concat(fn.lit("-"), fn.btrim(number, fn.lit("()")))
    ).otherwise(number)
    sign = fn.when(number.rlike(r"^[^0-9.,]*-"), "-").otherwise("")
    number = fn.regexp_replace(number, _CURRENCY, "")
    spaces = fn.regexp_replace(number, "[ \u00a0\u202f'’]", "")
    number = fn.when(number.rlike(_SPACED), spaces).otherwise(number)
    shape, group = (_POINT, ",") if form.decimal == "." else (_COMMA, ".")
    plain = fn.translate(fn.translate(number, group, ""), ",", ".")
    return fn.when(number.rlike(shape) & number.rlike("[0-9]"), fn.concat(sign, plain))


def _boolean(column: Column, text: Expression) -> Expression:
    own = column.value_synonyms
    word = folded_text(text)
    true = folded([*TRUE_WORDS, *own.get("true", ())])
    false = folded([*FALSE_WORDS, *own.get("false", ())])
    return (
        fn.when(word.isin(folded(own.get("false", ())) or ["\u0000"]), fn.lit(False))
        .when(word.isin(true), fn.lit(True))
        .when(word.isin(false), fn.lit(False))
    )


def _integer(number: Expression) -> Expression:
    scaled = number.try_cast("double")
    exponent = fn.when(
        (scaled == fn.floor(scaled)) & (fn.abs(scaled) < 2.0**53), scaled.try_cast("bigint")
    )
    whole = fn.when(number.rlike(_WHOLE), fn.regexp_replace(number, r"\.0*$", ""))
    return fn.when(number.rlike(_EXPONENT), exponent).otherwise(whole.try_cast("bigint"))


def _double(number: Expression) -> Expression:
    value = number.try_cast("double")
    return fn.when(fn.abs(value) <= 1.7e308, value)


def _money(number: Expression) -> Expression:
    exponent = number.try_cast("double").try_cast(MONEY)
    return fn.when(number.rlike(_EXPONENT), exponent).otherwise(number.try_cast(MONEY))


def _string(column: Column, text: Expression) -> Expression:
    """Return known writings as declared; another value only where any is allowed."""
    writings: dict[str, str] = {}
    for written, stored in column.writings():
        writings.setdefault(fold(written), stored)
    if not writings:
        return text
    known = _looked_up(text, writings)
    return known if column.allowed else fn.coalesce(known, text)


def _looked_up(text: Expression, writings: Mapping[str, str]) -> Expression:
    """Return the stored value of a writing, NULL where none is known."""
    word = folded_text(text)
    stored: dict[str, list[str]] = {}
    for written, value in writings.items():
        stored.setdefault(value, []).append(written)
    return fn.coalesce(
        *(fn.when(word.isin(words), fn.lit(value)) for value, words in stored.items())
    )


def _iso(text: Expression, form: Format) -> Expression:
    order = "$3-$2-$1" if form.day_first else "$3-$1-$2"
    short = "20" + order + "$4"
    iso = fn.regexp_replace(text, _LOCAL, order)
    iso = fn.regexp_replace(iso, _LOCAL_SHORT, short)
    return fn.regexp_replace(iso, _COMPACT, "$1-$2-$3$4")


def _part(iso: Expression, group: int, width: int) -> Expression:
    return fn.lpad(fn.regexp_extract(iso, _MOMENT, group), width, "0")


def _day(iso: Expression) -> Expression:
    """Return ``yyyy-mm-dd`` as text, NULL where the whole text is not a moment."""
    year = fn.regexp_extract(iso, _MOMENT, 1).try_cast("int")
    day = fn.concat_ws("-", _part(iso, 1, 4), _part(iso, 2, 2), _part(iso, 3, 2))
    return fn.when(iso.rlike(_MOMENT) & year.between(*YEARS), day)


def _date(text: Expression, form: Format) -> Expression:
    return _day(_iso(text, form)).try_cast("date")


def _hour(iso: Expression) -> Expression:
    """Return the hour of 24 as two digits; 12 a. m. is midnight."""
    half = fn.lower(fn.substring(fn.regexp_extract(iso, _MOMENT, 8), 1, 1))
    hour = fn.regexp_extract(iso, _MOMENT, 4).try_cast("int")
    of_24 = (
        fn.when((half == "p") & (hour < 12), hour + 12)
        .when((half == "a") & (hour == 12), 0)
        .otherwise(hour)
    )
    return fn.lpad(fn.coalesce(of_24.cast("string"), fn.lit("0")), 2, "0")


def _timestamp(text: Expression, form: Format, time_zone: str) -> Expression:
    low, high = (str(year) for year in (YEARS[0], YEARS[1] + 1))
    naive = fn.when((text >= low) & (text < high), text.try_cast("timestamp"))
    plain = naive if time_zone == "UTC" else fn.to_utc_timestamp(naive, time_zone)
    any_form = _any_timestamp(text, form, time_zone)
    return fn.when(text.rlike(_PLAIN_MOMENT), plain).otherwise(any_form)


def _any_timestamp(text: Expression, form: Format, time_zone: str) -> Expression:
    iso = _iso(text, form)
    fraction = fn.rpad(fn.regexp_extract(iso, _MOMENT, 7), 6, "0")
    clock = fn.concat(
        _hour(iso),
        fn.lit(":"),
        _part(iso, 5, 2),
        fn.lit(":"),
        _part(iso, 6, 2),
        fn.lit("."),
        fraction,
    )
    zone = fn.regexp_extract(iso, _MOMENT, 9)
    moment = fn.concat_ws(" ", fn.nullif(_day(iso), fn.lit("")), clock)
    naive = fn.when(_day(iso).isNotNull(), moment).try_cast("timestamp")
    offset = fn.regexp_replace(zone, r"^([-+][0-9]{2}):?([0-9]{2})?$", "$1:$2")
    offset = fn.regexp_replace(offset, r":$", ":00")
    offset = fn.when(fn.lower(zone).isin("z", "utc"), "+00:00").otherwise(offset)
    placed = fn.when(_day(iso).isNotNull(), fn.concat(moment, offset)).try_cast("timestamp")
    local = naive if time_zone == "UTC" else fn.to_utc_timestamp(naive, time_zone)
    return fn.when(zone != "", placed).otherwise(local)
