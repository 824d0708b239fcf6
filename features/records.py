"""From a frame's columns to the records a model takes, and which columns are no use to it."""

import math
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from features.shapes import Note, Record
from features.spec import FeatureSpec

MOST_CATEGORIES, ROWS_A_CATEGORY = 50, 250
"""A text column with more values than this is a name or a note, not a category, unless a value has
so many rows on average: then it is a long list, of districts say."""


def to_records(rows: pa.Table, specs: Sequence[FeatureSpec]) -> list[Record]:
    """Return one dict a row: floats with NaN for unknown, strings or None."""
    columns = [_values(rows.column(spec.name), spec) for spec in specs]
    names = [spec.name for spec in specs]
    if not names:
        return [{} for _ in range(rows.num_rows)]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray, spec: FeatureSpec) -> list[object]:
    if spec.type == "numeric":
        column = pc.fill_null(column.cast(pa.float64()), math.nan)
    values: list[object] = column.to_pylist()
    return values


def useless(rows: pa.Table, specs: Sequence[FeatureSpec]) -> tuple[Note, ...]:
    """Return the features that cannot tell rows apart, each with why."""
    reasons = ((spec.name, _why_useless(rows.column(spec.name), spec)) for spec in specs)
    return tuple(Note(name, reason) for name, reason in reasons if reason is not None)


def _why_useless(column: pa.ChunkedArray, spec: FeatureSpec) -> str | None:
    if column.null_count == len(column):
        return "absent"
    values = pc.count_distinct(column, mode="only_valid").as_py()
    if values == 1 and column.null_count == 0:
        return "constant"
    if spec.type == "category" and values > max(MOST_CATEGORIES, len(column) / ROWS_A_CATEGORY):
        return "too_many_values"
    return None
