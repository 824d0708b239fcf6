"""Legal holds: what must be kept, whatever retention, an erasure or maintenance would do.

A hold covers a whole tenant, one of its tables, or a person (by a keyed hash of the token).
Whatever destroys data does so inside ``destroying``: a hold cannot be placed between its check and
its last write, because placing one takes the same lease.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import Held, InvalidRequest, NotFound
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.law_tables import LegalHoldRow
from tenancy.leases import Lease, lease
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

OFFICERS = ("privacy_officer", "manager")
"""Who may place holds, erase, and decide for persons."""

LEASE_SECONDS = 10.0
WAIT_SECONDS = 600.0


@dataclass(frozen=True)
class Hold:
    """A legal hold.

    Attributes
    ----------
    table, person_mark
        What it covers; both None: the whole tenant.
    until_at
        When it ends by itself, UTC; None: when it is lifted.
    """

    id: str
    table: str | None
    person_mark: str | None
    reason: str
    placed_by: str
    placed_at: datetime
    until_at: datetime | None
    lifted_at: datetime | None

    @property
    def scope(self) -> str:
        """``tenant``, ``table`` or ``person``."""
        if self.person_mark is not None:
            return "person"
        return "tenant" if self.table is None else "table"

    def covers(self, table: str | None, person_marks: Collection[str] | None) -> bool:
        """Say whether it covers part of what an act would destroy; see ``require_free``."""
        here = self.table is None or table is None or self.table == table
        who = self.person_mark is None or person_marks is None or self.person_mark in person_marks
        return here and who


def place_hold(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    *,
    reason: str,
    table: str | None = None,
    person_mark: str | None = None,
    until_at: datetime | None = None,
) -> Hold:
    """Place a hold; waits for an erasure or retention that is destroying right now.

    Raises
    ------
    InvalidRequest
        There is no reason, or it would have ended already.
    NotFound, NotAllowed
        Another tenant's actor, or neither privacy officer nor manager.
    """
    if not reason.strip():
        raise InvalidRequest("law.no_reason")
    with _destroying(store, tenant), store.session() as session:
        _enter(session, actor, tenant)
        now = now_in(session)
        if until_at is not None and until_at <= now:
            raise InvalidRequest("law.hold_over", until=f"{until_at:%Y-%m-%d}")
        row = LegalHoldRow(
            id=uuid4().hex[:12],
            tenant_id=tenant.id,
            table_name=table,
            person_mark=person_mark,
            reason=reason.strip(),
            placed_by=actor.id,
            placed_at=now,
            until_at=until_at,
        )
        session.add(row)
        session.flush()
        details = {"scope": _hold_of(row).scope, "table": table}
        record_in(session, actor, "hold.placed", tenant.id, row.id, details=details)
    return _hold_of(row)


def lift_hold(store: Store, actor: Actor, tenant: Tenant, hold_id: str) -> Hold:
    """Lift a hold; a second time changes nothing."""
    with store.session() as session:
        _enter(session, actor, tenant)
        row = row_named(session, LegalHoldRow, hold_id, lock=True)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("law.no_hold", hold=hold_id)
        if row.lifted_at is None:
            row.lifted_at, row.lifted_by = now_in(session), actor.id
            record_in(session, actor, "hold.lifted", tenant.id, row.id)
    return _hold_of(row)


def list_holds(store: Store, tenant: Tenant, *, also_ended: bool = False) -> list[Hold]:
    """Return a tenant's holds, oldest first; those in force, or all of them."""
    query = select(LegalHoldRow).where(LegalHoldRow.tenant_id == tenant.id)
    with store.reading() as session:
        now = now_in(session)
        holds = [_hold_of(row) for row in session.scalars(query.order_by(LegalHoldRow.placed_at))]
    return holds if also_ended else [hold for hold in holds if _in_force(hold, now)]


def require_free(
    store: Store,
    tenant: Tenant,
    *,
    table: str | None = None,
    person_marks: Collection[str] | None = None,
) -> None:
    """Raise ``Held``, naming the hold, where one covers what is to be destroyed.

    Parameters
    ----------
    table
        The one table that is touched; None: any of the tenant's.
    person_marks
        The one person who is touched (a mark for each of their tokens); None: anybody.
    """
    for hold in list_holds(store, tenant):
        if hold.covers(table, person_marks):
            raise Held(
                f"law.held_{hold.scope}",
                hold=hold.id,
                table=hold.table,
                by=hold.placed_by,
                since=f"{hold.placed_at:%Y-%m-%d}",
                until="—" if hold.until_at is None else f"{hold.until_at:%Y-%m-%d}",
            )


@contextmanager
def destroying(
    store: Store,
    tenant: Tenant,
    *,
    table: str | None = None,
    person_marks: Collection[str] | None = None,
) -> Iterator[Lease]:
    """Destroy something inside the block: no hold covers it, and none is placed until its end.

    Raises
    ------
    Held
        See ``require_free``.
    Busy
        Another act of this kind did not end in time.
    """
    with _destroying(store, tenant) as held:
        require_free(store, tenant, table=table, person_marks=person_marks)
        yield held


def _destroying(store: Store, tenant: Tenant) -> AbstractContextManager[Lease]:
    return lease(store, f"law:{tenant.id}", ttl_seconds=LEASE_SECONDS, wait_seconds=WAIT_SECONDS)


def _enter(session: Session, actor: Actor, tenant: Tenant) -> None:
    require_inside(session, actor, tenant)
    actor.require(*OFFICERS)


def _in_force(hold: Hold, now: datetime) -> bool:
    return hold.lifted_at is None and (hold.until_at is None or hold.until_at > now)


def _hold_of(row: LegalHoldRow) -> Hold:
    return Hold(
        id=row.id,
        table=row.table_name,
        person_mark=row.person_mark,
        reason=row.reason,
        placed_by=row.placed_by,
        placed_at=row.placed_at,
        until_at=row.until_at,
        lifted_at=row.lifted_at,
    )
