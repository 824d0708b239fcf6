"""Retention: what has reached the end of its period goes, unless a legal hold keeps it.

Facts go by their own time, versions of customers by their end, copies (landing, bronze, quarantine,
scores) by when they were recorded, calls in operation by when they began, recordings
with their incident or sooner, and the vault's entries when no row speaks of their person any more.
Silver is made anew from bronze: what bronze has of a
customer stays while silver speaks of them. Each run leaves a receipt; a run that is cut short is
taken up by the next.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract, Table
from foundation.clock import utc_now
from foundation.errors import Held
from ingestion.gold.grains import READ, grains
from ingestion.landing import KIND
from ingestion.retained_audio import AUDIO, let_audio_go, old_audio
from ingestion.retained_extracts import let_extracts_go
from ingestion.retained_holds import TABLE as INCIDENTS
from ingestion.retained_incidents import PLACE, let_incidents_go, old_incidents
from ingestion.schema import silver_keys
from lakehouse.commits import Commit
from lakehouse.online_file import forget_online
from lakehouse.search_folder import forget_search
from tenancy.calls import KEPT, calls_before, forget_calls_before
from tenancy.deliveries import list_deliveries
from tenancy.erasures import Erasure, begin_erasure, finish_erasure, list_erasures, note_place
from tenancy.holds import OFFICERS, destroying, list_holds
from tenancy.tenants import get_tenant
from tenancy.uploads import list_uploads, save_landing

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import Layer, TableRef
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

ROW = ("upload_id", "row_number")
SAID = (
    ("score", "score_id", "scored_at"),
    ("timing", "timing_id", "scored_at"),
    ("offer_decision", "decision_id", "decided_at"),
    ("answer", "answer_id", "answered_at"),
    ("suggestion", "suggestion_id", "suggested_at"),
)
"""Tables of what models said of persons: name, key, time."""


@dataclass(frozen=True)
class Due:
    """What is due at one place.

    Attributes
    ----------
    place
        ``silver.calls``, ``bronze.calls``, ``landing``, ``vault.person`` …
    table
        The contract's table it belongs to; None: several or none.
    cut_at
        What is older is due, UTC; None for the vault.
    count
        Rows, or files, that go.
    kept
        Rows of persons whom a hold keeps, or all of them where a hold covers the place.
    """

    place: str
    table: str | None
    cut_at: datetime | None
    count: int
    kept: int = 0


@dataclass(frozen=True)
class _Rule:
    """A table's rows that are due: which, and by what they are named."""

    ref: "TableRef"
    table: str | None
    cut_at: datetime | None
    keys: tuple[str, ...]
    where: pc.Expression

    @property
    def place(self) -> str:
        return f"{self.ref.layer}.{self.ref.name}"


def plan_retention(lake: "Lake", tenant: "Tenant", now: datetime | None = None) -> list[Due]:
    """Return what is due at a time; nothing is changed."""
    contract, at = lake.contract_of(tenant), now or utc_now()
    found = [_due(lake, tenant, rule) for rule in _rules(lake, tenant, contract, at)]
    files = _files_due(lake, tenant, contract, at)
    if files:
        cut = _cut(contract, "landing", at)
        kept = len(files) if list_holds(lake.store, tenant) else 0
        found.append(Due("landing", None, cut, len(files) - kept, kept))
    cut = _cut(contract, INCIDENTS, at)
    if cut is not None:
        old = old_incidents(lake, tenant, cut)
        found.append(Due(PLACE, INCIDENTS, cut, old.count, old.kept))
    cut = _cut(contract, AUDIO, at)
    if cut is not None:
        recordings = old_audio(lake, tenant, cut)
        found.append(Due(AUDIO, INCIDENTS, cut, len(recordings.going), recordings.kept))
    found.append(_calls_due(lake, tenant, at))
    return [due for due in found if due.count or due.kept]


def run_retention(
    lake: "Lake", tenant: "Tenant", actor: "Actor", now: datetime | None = None
) -> Erasure | None:
    """Let go of what is due; returns the receipt, or None where nothing was.

    Raises
    ------
    NotFound, NotAllowed
        Another tenant's actor, or neither platform, privacy officer nor manager.
    """
    get_tenant(lake.store, actor, tenant.id)
    if actor.kind != "system":
        actor.require(*OFFICERS)
    contract, at = lake.contract_of(tenant), now or utc_now()
    if not any(due.count for due in plan_retention(lake, tenant, at)):
        return None
    erasure = begin_erasure(lake.store, actor, tenant, "retention", request="retention")
    changed = [
        ref
        for rule in _rules(lake, tenant, contract, at)
        for ref in _apply(lake, tenant, erasure, rule)
    ]
    _let_files_go(lake, tenant, erasure, _files_due(lake, tenant, contract, at))
    let_incidents_go(lake, tenant, erasure, _cut(contract, INCIDENTS, at))
    let_audio_go(lake, tenant, erasure, _cut(contract, AUDIO, at))
    changed += let_extracts_go(lake, tenant, erasure)
    _let_calls_go(lake, tenant, erasure, _calls_due(lake, tenant, at))
    forget_search(lake, tenant)  # whoever searches next has it made anew
    _renew(lake, tenant, contract, changed)
    return finish_erasure(lake.store, actor, erasure)


