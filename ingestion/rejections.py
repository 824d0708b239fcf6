"""Which rows of an upload are rejected and why, told by cause; rows for quarantine."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.job import Job
from ingestion.plan import Flags
from ingestion.quarantine import Reason, quarantine_rows, reasons_in
from ingestion.receipt import Causes
from ingestion.rules import checks_of
from ingestion.schema import QUARANTINE
from ingestion.staged import BROKEN, PAYLOAD, REJECTION, Staged

if TYPE_CHECKING:
    from lakehouse.lake import Lake

UNKNOWN_KEY = "unknown_key"


@dataclass
class Rejections:
    """The rejected rows of an upload.

    Attributes
    ----------
    rows
        Which they are.
    causes
        Why, by cause.
    stored
        They stand in quarantine already: a run that did not end put them there.
    """

    rows: Flags
    causes: Causes = field(default_factory=Causes)
    stored: bool = False

    @property
    def count(self) -> int:
        """How many there are."""
        return int(np.count_nonzero(self.rows))


def rejections_of(lake: "Lake", job: Job, staged: Staged) -> Rejections:
    """Return the rows that break a check; those of quarantine, where they are there already."""
    found = Rejections(np.zeros(job.numbers, np.bool_))
    ref = lake.ref(job.tenant, "quarantine", job.table.name)
    if lake.writer.find_commit(ref, f"{job.upload_id}:quarantine"):
        found.stored = True
        mine = pc.field("upload_id") == job.upload_id
        for table in lake.batches(ref, ["row_number", "reasons"], where=mine):
            _add(found, table["row_number"], reasons_in(table))
        return found
    for table in staged.tables(REJECTION):
        bad = table.filter(_is_bad(table)).sort_by("row_number")
        _add(found, bad["row_number"], _reasons(job, bad))
    return found


def add_unknown(found: Rejections, job: Job, numbers: "np.ndarray") -> None:
    """Reject the rows that ask to delete what is not there."""
    reason = (Reason(job.table.keys[0].name, UNKNOWN_KEY, {}),)
    _add(found, pa.chunked_array([pa.array(numbers, pa.int64())]), [reason] * len(numbers))


def rows_for_quarantine(job: Job, staged: Staged, found: Rejections) -> pa.RecordBatchReader:
    """Return the rejected rows, piece by piece, in the order of the file."""

    def batches() -> Iterator[pa.RecordBatch]:
        unknown = (Reason(job.table.keys[0].name, UNKNOWN_KEY, {}),) if job.table.keys else ()
        for table in staged.tables([*REJECTION, PAYLOAD]):
            bad = table.filter(pa.array(found.rows[table["row_number"].to_numpy()]))
            rows = bad.sort_by("row_number")
            reasons = [reason or unknown for reason in _reasons(job, rows)]
            told = quarantine_rows(job, rows["row_number"], reasons, rows[PAYLOAD])
            yield from told.to_batches()

    return pa.RecordBatchReader.from_batches(QUARANTINE, batches())


def _add(found: Rejections, numbers: pa.ChunkedArray, reasons: list[tuple[Reason, ...]]) -> None:
    found.rows[numbers.to_numpy()] = True
    found.causes.add(zip(numbers.to_pylist(), reasons, strict=True))


def _is_bad(table: pa.Table) -> pa.ChunkedArray:
    failed = pc.not_equal(pc.fill_null(table["reasons"], ""), "")
    return pc.or_(failed, pc.is_valid(table[BROKEN]))


def _reasons(job: Job, rows: pa.Table) -> list[tuple[Reason, ...]]:
    """Return why each row is rejected; nothing where no check of its own is broken."""
    checks = checks_of(job)
    known: dict[str, tuple[Reason, ...]] = {"": ()}
    told: list[tuple[Reason, ...]] = []
    failed, broken = rows["reasons"].to_pylist(), rows[BROKEN].to_pylist()
    for numbers, line in zip(failed, broken, strict=True):
        if line is not None:
            fault = json.loads(line)
            told.append((Reason("", fault["rule"], fault["arguments"]),))
            continue
        if numbers not in known:
            faults = (checks[int(n)] for n in numbers.split(","))
            known[numbers] = tuple(Reason(c.column, c.rule, c.arguments) for c in faults)
        told.append(known[numbers])
    return told
