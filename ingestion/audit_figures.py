"""What an audit is judged by: counts and means of a silver table, gathered some rows at a time.

The same figures that Great Expectations would count over all rows at once: a value that is absent
breaks nothing but a demand for presence, and of values that stand twice each one counts.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl
import pyarrow as pa

from data_contracts.checks import Expectation

SEEDS = (0, 1)
"""Two 64-bit fingerprints a key stand for it: millions of keys fit into memory."""

ROWS = "expect_table_row_count_to_be_between"
MEAN = "expect_column_mean_to_be_between"


@dataclass(frozen=True)
class Figure:
    """What was found for one expectation.

    Attributes
    ----------
    value
        The mean or count that it limits, or the share of values that keep it; NaN where there is
        none.
    unexpected, elements
        Values that broke it, of how many; None where it speaks of an aggregate.
    """

    value: float
    unexpected: int | None = None
    elements: int | None = None


class Figures:
    """The figures of some expectations, as rows pass by.

    Attributes
    ----------
    rows
        How many rows there were.
    filled
        Columns in which some row has a value.
    """

    def __init__(self, expectations: Sequence[Expectation]) -> None:
        self.rows = 0
        self.filled: set[str] = set()
        self._tallies = [(one, _tally_of(one)) for one in expectations]

    def add(self, table: pa.Table) -> None:
        """Count some rows."""
        self.rows += table.num_rows
        frame = pl.DataFrame(_floats(table))
        self.filled |= {n for n in frame.columns if frame[n].null_count() < frame.height}
        for expectation, tally in self._tallies:
            if set(columns_of([expectation])) <= set(frame.columns):
                tally.add(frame)

    def found(self, expectations: Sequence[Expectation]) -> tuple[Figure, ...]:
        """Return the figures of all rows for some of the expectations, in their order."""
        tallies = dict(self._tallies)
        return tuple(tallies[one].figure() for one in expectations)


class _Tally:
    """What one expectation needs to know of the rows."""

    def __init__(self, expectation: Expectation) -> None:
        self.arguments = expectation.arguments
        self.columns = columns_of([expectation])
        self.rows = 0
        self.broken = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Count some rows."""
        self.rows += frame.height
        if self.columns:
            self.broken += self.count(frame[self.columns[0]])

    def count(self, values: pl.Series) -> int:
        """Return how many values break the expectation."""
        return values.null_count()

    def figure(self) -> Figure:
        """Return what was found; nothing where the table lacks the column."""
        if not self.rows:
            return Figure(math.nan)
        return Figure((self.rows - self.broken) / self.rows, self.broken, self.rows)


class _Rows(_Tally):
    def figure(self) -> Figure:
        return Figure(self.rows)


class _Range(_Tally):
    def count(self, values: pl.Series) -> int:
        low, high = self.arguments["min_value"], self.arguments["max_value"]
        known = values.drop_nulls()
        above = known < low if low is not None else known.is_null()
        below = known > high if high is not None else known.is_null()
        return int((above | below).sum())


class _Member(_Tally):
    def count(self, values: pl.Series) -> int:
        return int((~values.drop_nulls().is_in(cast(list[str], self.arguments["value_set"]))).sum())


class _Mean(_Tally):
    total = 0.0
    known = 0

    def count(self, values: pl.Series) -> int:
        self.known += values.len() - values.null_count()
        self.total += float(values.sum() or 0)
        return 0

    def figure(self) -> Figure:
        return Figure(self.total / self.known if self.known else math.nan)


class _Unique(_Tally):
    def __init__(self, expectation: Expectation) -> None:
        super().__init__(expectation)
        self._marks: list[pl.DataFrame] = []

    def add(self, frame: pl.DataFrame) -> None:
        self.rows += frame.height
        keys = frame.select(self.columns).filter(~pl.all_horizontal(pl.all().is_null()))
        marks = [keys.hash_rows(seed).alias(str(seed)) for seed in SEEDS]
        self._marks.append(pl.DataFrame(marks))

    def figure(self) -> Figure:
        self.broken = int(pl.concat(self._marks).is_duplicated().sum()) if self._marks else 0
        return super().figure()


def _tally_of(expectation: Expectation) -> _Tally:
    """Return what counts for an expectation; ``KeyError`` of a kind that is not known here."""
    return _TALLIES[expectation.kind](expectation)


_TALLIES: dict[str, type[_Tally]] = {
    ROWS: _Rows,
    "expect_column_values_to_not_be_null": _Tally,
    "expect_column_values_to_be_unique": _Unique,
    "expect_compound_columns_to_be_unique": _Unique,
    "expect_column_values_to_be_between": _Range,
    "expect_column_values_to_be_in_set": _Member,
    MEAN: _Mean,
}


def limits_of(expectation: Expectation) -> tuple[float | None, float | None]:
    """Return between what the figure of an expectation must lie."""
    arguments = expectation.arguments
    if expectation.kind in {ROWS, MEAN}:
        low, high = arguments.get("min_value"), arguments.get("max_value")
        return cast(float | None, low), cast(float | None, high)
    return cast(float, arguments.get("mostly", 1.0)), 1.0


def figures_of(expectations: Sequence[Expectation], rows: Iterable[pa.Table]) -> Figures:
    """Return the figures of a table that is given some rows at a time."""
    figures = Figures(expectations)
    for table in rows:
        figures.add(table)
    return figures


def columns_of(expectations: Sequence[Expectation]) -> list[str]:
    """Return the columns that expectations speak of, each once, in order."""
    named: dict[str, None] = {}
    for expectation in expectations:
        arguments = expectation.arguments
        single = [arguments[k] for k in ("column", "column_A", "column_B") if k in arguments]
        several = cast(list[str], arguments.get("column_list") or [])
        named |= dict.fromkeys(str(c) for c in [*single, *several])
    return list(named)


def _floats(table: pa.Table) -> pa.Table:
    """Return decimals as floats, since limits are compared a column at a time."""
    for position, column in enumerate(table.schema):
        if pa.types.is_decimal(column.type):
            cast_ = table.column(position).cast(pa.float64())
            table = table.set_column(position, column.name, cast_)
    return table
