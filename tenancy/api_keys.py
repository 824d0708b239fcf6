"""API keys: ``abk_<prefix>_<secret>``, shown once; the store keeps the prefix and a hash.

The secret has 256 random bits, so SHA-256 is hash enough (argon2 is for what people choose). A
rotated key keeps id, scopes and prefix: its secret before holds as well, until the overlap ends.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotAllowed, NotFound
from tenancy.actor import SCOPES, Actor, granted
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.key_proof import hash_of
from tenancy.store import Store
from tenancy.tables import ApiKeyRow
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

OVERLAP = timedelta(hours=24)
"""For so long a rotated key's secret before holds beside the new one."""

LONGEST_OVERLAP = timedelta(days=30)
WARNED_BEFORE = timedelta(days=14)
"""So long before a secret ends, answers and lists say so."""

GUARDIANS = ("manager", "admin")
"""Role or scope that keys take."""


@dataclass(frozen=True)
class ApiKey:
    """What may be shown of a key; its secret cannot.

    Attributes
    ----------
    previous_ends_at
        Until when the secret before the last rotation holds.
    """

    id: str
    tenant_id: str
    name: str
    prefix: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    previous_ends_at: datetime | None

    def ends_soon(self, now: datetime) -> bool:
        """Say whether the key holds now and will not in ``WARNED_BEFORE``."""
        if self.expires_at is None or self.revoked_at is not None:
            return False
        return now < self.expires_at <= now + WARNED_BEFORE


@dataclass(frozen=True)
class IssuedKey:
    """A new key with its secret, which nobody can read again."""

    key: ApiKey
    secret: str


def issue_key(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    scopes: Collection[str],
    *,
    name: str = "",
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Make a key of the tenant; it takes a manager, or a key that may ``admin``.

    A key gives no scope that it has not, and nothing that outlasts it. The secret is returned this
    once.
    """
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        known = ", ".join(sorted(SCOPES))
        raise InvalidRequest("tenancy.no_scope", scope=", ".join(unknown), known=known)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = ApiKeyRow(
        id=uuid4().hex,
        tenant_id=tenant.id,
        name=name.strip()[:200],
        prefix=prefix,
        secret_hash=hash_of(secret),
        scopes=sorted(set(scopes)),
        created_by=actor.id,
        created_at=utc_now(),
        expires_at=expires_at,
    )
    with store.session() as session:
        require_inside(session, actor, tenant)
        actor.require(*GUARDIANS)
        _require_no_more(session, actor, row)
        session.add(row)
        session.flush()
        details = {"scopes": row.scopes}
        record_in(session, actor, "key.issued", tenant.id, row.id, details=details)
    return IssuedKey(_key_of(row), f"abk_{prefix}_{secret}")


def rotate_key(
    store: Store, actor: Actor, tenant: Tenant, key_id: str, *, overlap: timedelta = OVERLAP
) -> IssuedKey:
    """Give a key a new secret; the one before holds until the overlap ends.

    A further rotation ends the secret before the last one at once: two hold at most.

    Raises
    ------
    NotFound
        The tenant has no such key.
    InvalidRequest
        The key has ended, or the overlap is longer than ``LONGEST_OVERLAP``.
    NotAllowed
        Neither a manager nor a key with all the scopes of this one.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidRequest("tenancy.bad_overlap", days=LONGEST_OVERLAP.days)
    secret = secrets.token_urlsafe(32)
    with store.session() as session:
        row = _own(session, actor, tenant, key_id)
        now = utc_now()
        if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
            raise InvalidRequest("tenancy.key_ended", id=key_id)
        _require_no_more(session, actor, row)
        row.previous_hash, row.previous_ends_at = row.secret_hash, now + overlap
        row.secret_hash = hash_of(secret)
        session.flush()
        details = {"overlap_seconds": int(overlap.total_seconds())}
        record_in(session, actor, "key.rotated", tenant.id, key_id, details=details)
        return IssuedKey(_key_of(row), f"abk_{row.prefix}_{secret}")


def list_keys(store: Store, actor: Actor, tenant: Tenant) -> list[ApiKey]:
    """Return the tenant's keys, newest first; it takes a manager or ``admin``."""
    query = select(ApiKeyRow).where(ApiKeyRow.tenant_id == tenant.id)
    with store.reading() as session:
        require_inside(session, actor, tenant)
        actor.require(*GUARDIANS)
        return [
            _key_of(row) for row in session.scalars(query.order_by(ApiKeyRow.created_at.desc()))
        ]


def revoke_key(store: Store, actor: Actor, tenant: Tenant, key_id: str) -> ApiKey:
    """End a key at once; a second time changes nothing."""
    with store.session() as session:
        row = _own(session, actor, tenant, key_id)
        if row.revoked_at is None:
            row.revoked_at = utc_now()
            record_in(session, actor, "key.revoked", tenant.id, key_id)
        return _key_of(row)


def _own(session: Session, actor: Actor, tenant: Tenant, key_id: str) -> ApiKeyRow:
    require_inside(session, actor, tenant)
    actor.require(*GUARDIANS)
    row = row_named(session, ApiKeyRow, key_id, lock=True)
    if row is None or row.tenant_id != tenant.id:
        raise NotFound("tenancy.no_key", id=key_id)
    return row


def _require_no_more(session: Session, actor: Actor, row: ApiKeyRow) -> None:
    """Raise ``NotAllowed`` where a key would give a scope, or a time, that it has not itself."""
    if actor.kind != "key":
        return
    giver = session.get(ApiKeyRow, actor.id)
    if giver is None or giver.revoked_at is not None:
        # It was verified some seconds ago: what it gives would outlive its end.
        raise NotAllowed("tenancy.key_gives_more")
    ends_at = giver.expires_at
    outlasts = ends_at is not None and (row.expires_at is None or row.expires_at > ends_at)
    if outlasts or not set(row.scopes) <= granted(actor.roles):
        raise NotAllowed("tenancy.key_gives_more")


def _key_of(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        prefix=row.prefix,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
        previous_ends_at=row.previous_ends_at,
    )
