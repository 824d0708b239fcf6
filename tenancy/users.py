"""Users of a tenant and ABCall's staff: made, listed, changed by a manager, each change audited."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotFound, NotSignedIn
from tenancy.actor import ROLES, Actor
from tenancy.attempts import DEFAULT_LOCK_OUT, LockOut, count_attempt, forget_attempts
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.emails import canonical_email, is_email
from tenancy.passwords import hash_password, matches
from tenancy.store import Store
from tenancy.tables import UserRow
from tenancy.tenant import Tenant
from tenancy.tenants import require_abcall, require_inside


@dataclass(frozen=True)
class User:
    """A person who signs in; ``tenant_id`` is ``None`` for ABCall's staff."""

    id: str
    tenant_id: str | None
    email: str
    name: str
    roles: frozenset[str]
    disabled: bool
    created_at: datetime
    signed_in_at: datetime | None


def create_user(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    *,
    email: str,
    name: str,
    password: str,
    roles: Collection[str],
) -> User:
    """Store a new user of the tenant; it takes a manager.

    Raises
    ------
    InvalidRequest
        The e-mail cannot be used, a role does not exist, or the password is too short.
    """
    with store.reading() as session:
        _require_manager(session, actor, tenant)
    row = _new_row(tenant.id, email, name, password, roles)
    return _add(store, actor, row)


def create_staff(
    store: Store, actor: Actor, *, email: str, name: str, password: str, roles: Collection[str]
) -> User:
    """Store a new member of ABCall's staff; it takes staff with the manager's role."""
    require_abcall(actor)
    actor.require("manager")
    return _add(store, actor, _new_row(None, email, name, password, roles))


def get_user(store: Store, actor: Actor, tenant: Tenant, user_id: str) -> User:
    """Return the tenant's user; ``NotFound`` alike for a missing and another tenant's one."""
    with store.reading() as session:
        require_inside(session, actor, tenant)
        return user_of(_row_of(session, tenant, user_id))


def list_users(store: Store, actor: Actor, tenant: Tenant) -> list[User]:
    """Return the tenant's users by e-mail; it takes a manager."""
    query = select(UserRow).where(UserRow.tenant_id == tenant.id).order_by(UserRow.email)
    with store.reading() as session:
        _require_manager(session, actor, tenant)
        return [user_of(row) for row in session.scalars(query)]


def set_roles(
    store: Store, actor: Actor, tenant: Tenant, user_id: str, roles: Collection[str]
) -> User:
    """Give a user exactly these roles; they hold from the user's next request."""
    checked = _checked_roles(roles)
    with store.session() as session:
        row = _managed(session, actor, tenant, user_id)
        row.roles = checked
        details = {"roles": checked}
        record_in(session, actor, "user.roles_set", tenant.id, user_id, details=details)
        return user_of(row)


def set_disabled(
    store: Store, actor: Actor, tenant: Tenant, user_id: str, *, disabled: bool
) -> User:
    """Shut a user out, or let them in again; open sessions end at their next request."""
    with store.session() as session:
        row = _managed(session, actor, tenant, user_id)
        row.disabled = disabled
        action = "user.disabled" if disabled else "user.enabled"
        record_in(session, actor, action, tenant.id, user_id)
        return user_of(row)


def reset_password(store: Store, actor: Actor, tenant: Tenant, user_id: str, password: str) -> None:
    """Set another user's password; it takes a manager. A lock-out ends with it."""
    hashed = hash_password(password)
    with store.session() as session:
        row = _managed(session, actor, tenant, user_id)
        row.password_hash = hashed
        forget_attempts(session, row.email)
        record_in(session, actor, "user.password_reset", tenant.id, user_id)


def change_password(
    store: Store, actor: Actor, current: str, new: str, lock_out: LockOut = DEFAULT_LOCK_OUT
) -> None:
    """Change one's own password; the current one is asked for, and guessing locks out."""
    with store.reading() as session:
        row = session.get(UserRow, actor.id)
    if row is None or row.disabled:
        raise NotSignedIn("tenancy.session_ended")
    hashed = hash_password(new)
    count_attempt(store, row.email, lock_out)
    if not matches(row.password_hash, current):
        raise NotSignedIn("tenancy.wrong_password")
    with store.session() as session:
        stored = session.get_one(UserRow, actor.id, with_for_update=True)
        stored.password_hash = hashed
        forget_attempts(session, stored.email)
        record_in(session, actor, "user.password_changed", stored.tenant_id, actor.id)


def _require_manager(session: Session, actor: Actor, tenant: Tenant) -> None:
    require_inside(session, actor, tenant)
    actor.require("manager")


def _managed(session: Session, actor: Actor, tenant: Tenant, user_id: str) -> UserRow:
    _require_manager(session, actor, tenant)
    return _row_of(session, tenant, user_id)


def _row_of(session: Session, tenant: Tenant, user_id: str) -> UserRow:
    row = row_named(session, UserRow, user_id)
    if row is None or row.tenant_id != tenant.id:
        raise NotFound("tenancy.no_user", user=user_id)
    return row


def _new_row(
    tenant_id: str | None, email: str, name: str, password: str, roles: Collection[str]
) -> UserRow:
    email = canonical_email(email)
    if not is_email(email):
        raise InvalidRequest("tenancy.email_unusable", email=email)
    return UserRow(
        id=uuid4().hex,
        tenant_id=tenant_id,
        email=email,
        name=name.strip()[:200],
        roles=_checked_roles(roles),
        password_hash=hash_password(password),
        disabled=False,
        created_at=utc_now(),
    )


def _add(store: Store, actor: Actor, row: UserRow) -> User:
    """Add the row; a taken e-mail gets the words of an unusable one, whoever has it."""
    try:
        with store.session() as session:
            session.add(row)
            session.flush()
            details = {"roles": row.roles}
            record_in(session, actor, "user.created", row.tenant_id, row.id, details=details)
    except IntegrityError as error:
        raise InvalidRequest("tenancy.email_unusable", email=row.email) from error
    return user_of(row)


def _checked_roles(roles: Collection[str]) -> list[str]:
    unknown = sorted(set(roles) - ROLES)
    if unknown:
        raise InvalidRequest("tenancy.no_role", role=unknown[0], known=", ".join(sorted(ROLES)))
    return sorted(set(roles))


def user_of(row: UserRow) -> User:
    """Return what others may see of a user's row."""
    return User(
        id=row.id,
        tenant_id=row.tenant_id,
        email=row.email,
        name=row.name,
        roles=frozenset(row.roles),
        disabled=row.disabled,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )
