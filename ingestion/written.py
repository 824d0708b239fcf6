"""What a plan writes: whole rows for silver and persons for the vault, piece by piece."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.job import Job
from ingestion.keep import Earlier
from ingestion.plan import Plan, silver_of
from ingestion.schema import MOMENT, personal_columns, silver_schema
from ingestion.staged import PERSON, Staged

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.keys import TenantKeys


def earlier_of(lake: "Lake", job: Job, staged: Staged, plan: Plan) -> Earlier:
    """Return the earlier values that the plan's rows keep."""
    times = ["valid_from"] if job.table.history else []
    return Earlier(lake, job, _written(staged, plan, ["row_number", "row_key", *times]))


def silver_rows(
    lake: "Lake", job: Job, staged: Staged, plan: Plan, earlier: Earlier
) -> pa.RecordBatchReader:
    """Return the rows to write, in silver's schema: the file's, then versions whose end moves."""
    schema = silver_schema(job.table)
    moved = _moved(lake, job, plan)

    def batches() -> Iterator[pa.RecordBatch]:
        for rows in _written(staged, plan, schema.names):
            yield from earlier.given_to(_with_ends(rows, plan).cast(schema)).to_batches()
        for rows in moved:
            yield from rows.select(schema.names).cast(schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def persons_of(
    job: Job, staged: Staged, plan: Plan, keys: "TenantKeys"
) -> Iterator[tuple[int, pa.Table]]:
    """Yield the personal columns of rows that hold now, with the number of their piece.

    The last row of a person wins; a later piece's wins over an earlier one's.
    """
    names = [c.name for c in personal_columns(job.table) if c.name in job.mapped_names]
    if not names or not plan.current.any():
        return
    columns = ["row_number", "person_token", PERSON]
    for number, table in enumerate(staged.tables(columns), start=1):
        current = pa.array(plan.current[table["row_number"].to_numpy()])
        rows = table.filter(pc.and_(pc.is_valid(table["person_token"]), current))
        if rows.num_rows:
            yield number, _opened(rows, names, job, keys)


def _opened(rows: pa.Table, names: list[str], job: Job, keys: "TenantKeys") -> pa.Table:
    last = pl.DataFrame(rows).sort("row_number").unique("person_token", keep="last")
    numbers = last["row_number"].to_list()
    opened = keys.decrypt_many(last[PERSON].to_list(), job.person_context, numbers)
    people = [json.loads(person) for person in opened]
    columns = [pa.array([person[name] for person in people], pa.string()) for name in names]
    tokens = pa.array(last["person_token"].to_list(), pa.string())
    return pa.table([tokens, *columns], names=["person_token", *names])


def _written(staged: Staged, plan: Plan, columns: list[str]) -> Iterator[pa.Table]:
    for table in staged.tables(columns):
        rows = table.filter(pa.array(plan.written[table["row_number"].to_numpy()]))
        if rows.num_rows:
            yield rows


def _with_ends(rows: pa.Table, plan: Plan) -> pa.Table:
    if plan.ends is None:
        return rows
    micros = plan.ends[rows["row_number"].to_numpy()]
    ends = pa.array(micros, pa.int64(), mask=micros == np.iinfo(np.int64).min).cast(MOMENT)
    return rows.set_column(rows.column_names.index("valid_to"), "valid_to", ends)


def _moved(lake: "Lake", job: Job, plan: Plan) -> Iterator[pa.Table]:
    """Return stored versions with the ends that they get.

    The table is opened here, not when the first row is asked for: by then delta-rs is writing, and
    opens no other in that thread.
    """
    if not plan.moved.num_rows:
        return iter(())
    ends = pl.DataFrame(plan.moved)
    mine = pc.field("row_key").isin(pc.unique(plan.moved["row_key"]))
    stored = lake.batches(silver_of(lake, job), where=mine)
    versions = (pl.DataFrame(table).drop("valid_to") for table in stored)
    return (version.join(ends, ["row_key", "valid_from"]).to_arrow() for version in versions)