def leave_out_gone(
    lake: "Lake", tenant: "Tenant", contract: Contract, table: Table, commit: Commit
) -> None:
    """Take out of a silver table, made anew from bronze, what the last run let go of it.

    Bronze keeps its rows for a period of its own. What came or became due since waits for the next
    run, whose receipt tells of it.
    """
    runs = [e.started_at for e in list_erasures(lake.store, tenant) if e.kind == "retention"]
    if not runs:
        return
    silver, last = lake.ref(tenant, "silver", table.name), max(runs)
    for rule in _table_rules(lake, tenant, contract, table, last):
        if rule.ref == silver:
            there = rule.where & _before("recorded_at", last)
            going, _ = _going(lake, tenant, replace(rule, where=there))
            if going.num_rows:
                lake.writer.delete(silver, going, commit)


def _rules(lake: "Lake", tenant: "Tenant", contract: Contract, now: datetime) -> Iterator[_Rule]:
    """Return the tables with a period, the vault last: it follows from the others."""
    for table in contract.tables:
        yield from _table_rules(lake, tenant, contract, table, now)
    cut = _cut(contract, "scores", now)
    for name, key, time in SAID:
        ref = lake.ref(tenant, "gold", name)
        if cut is not None and lake.exists(ref):
            yield _Rule(ref, None, cut, (key,), _before(time, cut))
    ref = lake.ref(tenant, "vault", "person")
    if lake.exists(ref):
        layers: tuple[Layer, ...] = ("silver", "bronze")
        refs = [lake.ref(tenant, layer, t.name) for t in contract.tables for layer in layers]
        yield _Rule(ref, None, None, ("person_token",), _unspoken_of(_persons(lake, *refs)))


def _table_rules(
    lake: "Lake", tenant: "Tenant", contract: Contract, table: Table, now: datetime
) -> Iterator[_Rule]:
    silver, cut = lake.ref(tenant, "silver", table.name), _cut(contract, table.name, now)
    times = ["valid_to"] if table.history else [c.name for c in table.by_role("event_time")]
    if cut is not None and times and lake.exists(silver):
        keys = tuple(silver_keys(table))
        yield _Rule(silver, table.name, cut, keys, _before(times[0], cut))
        # Not left to a refinement: gold stays as it is where silver's audit fails.
        for grain in grains():
            ref = lake.ref(tenant, "gold", grain.name)
            if grain.source == table.name and times[0] in lake.schema(ref).names:
                yield _Rule(ref, table.name, cut, grain.order, _before(times[0], cut))
        for name in READ if table.name == INCIDENTS else ():
            ref = lake.ref(tenant, "gold", name)
            if lake.exists(ref):
                yield _Rule(ref, table.name, cut, ("incident_id",), _before("opened_at", cut))
    for ref in (lake.ref(tenant, "bronze", table.name), lake.ref(tenant, "quarantine", table.name)):
        cut = _cut(contract, ref.layer, now)
        if cut is not None and lake.exists(ref):
            due = _before("recorded_at", cut)
            if ref.layer == "bronze" and table.history:
                due &= _unspoken_of(_persons(lake, silver))
            yield _Rule(ref, table.name, cut, ROW, due)


def _cut(contract: Contract, element: str, now: datetime) -> datetime | None:
    periods = {period.element: period for period in contract.retention}
    return periods[element].cut(now) if element in periods else None


def _before(column: str, cut: datetime) -> pc.Expression:
    return pc.field(column) < pa.scalar(cut, pa.timestamp("us", tz="UTC"))


def _persons(lake: "Lake", *refs: "TableRef") -> set[str]:
    """Return the persons of whom a row of some tables speaks."""
    found: set[str] = set()
    for ref in refs:
        if lake.exists(ref) and "person_token" in lake.schema(ref).names:
            tokens = lake.arrow(ref, ["person_token"])["person_token"]
            found.update(tokens.drop_null().unique().to_pylist())
    return found


def _unspoken_of(persons: set[str]) -> pc.Expression:
    token = pc.field("person_token")
    return token.is_null() | ~token.isin(pa.array(sorted(persons), pa.string()))


def _named(lake: "Lake", tenant: "Tenant", rule: _Rule) -> tuple[pa.Table, int]:
    """Return the keys of rows that go, and how many are kept for a person under a hold."""
    by_person = "person_token" in lake.schema(rule.ref).names
    columns = list(dict.fromkeys([*rule.keys, *(["person_token"] if by_person else [])]))
    rows = lake.arrow(rule.ref, columns, rule.where)
    held = {h.person_mark for h in list_holds(lake.store, tenant) if h.person_mark is not None}
    if not (by_person and held):
        return rows.select(list(rule.keys)), 0
    keys = lake.keys.of(tenant)
    persons = rows["person_token"].drop_null().unique().to_pylist()
    kept = [person for person in persons if keys.mark("person", person) in held]
    free = pc.invert(pc.is_in(rows["person_token"], pa.array(kept, pa.string())))
    going = rows.filter(free).select(list(rule.keys))
    return going, rows.num_rows - going.num_rows


