"""What goes on in a tenant's call centre now, and today's figures: from the operational store.

Figures are those of ``data_contracts.metrics`` over counts that are kept with the calls, so a look
costs the same however many calls there were. A day is the tenant's own, and an hour too.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from operations.calls.figures import (
    Figures,
    Group,
    Hour,
    Shift,
    Span,
    day_of,
    figures_of,
    hours_of,
    occupancy_of,
)
from tenancy.call_counts import ALL, DIMENSIONS, Counts
from tenancy.calls_tables import CallCountRow, CallRow, CallShiftRow
from tenancy.columns import UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tenancy.store import Store
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Now:
    """What goes on at one moment.

    Attributes
    ----------
    waiting
        Callers whom nobody has answered yet; the longest of them waits ``longest_wait_seconds``.
    in_progress
        Calls with an agent, held ones and those being passed on included.
    silent
        Calls of which nothing was heard for longer than the settings allow: in none of the others.
    """

    waiting: int
    longest_wait_seconds: float | None
    in_progress: int
    held: int
    agents_on_calls: int
    silent: int


@dataclass(frozen=True)
class Live:
    """All that a live page shows.

    Attributes
    ----------
    as_of_at, day_at
        When it was looked at, and when the tenant's day began, UTC.
    occupancy
        Of today's agents: handling ÷ (handling + available time). An agent is taken to be at work
        from their first answer to the end of their last call; None where no agent is known.
    by
        Dimension → groups, the largest first.
    """

    as_of_at: datetime
    day_at: datetime
    now: Now
    today: Figures
    occupancy: float | None
    hours: tuple[Hour, ...]
    by: dict[str, tuple[Group, ...]]


def live_figures(store: "Store", tenant: "Tenant", at: datetime, lost_hours: int) -> Live:
    """Return what a live page shows, as of a moment; nothing older than 5 s is shown.

    Parameters
    ----------
    at
        The present, aware.
    lost_hours
        After how long a silent call is no longer believed to go on.
    """
    day = day_of(tenant, at)
    with store.reading() as session:
        now = now_of(session, tenant, at, at - timedelta(hours=lost_hours))
        quarters = _quarters(session, tenant, day)
        groups = _groups(session, tenant, day)
        shifts = shifts_of(session, tenant, day)
    whole = Counts()
    for _, counts in quarters:
        whole = whole.plus(counts)
    return Live(
        as_of_at=at,
        day_at=day[0],
        now=now,
        today=figures_of(whole),
        occupancy=occupancy_of(shifts),
        hours=hours_of(tenant, quarters),
        by=groups,
    )


def now_of(session: "Session", tenant: "Tenant", at: datetime, silent_before: datetime) -> Now:
    """Return who waits and who talks at a moment."""
    found = session.execute(
        select(
            CallRow.status, CallRow.started_at, CallRow.last_event_at, CallRow.current_agent_token
        ).where(CallRow.tenant_id == tenant.id, CallRow.open.is_(True))
    ).all()
    going = [call for call in found if call.last_event_at >= silent_before]
    waits = [(at - call.started_at).total_seconds() for call in going if call.status == "waiting"]
    talking = [call for call in going if call.status != "waiting"]
    return Now(
        waiting=len(waits),
        longest_wait_seconds=max(0.0, *waits) if waits else None,
        in_progress=len(talking),
        held=sum(call.status == "held" for call in talking),
        agents_on_calls=len({c.current_agent_token for c in talking if c.current_agent_token}),
        silent=len(found) - len(going),
    )


def shifts_of(session: "Session", tenant: "Tenant", span: Span) -> list[Shift]:
    """Return a shift for each agent who took calls that began within a span and are over."""
    first = func.min(CallShiftRow.first_at, type_=UtcDateTime())
    last = func.max(CallShiftRow.last_at, type_=UtcDateTime())
    found = session.execute(
        select(first, last, func.sum(CallShiftRow.handle_ms))
        .where(
            CallShiftRow.tenant_id == tenant.id,
            CallShiftRow.quarter_at >= span[0],
            CallShiftRow.quarter_at < span[1],
        )
        .group_by(CallShiftRow.agent_token)
    )
    return [Shift(begins, ends, int(handle) / 1000) for begins, ends, handle in found]


def _quarters(session: "Session", tenant: "Tenant", span: Span) -> list[tuple[datetime, Counts]]:
    names = _counted()
    found = session.execute(
        select(CallCountRow.quarter_at, *names).where(
            CallCountRow.tenant_id == tenant.id,
            CallCountRow.quarter_at >= span[0],
            CallCountRow.quarter_at < span[1],
            CallCountRow.dimension == ALL,
        )
    )
    return [(quarter, Counts(*values)) for quarter, *values in found]


def _groups(session: "Session", tenant: "Tenant", span: Span) -> dict[str, tuple[Group, ...]]:
    sums = [func.sum(column).label(column.key) for column in _counted()]
    found = session.execute(
        select(CallCountRow.dimension, CallCountRow.value, *sums)
        .where(
            CallCountRow.tenant_id == tenant.id,
            CallCountRow.quarter_at >= span[0],
            CallCountRow.quarter_at < span[1],
            CallCountRow.dimension != ALL,
        )
        .group_by(CallCountRow.dimension, CallCountRow.value)
    )
    groups: dict[str, list[Group]] = {name: [] for name in DIMENSIONS}
    for dimension, value, *values in found:
        counts = Counts(*map(int, values))
        if counts.calls:
            groups[dimension].append(Group(value or None, figures_of(counts)))
    return {name: tuple(sorted(some, key=_largest)) for name, some in groups.items()}


def _largest(group: Group) -> tuple[int, str]:
    return -group.figures.calls, group.value or ""


def _counted() -> list[Any]:
    return [getattr(CallCountRow, one.name) for one in fields(Counts)]
