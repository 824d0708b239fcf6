"""Failed sign-ins: a few in a while lock the e-mail out, for a while.

Known and unknown e-mails are treated alike, so that a lock-out tells nobody who has an account. An
attempt counts before the password is looked at: guessing in parallel gains nothing. Rows expire,
and their number is bounded.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from foundation.errors import NotSignedIn
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.store import Store, insert_if_absent, now_in
from tenancy.tables import SignInAttemptRow

GATE = Actor("system:sign-in", "system", None, frozenset())


@dataclass(frozen=True)
class LockOut:
    """After ``failures`` within ``window``, an e-mail is locked out for ``lasts``."""

    failures: int = 5
    window: timedelta = timedelta(minutes=15)
    lasts: timedelta = timedelta(minutes=15)
    most_rows: int = 10_000


DEFAULT_LOCK_OUT = LockOut()


def count_attempt(store: Store, email: str, policy: LockOut) -> None:
    """Count an attempt as failed; ``NotSignedIn`` where the e-mail is locked out."""
    with store.session() as session:
        now = now_in(session)
        _drop_old(session, now, policy)
        row = _row(session, email, now)
        if row.locked_until_at is not None and row.locked_until_at > now:
            wait = math.ceil((row.locked_until_at - now) / timedelta(minutes=1))
            raise NotSignedIn("tenancy.locked_out", minutes=wait)
        if row.first_at < now - policy.window or row.locked_until_at is not None:
            row.failures, row.first_at, row.locked_until_at = 0, now, None
        row.failures += 1
        if row.failures >= policy.failures:
            row.locked_until_at = now + policy.lasts
            record_in(session, GATE, "sign_in.locked_out", subject=row.email_hash)


def forget_attempts(session: Session, email: str) -> None:
    """Forget the failures of an e-mail whose person has signed in."""
    session.execute(
        delete(SignInAttemptRow).where(SignInAttemptRow.email_hash == email_hash(email))
    )


def email_hash(email: str) -> str:
    """Return the name under which attempts are counted: mistyped addresses are not kept."""
    return hashlib.sha256(email.encode()).hexdigest()


def _row(session: Session, email: str, now: datetime) -> SignInAttemptRow:
    name = email_hash(email)
    insert_if_absent(session, SignInAttemptRow, email_hash=name, failures=0, first_at=now)
    return session.get_one(SignInAttemptRow, name, with_for_update=True)


def _drop_old(session: Session, now: datetime, policy: LockOut) -> None:
    """Delete what has expired; where too many are left, the oldest too."""
    table = SignInAttemptRow
    unlocked = or_(table.locked_until_at.is_(None), table.locked_until_at <= now)
    session.execute(delete(table).where(table.first_at < now - policy.window, unlocked))
    surplus = session.scalars(select(func.count()).select_from(table)).one() - policy.most_rows + 1
    if surplus > 0:
        oldest = select(table.email_hash).order_by(table.first_at).limit(surplus)
        session.execute(delete(table).where(table.email_hash.in_(oldest)))
