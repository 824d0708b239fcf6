"""How a file writes its numbers and dates: decided per column, from the evidence of its values.

``1.234`` is a thousand or a little more than one, ``03/04/2024`` is March or April: one value
cannot say, a column usually can. What no value decides falls to the file's other columns, then to a
default, and is marked ``assumed`` so that the receipt tells the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
import pyarrow as pa

from data_contracts.contract import Column

WHOLE_CURRENCIES = frozenset({"COP", "CLP", "PYG", "JPY", "KRW"})
"""Written without minor units: there ``45.900`` is forty-five thousand."""

NUMERIC = frozenset({"integer", "number", "money"})
VOTES = ("point", "comma", "groups_of_point", "groups_of_comma")
_EDGE = r"[^0-9.,]+"
_BOTH_COMMA = r"\..*,"
_BOTH_POINT = r",.*\."
_LOCAL_DATE = r"^\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2,4})"


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


class FormatEvidence:
    """What the values of a file's columns show, gathered piece by piece.

    Each distinct value counts once, however often and in however many pieces it stands: of those
    that show anything, a 64-bit fingerprint is kept.

    Parameters
    ----------
    columns
        Contract columns by their name in the rows.
    """

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns
        self._numbers = {n: _Seen() for n, c in columns.items() if c.type in NUMERIC}
        self._dates = {n: _Seen() for n, c in columns.items() if c.type in {"date", "timestamp"}}

    def add(self, rows: pa.Table) -> None:
        """Look at some of the file's rows: strings, one column for each of the columns."""
        for name, seen in self._numbers.items():
            seen.add(_number_marks(_strings(rows[name])))
        for name, seen in self._dates.items():
            seen.add(_date_marks(_strings(rows[name])))

    def decide(self, currency: str) -> dict[str, Format]:
        """Return the format of every numeric, money, integer, date and timestamp column.

        Parameters
        ----------
        currency
            The tenant's currency; one without minor units reads ``45.900`` as a whole amount.
        """
        votes = {name: _Votes(**seen.counts(VOTES)) for name, seen in self._numbers.items()}
        comma = sum(v.comma > v.point for v in votes.values())
        point = sum(v.point > v.comma for v in votes.values())
        usual: Literal[".", ","] | None = None if comma == point else "," if comma > point else "."
        formats = {
            n: _number_format(v, self._columns[n], currency, usual) for n, v in votes.items()
        }
        return formats | {name: _date_format(seen) for name, seen in self._dates.items()}


class _Seen:
    """Marks of the distinct values of one column."""

    def __init__(self) -> None:
        self._marks: pl.DataFrame | None = None

    def add(self, marks: pl.DataFrame) -> None:
        """Add values, each with its fingerprint and what it shows."""
        together = marks if self._marks is None else pl.concat([self._marks, marks])
        self._marks = together.unique("value")

    def counts(self, names: Sequence[str]) -> dict[str, int]:
        """Return how many distinct values bear each mark."""
        marks = self._marks
        return {name: 0 if marks is None else int(marks[name].sum()) for name in names}


def _strings(values: pa.ChunkedArray) -> pl.Series:
    series = pl.from_arrow(values)
    assert isinstance(series, pl.Series)
    return series.cast(pl.String)


def _number_marks(values: pl.Series) -> pl.DataFrame:
    """Return the distinct values that show which separator is the decimal one."""
    written = values.filter(values.str.contains("[.,]")).unique().drop_nulls()
    core = written.str.replace_all(_EDGE, "")
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
    return _marks(
        written,
        point=point,
        comma=comma,
        groups_of_point=core.str.contains(r"^[1-9][0-9]{0,2}\.[0-9]{3}$"),
        groups_of_comma=core.str.contains(r"^[1-9][0-9]{0,2},[0-9]{3}$"),
    )


def _date_marks(values: pl.Series) -> pl.DataFrame:
    """Return the distinct values that begin with a day or a month."""
    written = values.filter(values.str.contains(_LOCAL_DATE)).unique().drop_nulls()
    parts = written.str.extract_groups(_LOCAL_DATE)
    first = parts.struct[0].cast(pl.Int32, strict=False)
    second = parts.struct[1].cast(pl.Int32, strict=False)
    return _marks(written, local=first.is_not_null(), day=first > 12, month=second > 12)


def _marks(values: pl.Series, **marks: pl.Series) -> pl.DataFrame:
    shown = pl.DataFrame({"value": values.hash(), **marks})
    return shown.filter(pl.any_horizontal(*marks))


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


def _date_format(seen: _Seen) -> Format:
    counts = seen.counts(("local", "day", "month"))
    if counts["day"] == counts["month"]:
        return Format(assumed="day_first" if counts["local"] else None)
    return Format(day_first=counts["day"] > counts["month"])
