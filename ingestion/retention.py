"""Retention: what has reached the end of its period goes, unless a legal hold keeps it.

Facts go by their own time, versions of customers by their end, copies (landing, bronze, quarantine,
scores) by when they were recorded, calls in operation by when they began, recordings with their
incident or sooner, and the vault's entries when no row speaks of their person any more. Silver is
made anew from bronze: what bronze has of a customer stays while silver speaks of them. Each run
leaves a receipt; a run that is cut short is taken up by the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from data_contracts.contract import Contract, Table
from data_contracts.retention import cut_of
from foundation.clock import utc_now
from foundation.errors import Held
from ingestion.retained_audio import AUDIO, let_audio_go, old_audio
from ingestion.retained_calls import PLACE as CALLS_PLACE
from ingestion.retained_calls import TABLE as CALLS
from ingestion.retained_calls import let_calls_go, old_calls
from ingestion.retained_extracts import let_extracts_go
from ingestion.retained_holds import TABLE as INCIDENTS
from ingestion.retained_incidents import PLACE, let_incidents_go, old_incidents
from ingestion.retained_landing import landing_due, let_landing_go
from ingestion.retained_rows import Rule, before, going_of, let_rows_go, rules_of, table_rules
from lakehouse.commits import Commit
from lakehouse.online_file import forget_online
from lakehouse.search_folder import forget_search
from tenancy.erasures import Erasure, begin_erasure, finish_erasure, list_erasures
from tenancy.holds import OFFICERS, destroying, list_holds
from tenancy.tenants import get_tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


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


def plan_retention(lake: "Lake", tenant: "Tenant", now: datetime | None = None) -> list[Due]:
    """Return what is due at a time; nothing is changed."""
    contract, at = lake.contract_of(tenant), now or utc_now()
    found = [_due(lake, tenant, rule) for rule in rules_of(lake, tenant, contract, at)]
    files = landing_due(lake, tenant, contract, at)
    if files:
        cut = cut_of(contract.retention, "landing", at)
        kept = len(files) if list_holds(lake.store, tenant) else 0
        found.append(Due("landing", None, cut, len(files) - kept, kept))
    cut = cut_of(contract.retention, INCIDENTS, at)
    if cut is not None:
        old = old_incidents(lake, tenant, cut)
        found.append(Due(PLACE, INCIDENTS, cut, old.count, old.kept))
    cut = cut_of(contract.retention, AUDIO, at)
    if cut is not None:
        recordings = old_audio(lake, tenant, cut)
        found.append(Due(AUDIO, INCIDENTS, cut, len(recordings.going), recordings.kept))
    calls = old_calls(lake, tenant, at)
    found.append(Due(CALLS_PLACE, CALLS, calls.cut_at, calls.count, calls.kept))
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
        for rule in rules_of(lake, tenant, contract, at)
        for ref in let_rows_go(lake, tenant, erasure, rule)
    ]
    let_landing_go(lake, tenant, erasure, landing_due(lake, tenant, contract, at))
    let_incidents_go(lake, tenant, erasure, cut_of(contract.retention, INCIDENTS, at))
    let_audio_go(lake, tenant, erasure, cut_of(contract.retention, AUDIO, at))
    changed += let_extracts_go(lake, tenant, erasure)
    let_calls_go(lake, tenant, erasure, old_calls(lake, tenant, at))
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
    for rule in table_rules(lake, tenant, contract, table, last):
        if rule.ref == silver:
            there = rule.where & before("recorded_at", last)
            going, _ = going_of(lake, tenant, replace(rule, where=there))
            if going.num_rows:
                lake.writer.delete(silver, going, commit)


def _due(lake: "Lake", tenant: "Tenant", rule: Rule) -> Due:
    going, kept = going_of(lake, tenant, rule)
    return Due(rule.place, rule.table, rule.cut_at, going.num_rows, kept)


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
