"""Dismiss rejected rows that need no correction, with a reason; and reopen them. Both are kept."""

from dataclasses import replace
from typing import TYPE_CHECKING

from foundation.errors import InvalidRequest
from ingestion.ledger.query import stored_refs
from ingestion.ledger.redrive import acting
from ingestion.ledger.schema import RowAct, resolution_ref
from ingestion.ledger.selection import Selection
from ingestion.ledger.settle import ledger_lease, resolution_rows, sealed_notes
from ingestion.mapping import table_of
from lakehouse.commits import Commit
from tenancy.quarantine_acts import Act, ActKind, begin_act, end_act

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

LONGEST_REASON = 500


def dismiss(
    lake: "Lake", tenant: "Tenant", actor: "Actor", selection: Selection, reason: str
) -> Act:
    """Take the selected open rows off the list; they stay where they are, with the reason.

    Raises
    ------
    InvalidRequest
        None of the rows is open (any more), or no reason is given.
    NotAllowed, NotFound
        The actor may not correct, or belongs to another tenant.
    """
    told = reason.strip()[:LONGEST_REASON]
    if not told:
        raise InvalidRequest("ledger.no_reason")
    return _acted(lake, tenant, actor, selection, kind="dismissal", row_act="dismissed", told=told)


def reopen(lake: "Lake", tenant: "Tenant", actor: "Actor", selection: Selection) -> Act:
    """Put the selected dismissed rows back on the list. Raises as ``dismiss``."""
    dismissed = replace(selection, state="dismissed")
    return _acted(lake, tenant, actor, dismissed, kind="reopening", row_act="reopened")


def _acted(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    selection: Selection,
    *,
    kind: ActKind,
    row_act: RowAct,
    told: str = "",
) -> Act:
    table = table_of(lake.contract_of(tenant), selection.table).name
    ref = resolution_ref(lake, tenant, table)
    with acting(lake, tenant, actor, table), lake.lease(ledger_lease(tenant, table)):
        refs = stored_refs(lake, tenant, selection)
        if not refs:
            raise InvalidRequest("ledger.nothing_open")
        act = begin_act(lake.store, actor, tenant, table, kind=kind, rows=len(refs))
        notes = sealed_notes(lake, tenant, table, act, [told.encode() or None] * len(refs))
        rows = resolution_rows(act, refs, [row_act] * len(refs), notes)
        lake.writer.append(ref, rows, Commit(act.id))
        return end_act(lake.store, tenant, act, "done")
