"""How much a tenant may ask of the service: by its plan, or as was agreed with it.

Requests and records count by the minute, records by the day in the tenant's time zone as well, and
only so many requests are worked on at once. 0 is no limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, select

from foundation.errors import InvalidRequest
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.limit_tables import TenantLimitRow, TenantUseRow
from tenancy.store import Store, insert_if_absent, now_in
from tenancy.tenant import PLANS, Tenant
from tenancy.tenants import require_abcall, require_inside

KEPT_DAYS = 40
"""Days of use that the store remembers."""

MOST = 10**12
_OWN = select(TenantLimitRow.name, TenantLimitRow.value).where(
    TenantLimitRow.tenant_id == bindparam("tenant")
)


@dataclass(frozen=True)
class Limits:
    """A tenant's limits.

    Attributes
    ----------
    requests_per_minute, burst
        Rate in the long run, and how many may come at once after a quiet time.
    records_per_minute, records_per_day
        Incidents, customers, rows: a batch of a thousand is a thousand.
    at_once
        Requests under way in one process.
    """

    requests_per_minute: int
    burst: int
    records_per_minute: int
    records_per_day: int
    at_once: int


NAMES = tuple(field.name for field in fields(Limits))
BY_PLAN: dict[str, Limits] = {
    "starter": Limits(1_200, 600, 20_000, 200_000, 8),
    "business": Limits(3_000, 1_500, 60_000, 1_000_000, 12),
    "business_plus": Limits(12_000, 6_000, 200_000, 10_000_000, 16),
}
NO_LIMITS = Limits(0, 0, 0, 0, 0)


def plan_limits(plan: str, settings: Mapping[str, int]) -> Limits:
    """Return a plan's limits, with what the settings say of it (``starter.burst`` → 900)."""
    own = {name: settings[f"{plan}.{name}"] for name in NAMES if f"{plan}.{name}" in settings}
    return replace(BY_PLAN[plan], **own)


def is_limit(name: str) -> bool:
    """Say whether a setting's name is one: plan, full stop, limit."""
    plan, _, limit = name.partition(".")
    return plan in PLANS and limit in NAMES


def limits_of(store: Store, tenant: Tenant, settings: Mapping[str, int]) -> Limits:
    """Return the limits that hold for a tenant now."""
    with store.asking() as connection:
        found = connection.execute(_OWN, {"tenant": tenant.id})
        own = {name: value for name, value in found if name in NAMES}
    return replace(plan_limits(tenant.plan, settings), **own)


def set_limits(store: Store, actor: Actor, tenant: Tenant, own: Mapping[str, int | None]) -> None:
    """Let limits differ from the plan's; None lets the plan's hold again. ABCall's staff only.

    Raises
    ------
    InvalidRequest
        A limit that there is not, or no number from 0 up.
    """
    require_abcall(actor)
    for name, value in own.items():
        if name not in NAMES or not (value is None or 0 <= value <= MOST):
            raise InvalidRequest("limits.bad_limit", name=name, known=", ".join(NAMES))
    with store.session() as session:
        require_inside(session, actor, tenant)
        mine = TenantLimitRow.tenant_id == tenant.id
        session.execute(delete(TenantLimitRow).where(mine, TenantLimitRow.name.in_(list(own))))
        now = now_in(session)
        session.add_all(
            TenantLimitRow(tenant_id=tenant.id, name=n, value=v, actor_id=actor.id, set_at=now)
            for n, v in own.items()
            if v is not None
        )
        session.flush()
        record_in(session, actor, "tenant.limited", tenant.id, tenant.id, details=dict(own))


def day_of(tenant: Tenant, now: datetime) -> tuple[str, float]:
    """Return the tenant's day, and the seconds until its next one begins.

    >>> from datetime import UTC
    >>> day_of(Tenant("acme", "Acme", "telecom"), datetime(2026, 11, 27, 4, 59, tzinfo=UTC))
    ('2026-11-26', 60.0)
    """
    local = now.astimezone(ZoneInfo(tenant.time_zone))
    midnight = datetime.combine(
        local.date() + timedelta(days=1), datetime.min.time(), tzinfo=local.tzinfo
    )
    return local.date().isoformat(), midnight.timestamp() - now.timestamp()


def take_records(
    store: Store, tenant: Tenant, day: str, wanted: int, quota: int
) -> tuple[int, int]:
    """Take records from a day's quota, before they are used; whoever asks next finds them taken.

    Parameters
    ----------
    wanted
        How many; less than nothing gives back what was taken and not used.

    Returns
    -------
    tuple
        How many were given, and how many of the day are taken now.
    """
    with store.session() as session:
        insert_if_absent(session, TenantUseRow, tenant_id=tenant.id, day=day, records=0)
        row = session.get_one(TenantUseRow, (tenant.id, day), with_for_update=True)
        given = min(wanted, max(0, quota - row.records))
        row.records = max(0, row.records + given)
        oldest = (datetime.fromisoformat(day) - timedelta(days=KEPT_DAYS)).date().isoformat()
        old = (TenantUseRow.tenant_id == tenant.id) & (TenantUseRow.day < oldest)
        session.execute(delete(TenantUseRow).where(old))
        return given, row.records


def used_today(store: Store, tenant: Tenant, day: str) -> int:
    """Return how many records of a day's quota are taken."""
    with store.reading() as session:
        row = session.get(TenantUseRow, (tenant.id, day))
        return 0 if row is None else row.records
