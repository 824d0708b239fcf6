"""Erasing a person from tables in their newest version, and from the files that they came from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from ingestion.erased_tables import erase_rows, holds_rows, mentions_of
from ingestion.landed import erase_containers, erase_landed, erase_refused, erase_unread
from ingestion.ledger.schema import resolution_ref
from ingestion.traces import Keys, find_traces
from lakehouse.commits import Commit
from models.erasure_task import Task
from tenancy.erasures import get_erasure, note_scores

if TYPE_CHECKING:
    import pyarrow as pa

    from lakehouse.refs import Layer, TableRef

BY_ROWS: tuple["Layer", ...] = ("quarantine", "bronze")


def erase_bronze(task: Task) -> Keys:
    """Erase in landing, quarantine and bronze, in this order: bronze tells where to look.

    Returns the keys of the person's facts, which other tables refer to.
    """
    lake, tenant = task.lake, task.tenant
    traces = find_traces(lake, tenant, task.contract, task.person)
    with task.step("redrive"):
        for aside in [ref for ref in lake.refs(tenant) if ref.layer == "redrive"]:
            lake.drop(aside)  # half made anew: begun once more, from what is left of bronze
    with task.step("landing"):
        lake.forget_staged(tenant)
        files = erase_landed(lake, tenant, task.person, traces)
        theirs = {upload for rows in traces.rows.values() for upload in rows}
        containers = erase_containers(lake, tenant, theirs)
        if containers:
            task.note("containers", files=containers)
        unread = erase_unread(lake, tenant)
        if unread:
            task.note("unread", files=unread)
        refused = erase_refused(lake, tenant, task.person)
        if refused:
            task.note("inbox", files=refused)
        _note_files(task, files)
    tables = [table.name for table in task.contract.tables]
    for table in tables:
        for taken in (False, True):  # a row as it was rejected, and as a correction brought it
            rows = traces.keys_frame(table, taken=taken)
            _delete(task, resolution_ref(lake, tenant, table), rows, "_taken" if taken else "")
    for layer in BY_ROWS:
        for table in tables:
            _delete(task, lake.ref(tenant, layer, table), traces.keys_frame(table))
    return traces.keys


def _note_files(task: Task, uploads: Sequence[str]) -> None:
    """Note whose files gave way, together with those of a run that was cut short."""
    known = get_erasure(task.lake.store, task.tenant, task.erasure.id).places
    before = str(known.get("landing", {}).get("uploads", "")).split(", ")
    found = sorted({*before, *uploads} - {""})
    if found:
        task.note("landing", files=len(found), uploads=", ".join(found))


def _delete(task: Task, ref: "TableRef", rows: "pa.Table", what: str = "") -> None:
    """Delete the rows of a table that a frame of keys names.

    Where there are none any more, a run that was cut short may have deleted them: the table's log
    knows how many.
    """
    if not task.lake.exists(ref):
        return
    name, commit = f"{ref.layer}.{ref.name}{what}", Commit(task.commit_id() + what)
    with task.step(name):
        done = task.lake.writer.find_commit(ref, commit.id)
        if done is None and rows.num_rows:
            done = task.lake.writer.delete(ref, rows, commit)
        if done is not None:
            task.note(name, rows=done.deleted, version=done.version)


def note_scores_of(task: Task) -> None:
    """Remember which scores go, so that a replay is answered by the receipt."""
    import pyarrow as pa

    ref = task.lake.ref(task.tenant, "gold", "score")
    if not task.lake.exists(ref):
        return
    theirs = pc.field("person_token").isin(pa.array(sorted(task.person.tokens), pa.string()))
    scores = task.lake.arrow(ref, columns=["score_id", "person_token"], where=theirs)
    keys = task.lake.keys.of(task.tenant)
    marks = {keys.mark("score", one) for one in scores["score_id"].to_pylist()}
    note_scores(task.lake.store, task.erasure, marks)


def in_order(task: Task) -> "list[TableRef]":
    """Return the tables by token: those that speak of the person's facts before the facts."""
    refs = [r for r in task.lake.refs(task.tenant) if r.layer not in ("bronze", "quarantine")]

    def of_facts(ref: "TableRef") -> bool:
        return "person_token" in task.lake.schema(ref).names

    return sorted(refs, key=lambda ref: (of_facts(ref), ref.layer == "silver", str(ref)))


def erase_in(task: Task, ref: "TableRef", keys: Keys) -> None:
    """Take the person's rows, and what refers to their facts, out of a table."""
    place = f"{ref.layer}.{ref.name}"
    with task.step(place):
        gone = erase_rows(
            task.lake,
            ref,
            task.person,
            keys,
            mentions=mentions_of(task.contract),
            commit_id=task.commit_id(),
        )
        if gone is not None:
            task.note(place, rows=gone.rows, version=gone.version)


def remains(task: Task) -> bool:
    """Say whether something of the person is back."""
    tables, mentions = task.lake.refs(task.tenant), mentions_of(task.contract)
    return any(holds_rows(task.lake, ref, task.person, mentions) for ref in tables)
