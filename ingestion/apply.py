"""The durable steps of an upload: bronze, quarantine, vault, silver. Each at most once.

A step's commit carries an id made of the upload's, so that a run after a crash passes over what
is done. The account travels in the metadata of silver's commit: once that stands, a re-run cannot
count again (its own rows would look unchanged), so it reads what was counted.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from foundation.errors import InvalidUpload
from ingestion.account import account
from ingestion.bronze import bronze_rows
from ingestion.job import Job
from ingestion.payload import seal_rows
from ingestion.plan import Plan, plan_rows, prepared_rows
from ingestion.quarantine import Reason, quarantine_rows, reasons_of, stored_rows
from ingestion.rules import checks_of
from ingestion.schema import personal_columns, silver_keys, silver_schema
from ingestion.silver import BLANK, PERSONAL
from ingestion.widen import widen_silver
from lakehouse.commits import Commit, Committed

if TYPE_CHECKING:
    from lakehouse.lake import Lake

MOST_ENDED = 0.5
FEW_CUSTOMERS = 20
"""A snapshot that would end more than this share of at least so many customers is asked about."""

Reasons = dict[int, tuple[Reason, ...]]


@dataclass(frozen=True)
class Applied:
    """What an upload did: the account, versions ended, why rows were rejected, blanks filled.

    ``kept``: columns that the file lacks and whose earlier values stayed.
    """

    counts: dict[str, int]
    ended: int
    reasons: Reasons
    blanks: dict[str, int]
    kept: tuple[str, ...] = ()


def apply_job(
    lake: "Lake", job: Job, confirm_ended: bool, still_ours: Callable[[], object]
) -> Applied:
    """Bring an upload's rows into bronze, quarantine, vault and silver.

    Parameters
    ----------
    confirm_ended
        A snapshot may end most customers.
    still_ours
        Raises where another upload has taken over the table: the plan would no longer fit it.

    Raises
    ------
    InvalidUpload
        A snapshot would end most customers and ``confirm_ended`` is false: silver is untouched.
    """
    widen_silver(lake, job.tenant, job.table)
    prepared = prepared_rows(lake, job)
    sealed = seal_rows(job, lake.keys.of(job.tenant))
    tokens = _column(prepared, "person_token")
    _append(lake, job, "bronze", bronze_rows(job, sealed, tokens))
    blanks = _blanks(job, prepared)
    done = _silver_commit(lake, job)
    if done:
        counts, ended = json.loads(done.metadata["counts"]), int(done.metadata["ended"])
        stored = stored_rows(lake, job.tenant, job.table.name, job.upload_id)
        if not job.table.history:
            _remove(lake, job, plan_rows(lake, job, prepared, reasons_of(stored)), done.metadata)
        kept = tuple(json.loads(done.metadata["kept"]))
        return Applied(counts, ended, reasons_of(stored), blanks, kept)
    plan, reasons = _planned(lake, job, prepared)
    if not confirm_ended:
        _ask_about_ended(lake, job, plan)
    counts = account(job.raw.total, _counted(plan, reasons), len(reasons))
    if reasons:
        _append(lake, job, "quarantine", quarantine_rows(job, reasons, sealed))
    _save_persons(lake, job, prepared, plan)
    still_ours()
    told = {"counts": counts, "ended": plan.ended, "kept": plan.kept}
    _write_silver(lake, job, plan, {name: json.dumps(word) for name, word in told.items()})
    return Applied(counts, plan.ended, reasons, blanks, plan.kept)


def _planned(lake: "Lake", job: Job, prepared: pa.Table) -> tuple[Plan, Reasons]:
    """Return the plan and all rejected rows; a quarantine written before stays as it is."""
    ref = lake.ref(job.tenant, "quarantine", job.table.name)
    if lake.writer.find_commit(ref, f"{job.upload_id}:quarantine"):
        stored = stored_rows(lake, job.tenant, job.table.name, job.upload_id)
        reasons = reasons_of(stored)
        return plan_rows(lake, job, prepared, reasons), reasons
    reasons = _rejections(job, prepared)
    plan = plan_rows(lake, job, prepared, reasons)
    for number, outcome in plan.outcomes.items():
        if outcome == "unknown":
            reasons[number] = (Reason(job.table.keys[0].name, "unknown_key", {}),)
    return plan, reasons


def _rejections(job: Job, prepared: pa.Table) -> Reasons:
    checks = checks_of(job)
    reasons: Reasons = {
        line.row_number: (Reason("", line.rule, {"line": str(line.line), **line.arguments}),)
        for line in job.raw.broken
    }
    for number, failed in _column(prepared, "reasons").items():
        if failed:
            broken = (checks[int(n)] for n in failed.split(","))
            reasons[number] = tuple(Reason(c.column, c.rule, c.arguments) for c in broken)
    return reasons


def _counted(plan: Plan, reasons: Mapping[int, Sequence[Reason]]) -> list[str]:
    """Return the outcomes of rows that are not rejected.

    What another upload deleted between a crash and the re-run is gone as asked: unchanged.
    """
    return [
        "unchanged" if outcome == "unknown" else outcome
        for number, outcome in plan.outcomes.items()
        if number not in reasons
    ]


def _ask_about_ended(lake: "Lake", job: Job, plan: Plan) -> None:
    if not plan.ended:
        return
    ref = lake.ref(job.tenant, "silver", job.table.name)
    open_now = lake.arrow(ref, columns=["valid_to"])["valid_to"].null_count
    if open_now >= FEW_CUSTOMERS and plan.ended > open_now * MOST_ENDED:
        raise InvalidUpload(
            "ingestion.ends_too_many", file=job.file_name, ended=plan.ended, open=open_now
        )


def _append(lake: "Lake", job: Job, layer: str, rows: pa.Table) -> None:
    ref = lake.ref(job.tenant, "bronze" if layer == "bronze" else "quarantine", job.table.name)
    lake.writer.append(ref, rows, Commit(f"{job.upload_id}:{layer}"))


def _save_persons(lake: "Lake", job: Job, prepared: pa.Table, plan: Plan) -> None:
    """Keep the personal columns of rows that hold now; the last row of a person wins."""
    names = [c.name for c in personal_columns(job.table) if c.name in job.mapped_names]
    if not names or not plan.current:
        return
    current = pa.array(sorted(plan.current), pa.int64())
    rows = prepared.filter(pc.is_in(prepared["row_number"], current)).sort_by("row_number")
    rows = rows.select(["person_token", *(PERSONAL + name for name in names)])
    rows = rows.rename_columns(["person_token", *names])
    persons = pl.DataFrame(rows).drop_nulls("person_token").unique("person_token", keep="last")
    if persons.height:
        commit = Commit(f"{job.upload_id}:vault")
        lake.vault.save(job.tenant, persons.to_arrow(), job.upload_id, commit)


def _write_silver(lake: "Lake", job: Job, plan: Plan, metadata: dict[str, str]) -> None:
    ref = lake.ref(job.tenant, "silver", job.table.name)
    if plan.written.num_rows:
        commit = Commit(f"{job.upload_id}:silver", metadata)
        lake.writer.merge(ref, plan.written, silver_keys(job.table), commit)
    elif not lake.exists(ref):
        lake.writer.append(ref, silver_schema(job.table).empty_table(), Commit("empty"))
    _remove(lake, job, plan, metadata)


def _remove(lake: "Lake", job: Job, plan: Plan, metadata: Mapping[str, str]) -> None:
    if plan.removed.num_rows:
        ref = lake.ref(job.tenant, "silver", job.table.name)
        lake.writer.delete(ref, plan.removed, Commit(f"{job.upload_id}:silver_delete", metadata))


def _silver_commit(lake: "Lake", job: Job) -> Committed | None:
    ref = lake.ref(job.tenant, "silver", job.table.name)
    merged = lake.writer.find_commit(ref, f"{job.upload_id}:silver")
    return merged or lake.writer.find_commit(ref, f"{job.upload_id}:silver_delete")


def _blanks(job: Job, prepared: pa.Table) -> dict[str, int]:
    named = [c.name for c in job.mapped.values() if c.blank_means is not None]
    filled = {name: sum(prepared[BLANK + name].to_pylist()) for name in named}
    return {name: count for name, count in filled.items() if count}


def _column(rows: pa.Table, name: str) -> dict[int, str]:
    if name not in rows.column_names:
        return {}
    return dict(zip(rows["row_number"].to_pylist(), rows[name].to_pylist(), strict=True))
