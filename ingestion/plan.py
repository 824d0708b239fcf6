"""What an upload will do to silver: each row's outcome, and which rows to write."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.history import plan_history
from ingestion.job import Job
from ingestion.keyed import plan_keyed
from ingestion.schema import MOMENT, silver_schema
from ingestion.staged import Staged, frame_of
from lakehouse.refs import TableRef

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake

Flags = npt.NDArray[np.bool_]
"""One for each row number, from 0: a place that no row has."""

_INCOMING = ("row_key", "row_number", "row_hash", "operation_asked")
_STORED = ("row_key", "row_hash")
"""Planning needs keys, times and hashes alone; whole rows are put together afterwards."""

MOST_BYTES_TOLD = 4 * 1024 * 1024
"""Rows that go to the engine inside the question: it names them a dozen times, and is one message
of Spark Connect, which holds 128 MiB. More are staged, and the engine reads them there."""

_NOBODY = pa.schema([("row_key", pa.string())])
_NOTHING_MOVES = pa.schema([("row_key", pa.string()), ("valid_from", MOMENT), ("valid_to", MOMENT)])


@dataclass(frozen=True)
class Plan:
    """The effect of an upload's good rows on silver.

    Attributes
    ----------
    outcomes
        How many rows have each outcome; ``unknown`` ask to delete what is not there.
    unknown
        The numbers of the unknown ones.
    written
        Rows to write.
    current
        Written rows that hold now: their personal data goes to the vault.
    ends
        Microseconds at which written versions end, by row number, where there is history.
    moved
        ``row_key, valid_from, valid_to`` of stored versions whose end moves.
    removed
        Keys to delete (tables without history).
    ended
        Versions that a snapshot closed.
    meets
        Silver holds some of what is written: it is merged, not appended.
    """

    outcomes: Counter[str]
    unknown: npt.NDArray[np.int64]
    written: Flags
    current: Flags
    ends: "npt.NDArray[np.int64] | None" = None
    moved: pa.Table = field(default_factory=_NOTHING_MOVES.empty_table)
    removed: pa.Table = field(default_factory=_NOBODY.empty_table)
    ended: int = 0
    meets: bool = True

    @property
    def writes(self) -> bool:
        """Whether there is anything to merge or append."""
        return bool(self.written.any()) or self.moved.num_rows > 0


def plan_rows(lake: "Lake", job: Job, staged: Staged, rejected: Flags) -> Plan:
    """Return what the good rows do to silver as it stands.

    Parameters
    ----------
    staged
        Every row of the file.
    rejected
        Rows that are left out.
    """
    plan = _history if job.table.history else _keyed
    return plan(lake, job, staged, rejected)


def flags_of(numbers: "npt.NDArray[np.int64]", job: Job) -> Flags:
    """Return which row numbers are named."""
    flags = np.zeros(job.numbers, np.bool_)
    flags[numbers] = True
    return flags


def _keyed(lake: "Lake", job: Job, staged: Staged, rejected: Flags) -> Plan:
    ref = silver_of(lake, job)
    exists = lake.exists(ref)
    names = [name for name in _INCOMING if exists or name != "row_hash"]
    good = pl.concat([pl.DataFrame(t) for t in _good(staged, names, rejected)])
    stored = (pl.DataFrame(t) for t in lake.batches(ref, _STORED)) if exists else iter(())
    planned = plan_keyed(good, stored)
    outcomes = Counter(dict(planned["outcome"].value_counts().iter_rows()))
    outcomes["superseded"] = good.height - planned.height
    written = flags_of(planned.filter("written")["row_number"].to_numpy(), job)
    removed = planned.filter((pl.col("outcome") == "deleted") & pl.col("there"))
    unknown = planned.filter(pl.col("outcome") == "unknown")["row_number"].to_numpy()
    return Plan(
        outcomes=outcomes,
        unknown=unknown,
        written=written,
        current=written,
        removed=removed.select("row_key").to_arrow().cast(_NOBODY),
        # Where silver is not there yet, its first rows make it.
        meets=not exists or bool((planned["written"] & planned["there"]).any()),
    )


def _good(staged: Staged, columns: list[str], rejected: Flags) -> Iterator[pa.Table]:
    for table in staged.tables(columns):
        yield table.filter(pa.array(~rejected[table["row_number"].to_numpy()]))


def _history(lake: "Lake", job: Job, staged: Staged, rejected: Flags) -> Plan:
    good = pa.concat_tables(_good(staged, [*_INCOMING, "valid_from"], rejected))
    incoming = _told(lake, job, "incoming", good, rejected)
    existing = _existing(lake, job, [*_STORED, "valid_from", "valid_to"])
    if not job.ends_absent:
        existing = existing.join(incoming.select("row_key").distinct(), "row_key", "left_semi")
    # Someone whose row was rejected is in the snapshot all the same, and has not left.
    elif len(doubted := _only_in(_rejected_keys(staged, rejected), good["row_key"])):
        keys = _told(lake, job, "doubted", pa.table({"row_key": doubted}), rejected)
        existing = existing.join(keys, "row_key", "left_anti")
    moments = lake.engine.arrow(plan_history(incoming, existing, job.ends_absent, job.received_at))
    return _of_moments(job, moments, good.num_rows)


def _told(lake: "Lake", job: Job, what: str, rows: pa.Table, rejected: Flags) -> "DataFrame":
    """Hand rows to the engine, staged where they are many.

    Their name says which rows were left out: a run after a crash may leave out others.
    """
    if rows.nbytes <= MOST_BYTES_TOLD:
        return frame_of(lake, rows)
    name = f"{what}-{hashlib.sha256(rejected.tobytes()).hexdigest()[:16]}.parquet"
    staging = lake.staging(job.tenant, job.upload_id)
    return lake.engine.session.read.parquet(staging.write(name, rows.schema, rows.to_batches()))


def _of_moments(job: Job, moments: pa.Table, rows: int) -> Plan:
    sent = moments.filter(pc.is_valid(moments["row_number"]))
    new = sent.filter(sent["writes_row"])
    numbers = new["row_number"].to_numpy()
    outcomes = Counter({v: int(n) for v, n in _tally(sent["outcome"])})
    outcomes["superseded"] = rows - sent.num_rows
    never = np.iinfo(np.int64).min
    ends = np.full(job.numbers, never)
    micros = new["valid_to"].cast(pa.int64())
    ends[numbers] = pc.fill_null(micros, never).to_numpy()
    unknown = sent.filter(pc.equal(sent["outcome"], "unknown"))
    return Plan(
        outcomes=outcomes,
        unknown=unknown["row_number"].to_numpy(),
        written=flags_of(numbers, job),
        current=flags_of(new.filter(pc.is_null(new["valid_to"]))["row_number"].to_numpy(), job),
        ends=ends,
        moved=moments.filter(moments["moves_end"]).select(_NOTHING_MOVES.names),
        ended=int(pc.sum(moments["ended"]).as_py() or 0),
    )


def _tally(column: pa.ChunkedArray) -> Iterator[tuple[str, int]]:
    counted = pc.value_counts(column)
    values, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    return zip(values, counts, strict=True)


def _rejected_keys(staged: Staged, rejected: Flags) -> pa.Array:
    bad = pa.concat_tables(
        table.filter(pa.array(rejected[table["row_number"].to_numpy()]))
        for table in staged.tables(["row_key", "row_number"])
    )
    return pc.unique(bad["row_key"].drop_null())


def _only_in(keys: pa.Array, others: pa.ChunkedArray) -> pa.Array:
    return keys.filter(pc.invert(pc.is_in(keys, others.combine_chunks())))


def silver_of(lake: "Lake", job: Job) -> TableRef:
    """Return the table that an upload goes to."""
    return lake.ref(job.tenant, "silver", job.table.name)


def _existing(lake: "Lake", job: Job, columns: list[str]) -> "DataFrame":
    ref = silver_of(lake, job)
    if lake.exists(ref):
        return lake.read(ref).select(columns)
    schema = silver_schema(job.table)
    return frame_of(lake, schema.empty_table().select(columns))
