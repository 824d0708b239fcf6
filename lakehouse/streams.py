"""Rows that pass by piece by piece, and whether their keys are fit, without keeping the rows."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import polars as pl
import pyarrow as pa

from lakehouse.arrow_types import normal_schema, normal_table

SEEDS = (0, 1)
"""Two 64-bit fingerprints a key: ten million keys collide once in 10^24 files."""


Rows = TypeVar("Rows", pa.Table, pa.RecordBatchReader)


class UnfitKeyError(ValueError):
    """A stream whose keys are not fit; it ends the writing before its commit."""


def normal_reader(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Return the same rows in normal spelling, still piece by piece."""
    schema = normal_schema(reader.schema)
    if reader.schema.equals(schema, check_metadata=True):
        return reader
    pieces = (
        piece
        for batch in reader
        for piece in normal_table(pa.Table.from_batches([batch])).to_batches()
    )
    return pa.RecordBatchReader.from_batches(schema, pieces)


def in_order(rows: Rows, names: Sequence[str]) -> Rows:
    """Return the same rows with their columns in the given order."""
    if isinstance(rows, pa.Table):
        return rows.select(list(names))
    if rows.schema.names == list(names):
        return rows
    schema = pa.schema([rows.schema.field(name) for name in names])
    pieces = (batch.select(list(names)) for batch in rows)
    return pa.RecordBatchReader.from_batches(schema, pieces)


class KeyWatch:
    """Watches the keys of a stream: after its last row, a null or a repeated one ends it.

    Attributes
    ----------
    keys
        Names of the key columns; without any nothing is watched.
    unfit
        Rows whose key has a null in it or stood before; known at the stream's end.
    """

    def __init__(self, reader: pa.RecordBatchReader, keys: Sequence[str]) -> None:
        self.unfit = 0
        self._reader = reader
        self.keys = tuple(keys)

    @property
    def reader(self) -> pa.RecordBatchReader:
        """Return the watched stream; it can be read once."""
        return pa.RecordBatchReader.from_batches(self._reader.schema, self._watched())

    def _watched(self) -> Iterator[pa.RecordBatch]:
        if not self.keys:
            yield from self._reader
            return
        seen: list[pl.DataFrame] = []
        for batch in self._reader:
            keys = pl.DataFrame(pa.Table.from_batches([batch.select(list(self.keys))]))
            self.unfit += keys.height - keys.drop_nulls().height
            seen.append(pl.DataFrame([keys.hash_rows(seed).alias(str(seed)) for seed in SEEDS]))
            yield batch
        if seen:
            marks = pl.concat(seen)
            self.unfit += marks.height - marks.n_unique()
        if self.unfit:
            raise UnfitKeyError(self.unfit)
