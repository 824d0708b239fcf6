"""What an upload will do to silver: each row's outcome, and the rows to write."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.history import plan_history
from ingestion.job import Job
from ingestion.keep import keep_earlier
from ingestion.keyed import plan_keyed
from ingestion.schema import silver_keys, silver_schema
from ingestion.silver import prepare, raw_rows
from lakehouse.refs import TableRef

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake

_INCOMING = ("row_key", "row_number", "row_hash", "operation_asked")
_STORED = ("row_key", "row_hash")
"""Planning needs keys, times and hashes alone; whole rows are put together afterwards."""


@dataclass(frozen=True)
class Plan:
    """The effect of an upload's good rows on silver.

    Attributes
    ----------
    outcomes
        Outcome by row number; ``unknown`` where a row asks to delete what is not there.
    written
        Whole rows to merge, in silver's schema.
    removed
        Keys to delete (tables without history).
    current
        Numbers of written rows that hold now: their personal data goes to the vault.
    ended
        Versions that a snapshot closed.
    kept
        Columns that the file lacks and whose earlier values the written rows keep.
    """

    outcomes: dict[int, str]
    written: pa.Table
    removed: pa.Table
    current: frozenset[int]
    ended: int
    kept: tuple[str, ...]


def prepared_rows(lake: "Lake", job: Job) -> pa.Table:
    """Run the file through the engine once; see ``silver.prepare`` for the columns."""
    return lake.engine.arrow(prepare(_frame(lake, raw_rows(job)), job))


def plan_rows(lake: "Lake", job: Job, prepared: pa.Table, rejected: Collection[int]) -> Plan:
    """Return what the good rows do to silver as it stands.

    Parameters
    ----------
    prepared
        Every row of the file, as ``prepared_rows`` gave it.
    rejected
        Row numbers that are left out.
    """
    left_out = pa.array(sorted(rejected), pa.int64())
    good = prepared.filter(pc.invert(pc.is_in(prepared["row_number"], left_out)))
    if not job.table.history:
        return _keyed(lake, job, good)
    bad = prepared.filter(pc.is_in(prepared["row_number"], left_out))
    return _history(lake, job, good, pc.unique(bad["row_key"].drop_null()))


def _history(lake: "Lake", job: Job, good: pa.Table, rejected_keys: pa.Array) -> Plan:
    incoming = _frame(lake, good.select([*_INCOMING, "valid_from"]))
    existing = _existing(lake, job, [*_STORED, "valid_from", "valid_to"])
    if not job.ends_absent:
        existing = existing.join(incoming.select("row_key").distinct(), "row_key", "left_semi")
    # Someone whose row was rejected is in the snapshot all the same, and has not left.
    elif len(doubted := _only_in(rejected_keys, good["row_key"])):
        keys = _frame(lake, pa.table({"row_key": doubted}))
        existing = existing.join(keys, "row_key", "left_anti")
    moments = lake.engine.arrow(plan_history(incoming, existing, job.ends_absent, job.received_at))
    sent = moments.filter(pc.is_valid(moments["row_number"]))
    new = sent.filter(sent["writes_row"])
    moved = moments.filter(moments["moves_end"])
    now = new.filter(pc.is_null(new["valid_to"]))
    schema = silver_schema(job.table)
    rows, kept = keep_earlier(lake, job, _with_ends(good, new, ["row_number"], schema))
    return Plan(
        outcomes=dict.fromkeys(good["row_number"].to_pylist(), "superseded") | _pairs(sent),
        written=pa.concat_tables(
            [
                rows,
                _with_ends(_stored(lake, job, moved), moved, silver_keys(job.table), schema),
            ]
        ),
        removed=pa.table({"row_key": pa.array([], pa.string())}),
        current=frozenset(now["row_number"].to_pylist()),
        ended=int(pc.sum(moments["ended"]).as_py() or 0),
        kept=kept,
    )


def _only_in(keys: pa.Array, others: pa.ChunkedArray) -> pa.Array:
    return keys.filter(pc.invert(pc.is_in(keys, others.combine_chunks())))


def _stored(lake: "Lake", job: Job, moved: pa.Table) -> pa.Table:
    """Return whole versions of the keys whose version's end moves."""
    if not moved.num_rows:
        return silver_schema(job.table).empty_table()
    keys = pc.unique(moved["row_key"])
    return lake.arrow(_silver(lake, job), where=pc.field("row_key").isin(keys))


def _with_ends(rows: pa.Table, ends: pa.Table, on: list[str], schema: pa.Schema) -> pa.Table:
    """Return the rows that ``ends`` names, each with its end."""
    whole = pl.DataFrame(rows.select(schema.names).drop_columns(["valid_to"]))
    named = whole.join(pl.DataFrame(ends.select([*on, "valid_to"])), on=on, how="inner")
    return named.select(schema.names).to_arrow().cast(schema)


def _keyed(lake: "Lake", job: Job, good: pa.Table) -> Plan:
    incoming = _frame(lake, good.select(list(_INCOMING)))
    planned = lake.engine.arrow(plan_keyed(incoming, _existing(lake, job, list(_STORED))))
    numbers = planned.filter(planned["written"])["row_number"]
    schema = silver_schema(job.table)
    rows = good.filter(pc.is_in(good["row_number"], numbers.combine_chunks()))
    written, kept = keep_earlier(lake, job, rows.select(schema.names).cast(schema))
    return Plan(
        outcomes=_pairs(planned),
        written=written,
        removed=planned.filter(planned["removed"]).select(["row_key"]),
        current=frozenset(numbers.to_pylist()),
        ended=0,
        kept=kept,
    )


def _silver(lake: "Lake", job: Job) -> TableRef:
    return lake.ref(job.tenant, "silver", job.table.name)


def _existing(lake: "Lake", job: Job, columns: list[str]) -> "DataFrame":
    ref = _silver(lake, job)
    if lake.exists(ref):
        return lake.read(ref).select(columns)
    schema = silver_schema(job.table)
    return _frame(lake, schema.empty_table().select(columns))


def _pairs(rows: pa.Table) -> dict[int, str]:
    return dict(zip(rows["row_number"].to_pylist(), rows["outcome"].to_pylist(), strict=True))


def _frame(lake: "Lake", rows: pa.Table) -> "DataFrame":
    """Hand rows to the engine; Spark Connect takes no empty ones, so one is made and left out."""
    if rows.num_rows:
        return lake.engine.frame(rows)
    nothing = pa.table([pa.nulls(1, field.type) for field in rows.schema], schema=rows.schema)
    return lake.engine.frame(nothing).where("false")
