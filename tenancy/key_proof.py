"""What an API key proves: who asks, with which scopes, and until when.

The store keeps a hash of the secret and, for a while after a rotation, of the one before.
"""

import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from foundation.clock import utc_now
from foundation.errors import NotSignedIn
from tenancy.actor import Actor
from tenancy.store import Store
from tenancy.tables import ApiKeyRow

SHAPE = re.compile(r"abk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Verified:
    """What a secret proved.

    Attributes
    ----------
    ends_at
        When this very secret stops to hold: its key expires, or the overlap of a rotation ends.
    noted_at
        When the store last noted that the key was used.
    """

    actor: Actor
    ends_at: datetime | None
    noted_at: datetime | None


def verify_secret(store: Store, secret: str) -> Verified:
    """Return what a secret proves; nothing is written.

    Raises
    ------
    NotSignedIn
        Unknown, wrong, revoked or expired: one sentence for all.
    """
    shape = SHAPE.fullmatch(secret)
    if shape is None:
        raise NotSignedIn("tenancy.wrong_key")
    prefix, hidden = shape.groups()
    with store.reading() as session:
        row = session.scalars(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix)).one_or_none()
    given, now = hash_of(hidden), utc_now()
    right = hmac.compare_digest(row.secret_hash if row else hash_of(""), given)
    before = hmac.compare_digest((row.previous_hash if row else None) or hash_of(""), given)
    if row is None or not (right or before):
        raise NotSignedIn("tenancy.wrong_key")
    ends_at = row.expires_at
    if not right:
        ends_at = min(filter(None, (row.expires_at, row.previous_ends_at)), default=now)
    if row.revoked_at is not None or (ends_at is not None and ends_at <= now):
        raise NotSignedIn("tenancy.wrong_key")
    actor = Actor(row.id, "key", row.tenant_id, frozenset(row.scopes))
    return Verified(actor, ends_at, row.used_at)


def is_use_to_note(noted_at: datetime | None, now: datetime) -> bool:
    """Say whether the store's note of a key's use is so old that it is made anew."""
    return noted_at is None or noted_at < now - USE_NOTED_EVERY


def note_use(store: Store, key_ids: Collection[str], now: datetime) -> None:
    """Note when keys were used."""
    with store.session() as session:
        used = update(ApiKeyRow).where(ApiKeyRow.id.in_(sorted(key_ids))).values(used_at=now)
        session.execute(used)


def hash_of(secret: str) -> str:
    """Return what the store keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
