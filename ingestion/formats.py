"""How a file writes its numbers and dates: decided per column, from the evidence of its values.

``1.234`` is a thousand or a little more than one, ``03/04/2024`` is March or April: one value
cannot say, a column usually can. What no value decides falls to the file's other columns, then to a
default, and is marked ``assumed`` so that the receipt tells the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl
import pyarrow as pa

from data_contracts.contract import Column

WHOLE_CURRENCIES = frozenset({"COP", "CLP", "PYG", "JPY", "KRW"})
"""Written without minor units: there ``45.900`` is forty-five thousand."""

_EDGE = r"[^0-9.,]+"
_BOTH_COMMA = r"\..*,"
_BOTH_POINT = r",.*\."


@dataclass(frozen=True)
class Format:
    """How one column is written.

    Attributes
    ----------
    decimal
        The decimal separator; the other of comma and point then groups thousands.
    day_first
        ``03/04/2024`` is the third of April.
    assumed
        What no value of the column decided, to be told: ``decimal`` or ``day_first``.
    """

    decimal: Literal[".", ","] = "."
    day_first: bool = True
    assumed: Literal["decimal", "day_first"] | None = None


@dataclass(frozen=True)
class _Votes:
    point: int
    comma: int
    groups_of_point: int
    groups_of_comma: int


def decide_formats(
    rows: pa.Table, columns: Mapping[str, Column], currency: str
) -> dict[str, Format]:
    """Return the format of every numeric, money, integer, date and timestamp column.

    Parameters
    ----------
    rows
        Strings, one column for each key of ``columns``.
    columns
        Contract columns by their name in ``rows``.
    currency
        The tenant's currency; one without minor units reads ``45.900`` as a whole amount.
    """
    votes = {
        name: _number_votes(_distinct(rows[name]))
        for name, column in columns.items()
        if column.type in {"integer", "number", "money"}
    }
    comma = sum(v.comma > v.point for v in votes.values())
    point = sum(v.point > v.comma for v in votes.values())
    usual: Literal[".", ","] | None = None if comma == point else "," if comma > point else "."
    formats = {n: _number_format(v, columns[n], currency, usual) for n, v in votes.items()}
    for name, column in columns.items():
        if column.type in {"date", "timestamp"}:
            formats[name] = _date_format(_distinct(rows[name]))
    return formats


def _distinct(values: pa.ChunkedArray) -> pl.Series:
    series = pl.from_arrow(values)
    assert isinstance(series, pl.Series)
    return series.cast(pl.String).unique().drop_nulls()


def _number_votes(values: pl.Series) -> _Votes:
    """Count the distinct values that show which separator is the decimal one."""
    core = values.str.replace_all(_EDGE, "")
    core = core.filter(core.str.contains(r"[.,]"))
    comma = (
        core.str.contains(_BOTH_COMMA)
        | core.str.contains(r"^[0-9]*,([0-9]{1,2}|[0-9]{4,})?$")
        | core.str.contains(r"^0,[0-9]+$")
        | core.str.contains(r"^[0-9]{4,},[0-9]{3}$")
        | core.str.contains(r"^[0-9]+(\.[0-9]{3}){2,}$")
    )
    point = (
        core.str.contains(_BOTH_POINT)
        | core.str.contains(r"^[0-9]*\.([0-9]{1,2}|[0-9]{4,})?$")
        | core.str.contains(r"^0\.[0-9]+$")
        | core.str.contains(r"^[0-9]{4,}\.[0-9]{3}$")
        | core.str.contains(r"^[0-9]+(,[0-9]{3}){2,}$")
    )
    return _Votes(
        point=int(point.sum()),
        comma=int(comma.sum()),
        groups_of_point=int(core.str.contains(r"^[1-9][0-9]{0,2}\.[0-9]{3}$").sum()),
        groups_of_comma=int(core.str.contains(r"^[1-9][0-9]{0,2},[0-9]{3}$").sum()),
    )


def _number_format(
    votes: _Votes, column: Column, currency: str, usual: Literal[".", ","] | None
) -> Format:
    if votes.comma != votes.point:
        return Format(decimal="," if votes.comma > votes.point else ".")
    if not votes.groups_of_point and not votes.groups_of_comma:
        return Format()
    if usual is not None:
        return Format(decimal=usual)
    whole = column.type == "integer" or (column.type == "money" and currency in WHOLE_CURRENCIES)
    grouped_by_point = votes.groups_of_point > votes.groups_of_comma
    return Format(decimal="," if whole and grouped_by_point else ".", assumed="decimal")


def _date_format(values: pl.Series) -> Format:
    parts = values.str.extract_groups(r"^\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2,4})")
    first = parts.struct[0].cast(pl.Int32, strict=False).drop_nulls()
    second = parts.struct[1].cast(pl.Int32, strict=False).drop_nulls()
    day_first, month_first = int((first > 12).sum()), int((second > 12).sum())
    if day_first == month_first:
        return Format(assumed="day_first" if len(first) else None)
    return Format(day_first=day_first > month_first)
