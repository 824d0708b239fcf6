"""Rows on their way to an engine that reads files: too many of them to hand over in a plan.

Spark keeps the rows of a plan in its driver's memory, many times larger than in Arrow: half a
million incidents did not fit two gigabytes. So a stream of more than a few pieces goes through a
staged Parquet file, which an engine elsewhere can read as well, and which ends with the write.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING
from uuid import uuid4

from lakehouse.places import Place
from lakehouse.staging import Staging

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from lakehouse.engine import Engine
    from lakehouse.refs import TableRef

HANDED_OVER_BYTES = 16 * 1024 * 1024
PREFIX = "spool-"
LEFT_AFTER_SECONDS = 24 * 3600
"""A file of a process that died is deleted by a later write: no write takes so long."""


class Spool:
    """Where streams wait for an engine, each under its tenant's own prefix.

    Parameters
    ----------
    place
        Where staged files lie.
    handed_over_bytes
        Arrow bytes that go into a plan; more go through a file.
    now
        The clock by which left files are old, in seconds since 1970.
    """

    def __init__(
        self,
        place: Place,
        *,
        handed_over_bytes: int = HANDED_OVER_BYTES,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._place = place
        self._handed_over_bytes = handed_over_bytes
        self._now = now

    @contextmanager
    def frame(
        self, engine: "Engine", ref: "TableRef", reader: "pa.RecordBatchReader"
    ) -> "Iterator[DataFrame]":
        """Read a stream to its end and give it to the engine for as long as this lasts."""
        import pyarrow as pa

        first, rest = _first_bytes(reader, self._handed_over_bytes)
        following = next(rest, None)
        if following is None:
            yield engine.frame(pa.Table.from_batches(first, reader.schema))
            return
        self._sweep(ref.tenant)
        staging = Staging(self._place, ref.tenant, f"{PREFIX}{int(self._now())}-{uuid4().hex}")
        try:
            uri = staging.write("rows.parquet", reader.schema, chain(first, [following], rest))
            yield engine.session.read.parquet(uri)
        finally:
            staging.clear()

    def _sweep(self, tenant: str) -> None:
        """Delete what writes of a day ago left behind."""
        for purpose in self._place.folders(tenant):
            begun = purpose.removeprefix(PREFIX).split("-")[0]
            old = begun.isdecimal() and self._now() - int(begun) > LEFT_AFTER_SECONDS
            if purpose.startswith(PREFIX) and old:
                Staging(self._place, tenant, purpose).clear()


def _first_bytes(
    reader: "pa.RecordBatchReader", most: int
) -> "tuple[list[pa.RecordBatch], Iterator[pa.RecordBatch]]":
    """Return the batches up to so many bytes, and the others."""
    first: list[pa.RecordBatch] = []
    taken = 0
    for batch in reader:
        first.append(batch)
        taken += batch.nbytes
        if taken > most:
            break
    return first, iter(reader)
