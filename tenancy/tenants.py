"""Tenants: made and listed by ABCall; entered by staff, or by who belongs to them.

A missing tenant and another's tenant give the same ``NotFound``: no answer tells who is a client.
"""

from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotAllowed, NotFound
from foundation.texts import Language
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.store import Store
from tenancy.tables import TenantRow
from tenancy.tenant import Tenant, check_tenant

CHANGED = (
    "name",
    "plan",
    "language",
    "currency",
    "time_zone",
    "prior_consent",
    "training_consent",
)
"""What `update_tenant` writes; id and vertical stay."""


_THERE = select(TenantRow.id).where(
    TenantRow.id == bindparam("tenant"), TenantRow.erased_at.is_(None)
)


def create_tenant(store: Store, actor: Actor, tenant: Tenant) -> Tenant:
    """Store a new tenant; only ABCall's staff or the platform may.

    Raises
    ------
    InvalidRequest
        A field cannot be right, or the id is taken.
    """
    require_abcall(actor)
    check_tenant(tenant)
    with store.session() as session:
        if session.get(TenantRow, tenant.id) is not None:
            raise InvalidRequest("tenancy.tenant_exists", tenant=tenant.id)
        session.add(_row_of(tenant))
        session.flush()
        record_in(
            session, actor, "tenant.created", tenant.id, tenant.id, details={"plan": tenant.plan}
        )
    return tenant


def update_tenant(store: Store, actor: Actor, tenant: Tenant) -> Tenant:
    """Store changed fields of a tenant (name, plan, language …); its id and vertical stay."""
    require_abcall(actor)
    check_tenant(tenant)
    with store.session() as session:
        row = session.get(TenantRow, tenant.id, with_for_update=True)
        if row is None or row.erased_at is not None:
            raise NotFound("tenancy.no_tenant", tenant=tenant.id)
        if row.vertical != tenant.vertical:
            raise InvalidRequest("tenancy.vertical_stays", tenant=tenant.id, vertical=row.vertical)
        for name in CHANGED:
            setattr(row, name, getattr(tenant, name))
        record_in(
            session, actor, "tenant.updated", tenant.id, tenant.id, details={"plan": tenant.plan}
        )
    return tenant


def get_tenant(store: Store, actor: Actor, tenant_id: str) -> Tenant:
    """Return the tenant, if this actor may enter it; else ``NotFound``, missing or not."""
    row = None
    may_enter = actor.enters_any_tenant or actor.tenant_id == tenant_id
    if may_enter:
        with store.reading() as session:
            row = row_named(session, TenantRow, tenant_id)
    if row is None or row.erased_at is not None:
        raise NotFound("tenancy.no_tenant", tenant=tenant_id)
    return tenant_of(row)


def tenant_for(store: Store, actor: Actor, tenant_id: str | None = None) -> Tenant:
    """Resolve the tenant of a request: the named one, or without a name the actor's own."""
    wanted = tenant_id if tenant_id is not None else actor.tenant_id
    if wanted is None:
        raise InvalidRequest("tenancy.name_a_tenant")
    return get_tenant(store, actor, wanted)


def list_tenants(store: Store, actor: Actor) -> list[Tenant]:
    """Return the tenants this actor may enter, by id."""
    query = select(TenantRow).where(TenantRow.erased_at.is_(None)).order_by(TenantRow.id)
    if not actor.enters_any_tenant:
        query = query.where(TenantRow.id == actor.tenant_id)
    with store.reading() as session:
        return [tenant_of(row) for row in session.scalars(query)]


def require_inside(session: Session, actor: Actor, tenant: Tenant) -> None:
    """Raise ``NotFound`` unless the tenant exists and this actor may enter it."""
    if not (actor.enters_any_tenant or actor.tenant_id == tenant.id):
        raise NotFound("tenancy.no_tenant", tenant=tenant.id)
    require_there(session, tenant)


def require_there(session: Session, tenant: Tenant) -> None:
    """Raise ``NotFound`` where there is no such tenant, or no longer."""
    there = session.connection().execute(_THERE, {"tenant": tenant.id}).first()
    if there is None:
        raise NotFound("tenancy.no_tenant", tenant=tenant.id)


def require_abcall(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor is ABCall's staff or the platform."""
    if not actor.enters_any_tenant:
        raise NotAllowed("tenancy.abcall_only")


def _row_of(tenant: Tenant) -> TenantRow:
    return TenantRow(
        id=tenant.id,
        name=tenant.name.strip(),
        vertical=tenant.vertical,
        plan=tenant.plan,
        language=tenant.language,
        currency=tenant.currency,
        time_zone=tenant.time_zone,
        prior_consent=tenant.prior_consent,
        training_consent=tenant.training_consent,
        created_at=utc_now(),
    )


def tenant_of(row: TenantRow) -> Tenant:
    """Return the tenant of a row."""
    return Tenant(
        id=row.id,
        name=row.name,
        vertical=row.vertical,
        plan=row.plan,
        language=cast(Language, row.language),
        currency=row.currency,
        time_zone=row.time_zone,
        prior_consent=row.prior_consent,
        training_consent=row.training_consent,
    )
