"""The durable steps of an upload: bronze, quarantine, vault, silver. Each at most once.

A step's commit carries an id made of the upload's, so that a run after a crash passes over what
is done. The account travels in the metadata of silver's commit: once that stands, a re-run cannot
count again (its own rows would look unchanged), so it reads what was counted.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from foundation.errors import InvalidUpload
from ingestion.account import account
from ingestion.job import Job
from ingestion.plan import Plan, plan_rows, silver_of
from ingestion.progress import Teller
from ingestion.reading import RawTable
from ingestion.receipt import Cause
from ingestion.rejections import Rejections, add_unknown, rejections_of, rows_for_quarantine
from ingestion.schema import silver_keys, silver_schema
from ingestion.silver import BLANK
from ingestion.stage import stage
from ingestion.staged import Staged
from ingestion.widen import widen_silver
from ingestion.written import earlier_of, persons_of, silver_rows
from lakehouse.commits import Commit, Committed

if TYPE_CHECKING:
    from lakehouse.lake import Lake

MOST_ENDED = 0.5
FEW_CUSTOMERS = 20
"""A snapshot that would end more than this share of at least so many customers is asked about."""


@dataclass(frozen=True)
class Applied:
    """What an upload did: the account, versions ended, why rows were rejected, blanks filled.

    ``kept``: columns that the file lacks and whose earlier values stayed.
    """

    counts: dict[str, int]
    ended: int
    causes: tuple[Cause, ...]
    blanks: dict[str, int]
    kept: tuple[str, ...] = ()


def apply_job(
    lake: "Lake",
    job: Job,
    pieces: Iterable[RawTable],
    confirm_ended: bool,
    still_ours: Callable[[], object],
    *,
    teller: Teller | None = None,
    into_bronze: bool = True,
) -> Applied:
    """Bring an upload's rows into bronze, quarantine, vault and silver.

    What was staged stays until ``clear_staged``: an upload that has not ended goes on with it.

    Parameters
    ----------
    pieces
        The file.
    confirm_ended
        A snapshot may end most customers.
    still_ours
        Raises where another upload has taken over the table: the plan would no longer fit it.
    teller
        Tells how far it has come.
    into_bronze
        Bronze does not have the rows yet.

    Raises
    ------
    InvalidUpload
        A snapshot would end most customers and ``confirm_ended`` is false: silver is untouched.
    """
    teller = teller or Teller()
    widen_silver(lake, job.tenant, job.table)
    staged = stage(lake, job, pieces, teller.adds, into_bronze=into_bronze)
    teller.begins("planning", job.total)
    rejected = rejections_of(lake, job, staged)
    done = _silver_commit(lake, job)
    if done:
        return _as_done(lake, job, staged, rejected, done)
    plan = plan_rows(lake, job, staged, rejected.rows)
    if not rejected.stored:
        add_unknown(rejected, job, plan.unknown)
    if not confirm_ended:
        _ask_about_ended(lake, job, plan)
    counts = account(job.total, _counted(plan, rejected), rejected.count)
    save_rejected(lake, job, staged, rejected)
    _save_persons(lake, job, staged, plan)
    earlier = earlier_of(lake, job, staged, plan)
    rows = silver_rows(lake, job, staged, plan, earlier)
    still_ours()
    teller.begins("writing", job.total)
    told = {"counts": counts, "ended": plan.ended, "kept": earlier.kept}
    _write_silver(lake, job, plan, rows, {name: json.dumps(word) for name, word in told.items()})
    causes = rejected.causes.told()
    return Applied(counts, plan.ended, causes, _blanks(job, staged), earlier.kept)


def clear_staged(lake: "Lake", job: Job) -> None:
    """Delete what was staged of an upload that has ended."""
    lake.staging(job.tenant, job.upload_id).clear()


def _as_done(
    lake: "Lake", job: Job, staged: Staged, rejected: Rejections, done: Committed
) -> Applied:
    """Return what an earlier run did to silver; what it had still to delete is deleted."""
    counts, ended = json.loads(done.metadata["counts"]), int(done.metadata["ended"])
    if not job.table.history:
        _remove(lake, job, plan_rows(lake, job, staged, rejected.rows), done.metadata)
    kept = tuple(json.loads(done.metadata["kept"]))
    return Applied(counts, ended, rejected.causes.told(), _blanks(job, staged), kept)


def _counted(plan: Plan, rejected: Rejections) -> Counter[str]:
    """Return the outcomes of rows that are not rejected.

    What another upload deleted between a crash and the re-run is gone as asked: unchanged.
    """
    outcomes = Counter(plan.outcomes)
    gone = outcomes.pop("unknown", 0)
    outcomes["unchanged"] += gone if rejected.stored else 0
    return outcomes


def _ask_about_ended(lake: "Lake", job: Job, plan: Plan) -> None:
    if not plan.ended:
        return
    ref = silver_of(lake, job)
    open_now = lake.arrow(ref, columns=["valid_to"])["valid_to"].null_count
    if open_now >= FEW_CUSTOMERS and plan.ended > open_now * MOST_ENDED:
        raise InvalidUpload(
            "ingestion.ends_too_many", file=job.file_name, ended=plan.ended, open=open_now
        )


def save_rejected(lake: "Lake", job: Job, staged: Staged, rejected: Rejections) -> None:
    """Append the rejected rows to quarantine, unless an earlier run did."""
    if rejected.count and not rejected.stored:
        ref = lake.ref(job.tenant, "quarantine", job.table.name)
        commit = Commit(f"{job.upload_id}:quarantine")
        lake.writer.append(ref, rows_for_quarantine(job, staged, rejected), commit)


def _save_persons(lake: "Lake", job: Job, staged: Staged, plan: Plan) -> None:
    """Keep the personal columns of rows that hold now."""
    for number, persons in persons_of(job, staged, plan, lake.keys.of(job.tenant)):
        commit = Commit(f"{job.upload_id}:vault:{number}")
        lake.vault.save(job.tenant, persons, job.upload_id, commit)


def _write_silver(
    lake: "Lake", job: Job, plan: Plan, rows: pa.RecordBatchReader, metadata: dict[str, str]
) -> None:
    ref = silver_of(lake, job)
    if plan.writes:
        commit = Commit(f"{job.upload_id}:silver", metadata)
        if plan.meets:
            lake.writer.merge(ref, rows, silver_keys(job.table), commit)
        else:
            lake.writer.append(ref, rows, commit)
    elif not lake.exists(ref):
        lake.writer.append(ref, silver_schema(job.table).empty_table(), Commit("empty"))
    _remove(lake, job, plan, metadata)


def _remove(lake: "Lake", job: Job, plan: Plan, metadata: Mapping[str, str]) -> None:
    if plan.removed.num_rows:
        commit = Commit(f"{job.upload_id}:silver_delete", metadata)
        lake.writer.delete(silver_of(lake, job), plan.removed, commit)


def _silver_commit(lake: "Lake", job: Job) -> Committed | None:
    ref = silver_of(lake, job)
    merged = lake.writer.find_commit(ref, f"{job.upload_id}:silver")
    return merged or lake.writer.find_commit(ref, f"{job.upload_id}:silver_delete")


def _blanks(job: Job, staged: Staged) -> dict[str, int]:
    names = {BLANK + c.name: c.name for c in job.mapped.values() if c.blank_means is not None}
    if not names:
        return {}
    filled: Counter[str] = Counter()
    for table in staged.tables(list(names)):
        filled.update({names[n]: pc.sum(table[n]).as_py() or 0 for n in names})
    return {name: count for name, count in filled.items() if count}
