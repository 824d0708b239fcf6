"""When agents were at calls, by quarters of an hour: from what occupancy is made.

Handling is added and taken away with the calls; the ends of a span only move apart. A call that is
corrected or forgotten leaves its moments, which tell nothing of anybody but the agent's token.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tenancy.call_counts import CountedCall, counts_of, quarter_of
from tenancy.calls_tables import CallShiftRow
from tenancy.tenant import Tenant

SHIFT = cast(Table, CallShiftRow.__table__)
Cell = tuple[datetime, str]
"""Quarter of an hour, agent."""


@dataclass(frozen=True)
class Part:
    """An agent's calls of a quarter: from the first answer to the last of their events."""

    first_at: datetime
    last_at: datetime
    handle_ms: int

    def with_(self, other: "Part") -> "Part":
        """Return both."""
        return Part(
            min(self.first_at, other.first_at),
            max(self.last_at, other.last_at),
            self.handle_ms + other.handle_ms,
        )


def parts_of(
    pairs: Iterable[tuple[CountedCall | None, CountedCall | None]],
) -> dict[Cell, Part]:
    """Return what calls that became others add; None: was not, or is gone."""
    changed: dict[Cell, Part] = {}
    for before, after in pairs:
        for call, sign in ((before, -1), (after, 1)):
            if call is None or call.agent_token is None or call.answered_at is None:
                continue
            counts = counts_of(call)
            if counts.handled:
                cell = (quarter_of(call), call.agent_token)
                part = Part(call.answered_at, call.last_event_at, sign * counts.handle_ms)
                changed[cell] = changed[cell].with_(part) if cell in changed else part
    return changed


def add_shifts(session: Session, tenant: Tenant, changed: Mapping[Cell, Part]) -> None:
    """Add to the table, in the caller's transaction."""
    if not changed:
        return
    on_server = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql.insert if on_server else sqlite.insert)(SHIFT)
    # Of two values: what one database calls least and greatest, the other calls min and max.
    least, most = (func.least, func.greatest) if on_server else (func.min, func.max)
    new, there = insert.excluded, SHIFT.c
    statement = insert.on_conflict_do_update(
        index_elements=["tenant_id", "quarter_at", "agent_token"],
        set_={
            "first_at": least(there.first_at, new.first_at),
            "last_at": most(there.last_at, new.last_at),
            "handle_ms": there.handle_ms + new.handle_ms,
        },
    )
    rows = [
        {"tenant_id": tenant.id, "quarter_at": quarter, "agent_token": agent, **vars(part)}
        for (quarter, agent), part in sorted(changed.items(), key=lambda item: item[0])
    ]
    session.execute(statement, rows)


def forget_shifts(session: Session, tenant: Tenant, before: datetime) -> None:
    """Delete the quarters before a time."""
    session.execute(
        delete(SHIFT).where(SHIFT.c.tenant_id == tenant.id, SHIFT.c.quarter_at < before)
    )
