"""API keys: ``abk_<prefix>_<secret>``, shown once; the store keeps the prefix and a hash.

The secret has 256 random bits, so SHA-256 is hash enough (argon2 is for what people choose).
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotFound, NotSignedIn
from tenancy.actor import SCOPES, Actor
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.store import Store
from tenancy.tables import ApiKeyRow
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

SHAPE = re.compile(r"abk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class ApiKey:
    """What may be shown of a key; its secret cannot."""

    id: str
    tenant_id: str
    name: str
    prefix: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


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
    """Make a key of the tenant; it takes a manager. The secret is returned this once."""
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
        secret_hash=_hash(secret),
        scopes=sorted(set(scopes)),
        created_by=actor.id,
        created_at=utc_now(),
        expires_at=expires_at,
    )
    with store.session() as session:
        require_inside(session, actor, tenant)
        actor.require("manager")
        session.add(row)
        session.flush()
        details = {"scopes": row.scopes}
        record_in(session, actor, "key.issued", tenant.id, row.id, details=details)
    return IssuedKey(_key_of(row), f"abk_{prefix}_{secret}")


def actor_for_key(store: Store, secret: str) -> Actor:
    """Return the actor of a key, with the key's scopes as its roles.

    Raises
    ------
    NotSignedIn
        Unknown, wrong, revoked or expired: one sentence for all.
    """
    shape = SHAPE.fullmatch(secret)
    prefix, hidden = shape.groups() if shape else ("", "")
    with store.reading() as session:
        row = session.scalars(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix)).one_or_none()
    right = hmac.compare_digest(row.secret_hash if row else _hash(""), _hash(hidden))
    now = utc_now()
    if row is None or not right or not _is_valid(row, now):
        raise NotSignedIn("tenancy.wrong_key")
    if row.used_at is None or row.used_at < now - USE_NOTED_EVERY:
        _note_use(store, row.id, now)
    return Actor(row.id, "key", row.tenant_id, frozenset(row.scopes))


def list_keys(store: Store, actor: Actor, tenant: Tenant) -> list[ApiKey]:
    """Return the tenant's keys, newest first; it takes a manager."""
    query = select(ApiKeyRow).where(ApiKeyRow.tenant_id == tenant.id)
    with store.reading() as session:
        require_inside(session, actor, tenant)
        actor.require("manager")
        return [
            _key_of(row) for row in session.scalars(query.order_by(ApiKeyRow.created_at.desc()))
        ]


def revoke_key(store: Store, actor: Actor, tenant: Tenant, key_id: str) -> ApiKey:
    """End a key at once; a second time changes nothing."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        actor.require("manager")
        row = row_named(session, ApiKeyRow, key_id, lock=True)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("tenancy.no_key", id=key_id)
        if row.revoked_at is None:
            row.revoked_at = utc_now()
            record_in(session, actor, "key.revoked", tenant.id, key_id)
        return _key_of(row)


def _is_valid(row: ApiKeyRow, now: datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def _note_use(store: Store, key_id: str, now: datetime) -> None:
    with store.session() as session:
        session.get_one(ApiKeyRow, key_id).used_at = now


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


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
    )
