"""Signing in: e-mail and password become an actor; a wrong one of either gives the same answer."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select

from foundation.clock import utc_now
from foundation.errors import NotSignedIn
from foundation.spelling import well_formed
from tenancy.actor import Actor, ActorKind
from tenancy.attempts import DEFAULT_LOCK_OUT, LockOut, count_attempt, forget_attempts
from tenancy.audit import record_in
from tenancy.emails import canonical_email
from tenancy.passwords import hash_password, is_outdated, matches, nobodys_hash
from tenancy.store import Store
from tenancy.tables import UserRow

IDLE = timedelta(hours=8)
"""A session that nobody used for so long has ended."""


def sign_in(
    store: Store,
    email: str,
    password: str,
    lock_out: LockOut = DEFAULT_LOCK_OUT,
    *,
    staff_only: bool = False,
) -> Actor:
    """Return the actor of a user or member of staff.

    Parameters
    ----------
    staff_only
        A tenant's user is nobody here: refused, counted and locked out like an unknown e-mail.

    Raises
    ------
    NotSignedIn
        No such e-mail, wrong password, disabled user (one sentence, equally slow), or too many
        failures of late.
    """
    email = well_formed(canonical_email(email)).replace("\0", "")
    count_attempt(store, email, lock_out)
    with store.reading() as session:
        row = session.scalars(select(UserRow).where(UserRow.email == email)).one_or_none()
    nobodys = nobodys_hash()
    right = matches(nobodys if row is None else row.password_hash, password)
    unknown = row is None or (staff_only and row.tenant_id is not None)
    if row is None or unknown or not right or row.disabled:
        raise NotSignedIn("tenancy.wrong_sign_in")
    return _admit(store, row.id, password, utc_now())


def session_mark(store: Store, user_id: str) -> str:
    """Return what a session keeps besides the user's id: it changes with the password."""
    with store.reading() as session:
        row = session.get(UserRow, user_id)
    return "" if row is None else _mark(row)


def actor_for_user(store: Store, user_id: str, mark: str | None = None) -> Actor:
    """Return the actor of a session's user with today's roles; for every request anew.

    Parameters
    ----------
    mark
        ``session_mark`` of when the session began.

    Raises
    ------
    NotSignedIn
        The user is gone or disabled, or has another password since: the session ends.
    """
    with store.reading() as session:
        row = session.get(UserRow, user_id)
    if row is None or row.disabled or mark not in (None, _mark(row)):
        raise NotSignedIn("tenancy.session_ended")
    return _actor_of(row)


def _admit(store: Store, user_id: str, password: str, now: datetime) -> Actor:
    with store.session() as session:
        row = session.get_one(UserRow, user_id, with_for_update=True)
        if is_outdated(row.password_hash):
            row.password_hash = hash_password(password)
        row.signed_in_at = now
        forget_attempts(session, row.email)
        actor = _actor_of(row)
        record_in(session, actor, "user.signed_in", row.tenant_id, row.id)
    return actor


def _mark(row: UserRow) -> str:
    return hashlib.sha256(f"session:{row.password_hash}".encode()).hexdigest()


def _actor_of(row: UserRow) -> Actor:
    kind: ActorKind = "staff" if row.tenant_id is None else "user"
    return Actor(row.id, kind, row.tenant_id, frozenset(row.roles))
