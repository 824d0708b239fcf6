"""Which tenants have a copy of their gold tables in a SQL server, and under which name.

Whoever erases starts here: a copy that was opened is known until it is gone, whatever the settings
say by then.
"""

import secrets

from sqlalchemy import delete

from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.copy_tables import SqlCopyRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_abcall, require_inside


def name_of_copy(store: Store, tenant: Tenant) -> str | None:
    """Return the name of a tenant's database and of who reads it; None where there is none."""
    with store.reading() as session:
        row = session.get(SqlCopyRow, tenant.id)
        return None if row is None else row.name


def note_copy(store: Store, actor: Actor, tenant: Tenant) -> str:
    """Give a tenant's copy its name, before there is one, and audit it; the same name each time.

    The name is drawn: a server tells everybody the names of all its databases.

    Raises
    ------
    NotAllowed
        The actor is not ABCall's staff.
    """
    require_abcall(actor)
    with store.session() as session:
        require_inside(session, actor, tenant)
        row = session.get(SqlCopyRow, tenant.id)
        if row is None:
            name = f"abcall_{secrets.token_hex(6)}"
            row = SqlCopyRow(
                tenant_id=tenant.id, name=name, actor_id=actor.id, opened_at=now_in(session)
            )
            session.add(row)
        record_in(session, actor, "sql.opened", tenant.id, row.name)
        return row.name


def forget_copy(store: Store, actor: Actor, tenant: Tenant) -> None:
    """Forget a copy that is gone, and audit it."""
    with store.session() as session:
        session.execute(delete(SqlCopyRow).where(SqlCopyRow.tenant_id == tenant.id))
        record_in(session, actor, "sql.closed", tenant.id)
