"""Erasing a person everywhere (Ley 1581 de 2012, GDPR art. 17), step by step, with a receipt.

First what bronze leads to (landing, quarantine, bronze itself), then every table by the person's
tokens, then what models were judged on, then the past of all tables. Each step finds what there is
and can be cut short: the same request again does the rest, and its receipt counts everything once.
While it runs, no file of the tenant comes in and no model is refreshed. A file that brings the
person again later is a new matter.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from features.online_persons import ways_of
from features.online_store import build_online, online_of
from foundation.errors import Busy, InvalidRequest
from ingestion.erased_tables import erase_rows, holds_rows, mentions_of
from ingestion.landed import erase_containers, erase_landed, erase_refused, erase_unread
from ingestion.leases import receive_lease
from ingestion.ledger.schema import resolution_ref
from ingestion.persons import Person
from ingestion.traces import Keys, find_traces
from ingestion.unfinished import end_unfinished
from lakehouse.boundary import Boundary, no_fault
from lakehouse.commits import Commit
from lakehouse.online_file import forget_online
from models.forget import forget_judged
from tenancy.calls import forget_calls_of
from tenancy.consents import forget_consent
from tenancy.erasures import (
    Erasure,
    begin_erasure,
    finish_erasure,
    get_erasure,
    note_place,
    note_scores,
)
from tenancy.holds import OFFICERS, destroying, require_free
from tenancy.incident_endings import forget_incidents, scores_of_person
from tenancy.incident_files import FILES, contents_of
from tenancy.leases import lease
from tenancy.outbox import forget_person, outbox_lease
from tenancy.tenants import get_tenant
from tenancy.tokens import token
from tenancy.webhook_deliveries import forget_told

if TYPE_CHECKING:
    import pyarrow as pa

    from data_contracts.contract import Contract
    from lakehouse.lake import Lake
    from lakehouse.refs import Layer, TableRef
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

BY_ROWS: tuple["Layer", ...] = ("quarantine", "bronze")
REQUEST = re.compile(r"[\w .:/#()-]{1,80}")
ROUNDS = 3
"""A process that was reading before we began may write the person again; then once more."""

WAIT_SECONDS = 600.0
LEASE_SECONDS = 10.0


@dataclass(frozen=True)
class _Task:
    """An erasure under way, and in which round."""

    lake: "Lake"
    tenant: "Tenant"
    contract: "Contract"
    person: Person
    erasure: Erasure
    pause: Boundary
    round: int = 0

    def commit_id(self) -> str:
        return f"erasure:{self.erasure.id}:{self.round}"

    def note(self, place: str, **what: int | str) -> None:
        note_place(self.lake.store, self.erasure, place, **what)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do a step: no hold covers the person, and none is placed meanwhile."""
        self.pause(f"before:erasure.{name}")
        with destroying(self.lake.store, self.tenant, person_marks=self.person.marks):
            yield


def erase_person(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    person: Person,
    *,
    request: str,
    pause: Boundary = no_fault,
) -> Erasure:
    """Erase a person from all that the platform keeps of a tenant, and return the receipt.

    Parameters
    ----------
    request
        Number of the request or decision that asks for it; it must not name the person.
    pause
        Called before each step, through which tests make a process die.

    Raises
    ------
    Held
        A legal hold covers the person; what was erased before it was placed stays erased.
    Busy
        Uploads or a refresh did not end in time, or something writes the person again and again.
    InvalidRequest
        The request is not told by a number.
    NotFound, NotAllowed
        Another tenant's actor, or neither privacy officer nor manager.
    """
    get_tenant(lake.store, actor, tenant.id)
    actor.require(*OFFICERS)
    if not REQUEST.fullmatch(request) or person.is_named_in(request):
        raise InvalidRequest("law.bad_request")
    require_free(lake.store, tenant, person_marks=person.marks)
    erasure = begin_erasure(
        lake.store, actor, tenant, "person", request=request, person_mark=person.mark
    )
    contract = lake.contract_of(tenant)
    with alone(lake, tenant, (table.name for table in contract.tables)) as still_ours:
        for table in contract.tables:
            end_unfinished(lake, tenant, actor, table.name, still_ours)
        for number in range(ROUNDS):
            task = _Task(lake, tenant, contract, person, erasure, pause, number)
            _erase(task)
            if not _remains(task):
                break
        else:
            raise Busy("law.person_returns", erasure=erasure.id)
        _forget(task)
    return finish_erasure(lake.store, actor, erasure)


@contextmanager
def alone(
    lake: "Lake", tenant: "Tenant", tables: Iterable[str], *further: str
) -> Iterator[Callable[[], None]]:
    """Keep uploads into tables and refreshes of the tenant out, and wait for those under way.

    What is yielded raises ``Busy`` where others have taken over.

    Parameters
    ----------
    further
        Names of leases to be held besides, after those.
    """
    names = [receive_lease(tenant, table) for table in sorted(tables)]
    with ExitStack() as stack:
        held = [
            stack.enter_context(
                lease(lake.store, name, ttl_seconds=LEASE_SECONDS, wait_seconds=WAIT_SECONDS)
            )
            # The outbox before tables: a run that drains holds it while it waits for them.
            for name in [f"models:{tenant.id}", outbox_lease(tenant), *names, *further]
        ]

        def still_ours() -> None:
            for one in held:
                one.check()

        yield still_ours


