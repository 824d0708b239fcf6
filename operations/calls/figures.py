"""Figures of calls, and how counts become them: the same for live pages and for history.

The formulas are those of ``data_contracts.metrics``; the counts are the store's or gold's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data_contracts import metrics
from tenancy.call_counts import Counts

if TYPE_CHECKING:
    from tenancy.tenant import Tenant

Span = tuple[datetime, datetime]
"""From when on, and until before when."""


@dataclass(frozen=True)
class Figures:
    """Figures of some calls; shares lie between 0 and 1, times are seconds.

    Attributes
    ----------
    calls
        Those whose fate is known, in and out; ``offered`` are the inbound ones among them.
    service_level, abandonment_rate
        None where no call was offered, short abandons left out.
    average_handle_time_seconds
        Over answered calls that have ended; None before the first.
    """

    calls: int
    offered: int
    answered: int
    abandoned: int
    short_abandoned: int
    service_level: float | None
    abandonment_rate: float | None
    average_speed_of_answer_seconds: float | None
    average_handle_time_seconds: float | None


@dataclass(frozen=True)
class Hour:
    """Figures of calls that began within an hour of the tenant's day; ``hour_at`` is UTC."""

    hour_at: datetime
    figures: Figures


@dataclass(frozen=True)
class Group:
    """Figures of calls of one value of a dimension; None: the calls say none."""

    value: str | None
    figures: Figures


@dataclass(frozen=True)
class Shift:
    """An agent's calls of a day that are over: from the first answer to the end of the last."""

    first_at: datetime
    last_at: datetime
    handle_seconds: float


def figures_of(counts: Counts) -> Figures:
    """Return the figures of counts."""
    offered, short = counts.offered, counts.short_abandoned
    return Figures(
        calls=counts.calls,
        offered=offered,
        answered=counts.answered,
        abandoned=counts.abandoned,
        short_abandoned=short,
        service_level=metrics.service_level(counts.within_target, offered, short),
        abandonment_rate=metrics.abandonment_rate(counts.abandoned, short, offered),
        average_speed_of_answer_seconds=metrics.average_speed_of_answer_seconds(
            counts.wait_ms / 1000, counts.answered
        ),
        average_handle_time_seconds=metrics.average_handle_time_seconds(
            counts.handle_ms / 1000, counts.handled
        ),
    )


def occupancy_of(shifts: Iterable[Shift]) -> float | None:
    """Return the occupancy of some agents."""
    handling = available = 0.0
    for shift in shifts:
        handling += shift.handle_seconds
        there = (shift.last_at - shift.first_at).total_seconds()
        available += max(0.0, there - shift.handle_seconds)
    return metrics.occupancy(handling, available)


def day_of(tenant: "Tenant", at: datetime) -> Span:
    """Return when the tenant's day begins and ends in which a moment lies, UTC."""
    zone = ZoneInfo(tenant.time_zone)
    today = at.astimezone(zone).date()
    begins, ends = (
        datetime.combine(day, time(), zone).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
    )
    return begins, ends


def hours_of(tenant: "Tenant", quarters: Iterable[tuple[datetime, Counts]]) -> tuple[Hour, ...]:
    """Return figures by hour of the tenant's clock, in order; hours without calls are left out."""
    zone, hours = ZoneInfo(tenant.time_zone), dict[datetime, Counts]()
    for quarter, counts in quarters:
        # Back by the minutes of the clock on the wall: right also where clocks are changed.
        hour = quarter - timedelta(minutes=quarter.astimezone(zone).minute)
        hours[hour] = hours.get(hour, Counts()).plus(counts)
    return tuple(Hour(hour, figures_of(counts)) for hour, counts in sorted(hours.items()))
