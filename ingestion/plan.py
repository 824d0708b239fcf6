"""What an upload will do to silver: each row's outcome, and the rows to write. Reads, never writes."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.history import ABSENT, SENT, plan_history
from ingestion.job import Job
from ingestion.keyed import plan_keyed
from ingestion.schema import silver_schema
from ingestion.silver import prepare, raw_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake


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
    """

    outcomes: dict[int, str]
    written: pa.Table
    removed: pa.Table
    current: frozenset[int]
    ended: int


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
    schema = silver_schema(job.table)
    left_out = pa.array(sorted(rejected), pa.int64())
    good = prepared.filter(pc.invert(pc.is_in(prepared["row_number"], left_out)))
    incoming = _frame(lake, good.select([*schema.names, "operation_asked"]))
    existing = _existing(lake, job, schema)
    return (
        _history(lake, job, incoming, existing)
        if job.table.history
        else _keyed(lake, incoming, existing, schema)
    )


def _existing(lake: "Lake", job: Job, schema: pa.Schema) -> "DataFrame":
    ref = lake.ref(job.tenant, "silver", job.table.name)
    if not lake.exists(ref):
        return _frame(lake, schema.empty_table())
    return lake.read(ref).select(schema.names)


def _history(lake: "Lake", job: Job, incoming: "DataFrame", existing: "DataFrame") -> Plan:
    if not job.ends_absent:
        existing = existing.join(incoming.select("row_key").distinct(), "row_key", "left_semi")
    planned = lake.engine.arrow(plan_history(incoming, existing, job.ends_absent, job.received_at))
    schema = silver_schema(job.table)
    sent = planned.filter(pc.equal(planned["kind"], SENT))
    written = planned.filter(planned["written"])
    now = pc.and_(pc.equal(written["kind"], SENT), pc.is_null(written["valid_to"]))
    return Plan(
        outcomes=_pairs(sent),
        written=written.select(schema.names).cast(schema),
        removed=pa.table({"row_key": pa.array([], pa.string())}),
        current=frozenset(written.filter(now)["row_number"].to_pylist()),
        ended=int(pc.sum(pc.equal(planned["kind"], ABSENT)).as_py() or 0),
    )


def _keyed(lake: "Lake", incoming: "DataFrame", existing: "DataFrame", schema: pa.Schema) -> Plan:
    planned = lake.engine.arrow(plan_keyed(incoming, existing))
    written = planned.filter(planned["written"])
    return Plan(
        outcomes=_pairs(planned),
        written=written.select(schema.names).cast(schema),
        removed=planned.filter(planned["removed"]).select(["row_key"]),
        current=frozenset(written["row_number"].to_pylist()),
        ended=0,
    )


def _pairs(rows: pa.Table) -> dict[int, str]:
    return dict(zip(rows["row_number"].to_pylist(), rows["outcome"].to_pylist(), strict=True))


def _frame(lake: "Lake", rows: pa.Table) -> "DataFrame":
    """Hand rows to the engine; Spark Connect takes no empty ones, so one is made and left out."""
    if rows.num_rows:
        return lake.engine.frame(rows)
    nothing = pa.table([pa.nulls(1, field.type) for field in rows.schema], schema=rows.schema)
    return lake.engine.frame(nothing).where("false")
