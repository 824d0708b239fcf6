"""Gold's rows in their order, in bounded memory: some millions are sorted at a time.

The embedded engine sorts in memory, and holds what it sorts more than once. So a large table is cut
into ranges of its first column, of about as many rows each, which follow one another.
"""

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column as Expression
    from pyspark.sql import DataFrame

    from lakehouse.engine import Engine

ROWS_AT_ONCE = 1_500_000
SAMPLED = 20_000
"""Values that tell where the ranges part."""


def in_order(
    engine: "Engine",
    frame: "DataFrame",
    order: Sequence[str],
    rows: int,
    at_once: int = ROWS_AT_ONCE,
) -> "pa.RecordBatchReader":
    """Return a frame's rows as they are made, in ascending order, rows without a value first.

    Parameters
    ----------
    rows
        How many there are, or more.
    at_once
        About how many the engine may sort together.
    """
    import pyarrow as pa

    parts = ranges(engine, frame, order[0], rows, at_once)
    sorted_parts = (engine.stream(part.orderBy(*order)) for part in parts)
    first = next(sorted_parts)
    batches = (batch for part in chain([first], sorted_parts) for batch in part)
    return pa.RecordBatchReader.from_batches(first.schema, batches)


def ranges(
    engine: "Engine", frame: "DataFrame", name: str, rows: int, at_once: int
) -> "list[DataFrame]":
    """Return a frame cut by a column's values, lowest first; whole where it is small enough."""
    parts = -(-rows // at_once)
    if parts < 2:
        return [frame]
    sample = frame.select(name).sample(min(1.0, SAMPLED / rows), seed=0)
    values = sorted(engine.arrow(sample).column(0).drop_null().to_pylist())
    bounds = sorted({values[len(values) * part // parts] for part in range(1, parts) if values})
    return [frame.where(inside) for inside in _between(name, bounds)] if bounds else [frame]


def _between(name: str, bounds: Sequence[object]) -> "list[Expression]":
    from pyspark.sql import functions as fn

    column = fn.col(name)
    within = [(column >= fn.lit(low)) & (column < fn.lit(high)) for low, high in pairwise(bounds)]
    below = (column < fn.lit(bounds[0])) | column.isNull()
    return [below, *within, column >= fn.lit(bounds[-1])]