def _erase(task: _Task) -> None:
    """Take the person out of everything in its newest version."""
    _calls(task)
    keys = _bronze_and_what_it_leads_to(task)
    _note_scores(task)
    for ref in _in_order(task):
        _rows(task, ref, keys)
    with task.step("models"):
        judged = forget_judged(task.lake.settings, task.tenant.id, task.person.tokens)
        if judged:
            task.note("models", rows=judged)
    with task.step("outbox"):
        changes = forget_person(task.lake.store, task.tenant, task.person.tokens)
        if changes:
            task.note("outbox", rows=changes)
    with task.step("incidents"):
        _registered(task)
    with task.step("webhooks"):
        told = forget_told(task.lake.store, task.tenant, task.person.tokens)
        if told:
            task.note("webhooks", rows=told)
    with task.step("consents"):
        for mark in sorted(task.person.marks):
            if forget_consent(task.lake.store, task.tenant, mark):
                task.note("consents", rows=1)


def _registered(task: _Task) -> None:
    """Erase the person's incidents in the store, with what was answered and the files they sent."""
    lake, tenant, tokens = task.lake, task.tenant, task.person.tokens
    keys, scores = lake.keys.of(tenant), scores_of_person(lake.store, tenant, tokens)
    note_scores(lake.store, task.erasure, {keys.mark("score", one) for one in scores})
    gone = forget_incidents(lake.store, tenant, tokens=tokens)
    if gone:
        task.note("incidents", rows=gone)
    files = lake.objects.keep_only(tenant, FILES, contents_of(lake.store, tenant))
    if files:
        task.note("incident_files", files=files)


def _calls(task: _Task) -> None:
    """Forget the person's calls in operation, while the vault still knows their telephones."""
    told = task.lake.vault.known(task.tenant, task.person.tokens)
    ways = [way for way, form in ways_of(task.contract).items() if form == "phone"]
    numbers = {values.get(way) for values in told.values() for way in ways}
    phones = {token(number, task.person.key, "phone") for number in numbers if number}
    with task.step("calls"):
        gone = forget_calls_of(task.lake.store, task.tenant, task.person.tokens, phones)
        if gone:
            task.note("calls", rows=gone)


def _bronze_and_what_it_leads_to(task: _Task) -> Keys:
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


def _note_files(task: _Task, uploads: Sequence[str]) -> None:
    """Note whose files gave way, together with those of a run that was cut short."""
    known = get_erasure(task.lake.store, task.tenant, task.erasure.id).places
    before = str(known.get("landing", {}).get("uploads", "")).split(", ")
    found = sorted({*before, *uploads} - {""})
    if found:
        task.note("landing", files=len(found), uploads=", ".join(found))


def _delete(task: _Task, ref: "TableRef", rows: "pa.Table", what: str = "") -> None:
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


def _note_scores(task: _Task) -> None:
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


def _in_order(task: _Task) -> "list[TableRef]":
    """Return the tables by token: those that speak of the person's facts before the facts."""
    refs = [r for r in task.lake.refs(task.tenant) if r.layer not in ("bronze", "quarantine")]

    def of_facts(ref: "TableRef") -> bool:
        return "person_token" in task.lake.schema(ref).names

    return sorted(refs, key=lambda ref: (of_facts(ref), ref.layer == "silver", str(ref)))


def _rows(task: _Task, ref: "TableRef", keys: Keys) -> None:
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


def _remains(task: _Task) -> bool:
    """Say whether something of the person is back."""
    tables, mentions = task.lake.refs(task.tenant), mentions_of(task.contract)
    return any(holds_rows(task.lake, ref, task.person, mentions) for ref in tables)


def _renew_online(task: _Task) -> None:
    """Take the online store away, and make it anew of what is left."""
    facts = online_of(task.lake, task.tenant)
    if facts is None:
        return
    known = any(facts.person(one).is_known for one in task.person.tokens)
    forget_online(task.lake, task.tenant)
    if known:
        task.note("online", files=1)
    build_online(task.lake, task.tenant, task.contract)


def _forget(task: _Task) -> None:
    """Bring figures of gold up to date, then take every table's past away."""
    from ingestion.gold.refine import refine

    with task.step("gold"):
        refine(task.lake, task.tenant, task.contract, finishing=False)
    for ref in task.lake.refs(task.tenant):
        place = f"{ref.layer}.{ref.name}"
        with task.step(f"past of {place}"):
            past = task.lake.forget_past(ref)
            if past is not None:
                known = get_erasure(task.lake.store, task.tenant, task.erasure.id).places
                told = {**known.get(place, {}), "version": past.version}
                if past.files:
                    told["old_files"] = int(told.get("old_files", 0)) + past.files
                task.note(place, **told)
    with task.step("online"):
        _renew_online(task)
    with task.step("sql"):
        from lakehouse.sql_copy import renew, rows_of

        rows = rows_of(task.lake, task.tenant, task.person.tokens)
        if renew(task.lake, task.tenant, whole=True) is not None and rows:
            task.note("sql", rows=rows)