def _going(lake: "Lake", tenant: "Tenant", rule: _Rule) -> tuple[pa.Table, int]:
    """Return the same, where a hold on the place keeps all of them."""
    going, kept = _named(lake, tenant, rule)
    if any(hold.covers(rule.table, _whom(lake, rule)) for hold in list_holds(lake.store, tenant)):
        return going.slice(0, 0), going.num_rows + kept
    return going, kept


def _due(lake: "Lake", tenant: "Tenant", rule: _Rule) -> Due:
    going, kept = _going(lake, tenant, rule)
    return Due(rule.place, rule.table, rule.cut_at, going.num_rows, kept)


def _whom(lake: "Lake", rule: _Rule) -> frozenset[str] | None:
    """Return whom a rule touches in the words of holds: nobody held where rows name persons."""
    return frozenset() if "person_token" in lake.schema(rule.ref).names else None


def _apply(lake: "Lake", tenant: "Tenant", erasure: Erasure, rule: _Rule) -> "Sequence[TableRef]":
    """Delete a rule's rows, unless a hold covers the place."""
    try:
        with destroying(lake.store, tenant, table=rule.table, person_marks=_whom(lake, rule)):
            going, _ = _named(lake, tenant, rule)
            if not going.num_rows:
                return ()
            done = lake.writer.delete(rule.ref, going, Commit(f"erasure:{erasure.id}"))
            gone = {"rows": done.deleted, "version": done.version}
            cut = {} if rule.cut_at is None else {"before": rule.cut_at.isoformat()}
            note_place(lake.store, erasure, rule.place, **gone, **cut)
    except Held:
        return ()
    return (rule.ref,)


def _files_due(lake: "Lake", tenant: "Tenant", contract: Contract, now: datetime) -> set[str]:
    """Return the contents of landing that are due, files and containers, and did not come again."""
    cut = _cut(contract, "landing", now)
    if cut is None:
        return set()
    uploads, deliveries = list_uploads(lake.store, tenant), list_deliveries(lake.store, tenant)
    came = [(upload.landed, upload.received_at) for upload in uploads]
    came += [(delivery.sha256, delivery.received_at) for delivery in deliveries]
    needed = {sha256 for sha256, received_at in came if received_at >= cut}
    due = {sha256 for sha256, _ in came if sha256} - needed
    return {sha256 for sha256 in due if lake.objects.exists(tenant, KIND, sha256)}


def _let_files_go(lake: "Lake", tenant: "Tenant", erasure: Erasure, due: Collection[str]) -> None:
    if not due:
        return
    try:
        with destroying(lake.store, tenant):
            for sha256 in sorted(due):
                lake.objects.delete(tenant, KIND, sha256)
            for upload in list_uploads(lake.store, tenant):
                if upload.landed in due:
                    save_landing(lake.store, tenant, upload, "")
            note_place(lake.store, erasure, "landing", files=len(due))
    except Held:
        return


def _calls_due(lake: "Lake", tenant: "Tenant", now: datetime) -> Due:
    """Return the calls that the operational store has no more use for; the lake has them."""
    cut = now - KEPT
    count = calls_before(lake.store, tenant, cut)
    kept = any(hold.covers("calls", None) for hold in list_holds(lake.store, tenant))
    return Due("store.calls", "calls", cut, 0 if kept else count, count if kept else 0)


def _let_calls_go(lake: "Lake", tenant: "Tenant", erasure: Erasure, due: Due) -> None:
    if not due.count or due.cut_at is None:
        return
    try:
        with destroying(lake.store, tenant, table="calls"):
            rows = forget_calls_before(lake.store, tenant, due.cut_at)
            note_place(lake.store, erasure, due.place, rows=rows, before=due.cut_at.isoformat())
    except Held:
        return


def _renew(
    lake: "Lake", tenant: "Tenant", contract: Contract, changed: "Sequence[TableRef]"
) -> None:
    """Bring gold up to date and take the past of what changed away, where no hold covers it.

    The online store goes: who can (``features.online_store``) makes it anew.
    """
    from ingestion.gold.refine import refine
    from lakehouse.sql_copy import renew

    if not changed:
        return
    refine(lake, tenant, contract)
    gold = [ref for ref in lake.refs(tenant) if ref.layer == "gold" and lake.exists(ref)]
    for ref in dict.fromkeys([*changed, *gold]):
        try:
            with destroying(lake.store, tenant):
                lake.forget_past(ref)
        except Held:
            break
    forget_online(lake, tenant)
    renew(lake, tenant, whole=True)
