"""ABCall's own people: listed, shut out and let in again, by staff with the manager's role.

They are made by `tenancy.users.create_staff` and sign in like everybody else.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from tenancy.actor import Actor
from tenancy.attempts import forget_attempts
from tenancy.audit import record_in
from tenancy.emails import canonical_email
from tenancy.passwords import hash_password
from tenancy.store import Store
from tenancy.tables import UserRow
from tenancy.tenants import require_abcall
from tenancy.users import User, user_of


def list_staff(store: Store, actor: Actor) -> list[User]:
    """Return ABCall's people by e-mail."""
    require_staff_manager(actor)
    query = select(UserRow).where(UserRow.tenant_id.is_(None)).order_by(UserRow.email)
    with store.reading() as session:
        return [user_of(row) for row in session.scalars(query)]


def set_staff_disabled(store: Store, actor: Actor, email: str, *, disabled: bool) -> User:
    """Shut a member of staff out, or let them in again; open sessions end at their next request."""
    require_staff_manager(actor)
    with store.session() as session:
        row = _member(session, email)
        row.disabled = disabled
        action = "user.disabled" if disabled else "user.enabled"
        record_in(session, actor, action, None, row.id)
        return user_of(row)


def reset_staff_password(store: Store, actor: Actor, email: str, password: str) -> User:
    """Set the password of a member of staff; a lock-out and open sessions end with it."""
    require_staff_manager(actor)
    hashed = hash_password(password)
    with store.session() as session:
        row = _member(session, email)
        row.password_hash = hashed
        forget_attempts(session, row.email)
        record_in(session, actor, "user.password_reset", None, row.id)
        return user_of(row)


def require_staff_manager(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor is staff with the manager's role."""
    require_abcall(actor)
    actor.require("manager")


def _member(session: Session, email: str) -> UserRow:
    """Return the row of a member of staff; a tenant's user is ``NotFound`` like a missing one."""
    row = session.scalars(
        select(UserRow).where(UserRow.email == canonical_email(email), UserRow.tenant_id.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound("tenancy.no_user", user=email)
    return row
