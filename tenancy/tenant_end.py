"""The end of a tenant in the store: its keys destroyed, its rows deleted, its id never given again.

Destroyed keys make everything that was sealed with them unreadable, wherever copies lie. The row of
the tenant stays, without a name, so that the id stays taken and the audit trail means something.
"""

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from tenancy.actor import Actor
from tenancy.law_tables import ErasureRow
from tenancy.schema import METADATA
from tenancy.store import Store, now_in
from tenancy.tables import AuditRow, TenantKeyRow, TenantRow
from tenancy.tenant import Tenant
from tenancy.tenants import require_abcall, tenant_of

KEPT = frozenset({TenantRow.__tablename__, AuditRow.__tablename__, ErasureRow.__tablename__})
NOTHING = b"\0" * 64


def tenant_to_end(store: Store, actor: Actor, tenant_id: str) -> Tenant:
    """Return a tenant for its end: one that is there, or whose end was cut short.

    Raises
    ------
    NotAllowed
        The actor is not ABCall's staff.
    NotFound
        There is none, or its end is complete.
    """
    require_abcall(actor)
    with store.reading() as session:
        row = session.get(TenantRow, tenant_id)
        if row is None or not row.name:
            raise NotFound("tenancy.no_tenant", tenant=tenant_id)
        return tenant_of(row)


def destroy_keys(store: Store, tenant: Tenant) -> int:
    """Destroy a tenant's keys and close it to everybody; returns how many keys there were."""
    with store.session() as session:
        row = session.get_one(TenantRow, tenant.id, with_for_update=True)
        row.erased_at = row.erased_at or now_in(session)
        mine = TenantKeyRow.tenant_id == tenant.id
        found = len(session.scalars(select(TenantKeyRow.version).where(mine)).all())
        # Overwritten first: a deleted row's page may keep its bytes for long.
        session.execute(update(TenantKeyRow).where(mine).values(wrapped=NOTHING))
        session.execute(delete(TenantKeyRow).where(mine))
    return found


def delete_rows(store: Store, tenant: Tenant) -> dict[str, int]:
    """Delete what the store holds of a tenant, its name last; returns rows by table."""
    gone: dict[str, int] = {}
    with store.session() as session:
        for table in reversed(METADATA.sorted_tables):
            if table.name not in KEPT:
                gone[table.name] = _delete_from(session, table, tenant)
        session.get_one(TenantRow, tenant.id).name = ""
    return {name: rows for name, rows in gone.items() if rows}


def _delete_from(session: Session, table: Table, tenant: Tenant) -> int:
    """Delete a tenant's rows of one table, or those that hang on rows of the tenant's."""
    if "tenant_id" in table.c:
        tests = [table.c.tenant_id == tenant.id]
    else:
        tests = [
            key.parent.in_(select(key.column).where(key.column.table.c.tenant_id == tenant.id))
            for key in table.foreign_keys
            if "tenant_id" in key.column.table.c
        ]
    gone = (table.delete().where(test).returning(*table.primary_key) for test in tests)
    return sum(len(session.execute(statement).all()) for statement in gone)
