"""Calls that the operational store has no more use for; the lake has them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.errors import Held
from tenancy.calls import KEPT, calls_before, forget_calls_before
from tenancy.erasures import Erasure, note_place
from tenancy.holds import destroying, list_holds

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TABLE, PLACE = "calls", "store.calls"
"""The contract's table whose holds keep them, and the place that a receipt names."""


@dataclass(frozen=True)
class OldCalls:
    """How many calls began before a time: those that go, and those that a hold keeps."""

    cut_at: datetime
    count: int
    kept: int


def old_calls(lake: "Lake", tenant: "Tenant", now: datetime) -> OldCalls:
    """Return the calls that are due."""
    cut = now - KEPT
    count = calls_before(lake.store, tenant, cut)
    kept = any(hold.covers(TABLE, None) for hold in list_holds(lake.store, tenant))
    return OldCalls(cut, 0 if kept else count, count if kept else 0)


def let_calls_go(lake: "Lake", tenant: "Tenant", erasure: Erasure, old: OldCalls) -> None:
    """Delete them, unless a hold covers the place."""
    if not old.count:
        return
    try:
        with destroying(lake.store, tenant, table=TABLE):
            rows = forget_calls_before(lake.store, tenant, old.cut_at)
            note_place(lake.store, erasure, PLACE, rows=rows, before=old.cut_at.isoformat())
    except Held:
        return
