"""An upload's pieces between the file and silver: staged, sealed where silver would not hold them.

Grain: one row of the file, broken lines among them. Columns: those of silver; ``reasons`` (numbers
of failed checks, empty for a good row) and ``operation_asked``; ``BROKEN`` (what is wrong with a
line that fits no header, as JSON); ``PAYLOAD`` (the sealed row, where it may go to quarantine);
``PERSON`` (its personal values, sealed); ``blank_*``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.bronze import bronze_rows
from ingestion.into_engine import raw_rows
from ingestion.job import Job
from ingestion.payload import as_json, seal_rows, seal_texts
from ingestion.reading import BrokenLine, RawTable
from ingestion.schema import personal_columns
from ingestion.silver import PERSONAL, prepare

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake
    from lakehouse.staging import Staging
    from tenancy.keys import TenantKeys

PAYLOAD, PERSON, BROKEN = "sealed payload", "sealed person", "broken line"
"""Names of columns that no column of a contract can have."""

REJECTION = ("row_number", "reasons", BROKEN)


@dataclass(frozen=True)
class Piece:
    """A piece that went through the engine and was sealed.

    Attributes
    ----------
    rows
        What ``silver.prepare`` gives, in the order of the file; broken lines are not among them.
    sealed
        Payloads of the rows, then of the broken lines.
    """

    raw: RawTable
    rows: pa.Table
    sealed: pa.Array

    def bronze(self, job: Job) -> pa.Table:
        """Return its bronze rows."""
        broken = pa.array([line.row_number for line in self.raw.broken], pa.int64())
        numbers = pa.concat_arrays([_whole(self.rows["row_number"]), broken])
        tokens = pa.nulls(len(numbers), pa.string())
        if "person_token" in self.rows.column_names:
            named = _whole(self.rows["person_token"])
            tokens = pa.concat_arrays([named, tokens.slice(len(named))])
        return bronze_rows(job, numbers, tokens, self.sealed)

    def staged(self, job: Job, keys: "TenantKeys") -> pa.Table:
        """Return its rows as they are staged."""
        count = self.rows.num_rows
        asked = pc.equal(pc.fill_null(self.rows["operation_asked"], ""), "delete")
        kept = _whole(pc.or_(pc.not_equal(self.rows["reasons"], ""), asked))
        nothing = pa.scalar(None, pa.binary())
        rows = (
            _with_person(self.rows, job, keys)
            .append_column(PAYLOAD, pc.if_else(kept, self.sealed.slice(0, count), nothing))
            .append_column(BROKEN, pa.nulls(count, pa.string()))
        )
        lines = _broken_rows(self.raw.broken, self.sealed.slice(count), rows.schema)
        return pa.concat_tables([rows, lines]) if lines.num_rows else rows


def _broken_rows(broken: Sequence[BrokenLine], sealed: pa.Array, schema: pa.Schema) -> pa.Table:
    """Return the rows of lines that fit no header: nothing but what is wrong with them."""
    faults = [{"rule": b.rule, "arguments": {"line": str(b.line), **b.arguments}} for b in broken]
    known = {
        "row_number": pa.array([line.row_number for line in broken], pa.int64()),
        BROKEN: pa.array([json.dumps(fault) for fault in faults], pa.string()),
        PAYLOAD: sealed,
    }
    columns = [known.get(field.name, pa.nulls(len(broken), field.type)) for field in schema]
    return pa.table(columns, schema=schema)


def make_piece(lake: "Lake", job: Job, raw: RawTable, keys: "TenantKeys") -> Piece:
    """Run a piece through the engine and seal it."""
    rows = lake.engine.arrow(prepare(frame_of(lake, raw_rows(job, raw)), job))
    return Piece(raw, rows.sort_by("row_number"), seal_rows(job, raw, keys))


class Staged:
    """The staged pieces of an upload.

    Parameters
    ----------
    staging
        Where they lie.
    names
        Their files, in the order of the upload's file.
    """

    def __init__(self, staging: "Staging", names: Sequence[str]) -> None:
        self._staging, self.names = staging, tuple(names)

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield one piece after the other."""
        for name in self.names:
            with self._staging.open(name) as file:
                yield pq.read_table(file, columns=None if columns is None else list(columns))

    def table(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns of all pieces."""
        return pa.concat_tables(self.tables(columns))


def frame_of(lake: "Lake", rows: pa.Table) -> "DataFrame":
    """Hand rows to the engine; Spark Connect takes no empty ones, so one is made and left out."""
    if rows.num_rows:
        return lake.engine.frame(rows)
    nothing = pa.table([pa.nulls(1, field.type) for field in rows.schema], schema=rows.schema)
    return lake.engine.frame(nothing).where("false")


def _with_person(rows: pa.Table, job: Job, keys: "TenantKeys") -> pa.Table:
    """Put the personal columns, where there are any, into one that is sealed."""
    bare = [c.name for c in personal_columns(job.table) if c.name in job.mapped_names]
    if not bare:
        return rows
    names = [PERSONAL + name for name in bare]
    texts = as_json(rows.select(names).rename_columns(bare))
    numbers = rows["row_number"].to_pylist()
    sealed = seal_texts(texts, numbers, job.person_context, keys)
    return rows.drop_columns(names).append_column(PERSON, sealed)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one chunk."""
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)
