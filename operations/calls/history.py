"""Figures of calls over days and years: from gold's ``hour``, by the same formulas as live ones."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args
from zoneinfo import ZoneInfo

from foundation.errors import InvalidRequest
from operations.calls.figures import Figures, Span, figures_of
from tenancy.call_counts import Counts

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

By = Literal["hour", "day", "direction", "queue", "product"]
BY: tuple[str, ...] = get_args(By)
COUNTED = ("calls", "offered", "answered", "abandoned", "short_abandoned", "within_target")


def history(
    lake: "Lake", tenant: "Tenant", span: Span, by: str
) -> list[tuple[str | None, Figures]]:
    """Return figures of calls that began within a span, in order of what they are grouped by.

    Parameters
    ----------
    by
        One of ``BY``. Hours are told as UTC, ``2026-11-26T15:00:00Z``, days as the tenant's.

    Raises
    ------
    InvalidRequest
        ``by`` is none of them.
    """
    if by not in BY:
        raise InvalidRequest("calls.unknown_by", known=", ".join(BY))
    groups: dict[str | None, Counts] = {}
    name = _names(tenant)[by]
    for row in _rows(lake, tenant, span):
        group = name(row)
        groups[group] = groups.get(group, Counts()).plus(_counts(row))
    in_order = sorted(groups.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))
    return [(group, figures_of(counts)) for group, counts in in_order]


def _rows(lake: "Lake", tenant: "Tenant", span: Span) -> Iterable[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    ref = lake.ref(tenant, "gold", "hour")
    if not lake.exists(ref):
        return ()
    began, moment = pc.field("hour_at"), pa.timestamp("us", "UTC")
    within = (began >= pa.scalar(span[0], moment)) & (began < pa.scalar(span[1], moment))
    rows: list[dict[str, Any]] = lake.arrow(ref, where=within).to_pylist()
    return rows


def _names(tenant: "Tenant") -> dict[str, Callable[[dict[str, Any]], str | None]]:
    zone = ZoneInfo(tenant.time_zone)

    def hour(row: dict[str, Any]) -> str:
        began: datetime = row["hour_at"]
        return f"{began:%Y-%m-%dT%H:%M:%S}Z"

    def day(row: dict[str, Any]) -> str:
        began: datetime = row["hour_at"]
        return f"{began.astimezone(zone):%Y-%m-%d}"

    return {
        "hour": hour,
        "day": day,
        "direction": lambda row: row["direction"],
        "queue": lambda row: row["queue"],
        "product": lambda row: row["product"],
    }


def _counts(row: dict[str, Any]) -> Counts:
    return Counts(
        **{name: row[name] for name in COUNTED},
        handled=row["answered"],
        wait_ms=round(1000 * row["wait_seconds_sum"]),
        handle_ms=round(1000 * row["handle_seconds_sum"]),
    )
