"""A tenant's webhooks in the store: made, listed, given a new secret, ended; all of it audited.

A secret is 32 random bytes, written ``whsec_…`` (Standard Webhooks), sealed with the tenant's key
and shown once. After a rotation both secrets sign, until the overlap ends.
"""

import base64
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.errors import InvalidRequest, NotFound, TooLarge
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside
from tenancy.webhook_events import SUBSCRIBABLE
from tenancy.webhook_tables import WebhookDeliveryRow, WebhookRow

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys

PREFIX = "whsec_"
SECRET_BYTES = 32
MOST_WEBHOOKS = 20
OVERLAP = timedelta(hours=24)
"""For so long a rotated secret signs beside the new one."""

LONGEST_OVERLAP = timedelta(days=30)
GUARDIANS = ("manager", "admin")
"""Role or scope that webhooks take."""


@dataclass(frozen=True)
class Webhook:
    """What may be shown of a webhook; its secret cannot.

    Attributes
    ----------
    previous_ends_at
        Until when the secret before the last rotation signs as well.
    ended_why
        ``removed``, or ``gone``: the receiver answered 410.
    """

    id: str
    tenant_id: str
    url: str
    events: tuple[str, ...]
    created_by: str
    created_at: datetime
    previous_ends_at: datetime | None
    ended_at: datetime | None
    ended_why: str | None


@dataclass(frozen=True)
class NewSecret:
    """A webhook with a new secret, which nobody can read again."""

    webhook: Webhook
    secret: str


def add_webhook(
    store: Store,
    keys: "TenantKeys",
    actor: Actor,
    tenant: Tenant,
    *,
    url: str,
    events: Collection[str],
) -> NewSecret:
    """Subscribe an address that was checked (`operations.webhooks.subscriptions`) to events.

    Raises
    ------
    InvalidRequest
        An event is none that the platform tells.
    TooLarge
        The tenant has ``MOST_WEBHOOKS`` already.
    """
    unknown = sorted(set(events) - set(SUBSCRIBABLE))
    if unknown or not events:
        known = ", ".join(SUBSCRIBABLE)
        raise InvalidRequest("webhook_refusals.no_event", event=", ".join(unknown), known=known)
    webhook_id, raw = uuid4().hex, os.urandom(SECRET_BYTES)
    sealed = keys.encrypt(raw, _context(webhook_id))
    with store.session() as session:
        _require(session, actor, tenant)
        living = (WebhookRow.tenant_id == tenant.id) & WebhookRow.ended_at.is_(None)
        if len(session.scalars(select(WebhookRow.id).where(living)).all()) >= MOST_WEBHOOKS:
            raise TooLarge("webhook_refusals.too_many", limit=MOST_WEBHOOKS)
        row = WebhookRow(
            id=webhook_id,
            tenant_id=tenant.id,
            url=url,
            events=sorted(set(events)),
            sealed_secret=sealed,
            created_by=actor.id,
            created_at=now_in(session),
        )
        session.add(row)
        session.flush()
        details = {"events": row.events}
        record_in(session, actor, "webhook.added", tenant.id, row.id, details=details)
        return NewSecret(_webhook_of(row), _written(raw))


def list_webhooks(store: Store, actor: Actor, tenant: Tenant) -> list[Webhook]:
    """Return the tenant's webhooks, newest first, ended ones too."""
    query = select(WebhookRow).where(WebhookRow.tenant_id == tenant.id)
    with store.reading() as session:
        _require(session, actor, tenant)
        rows = session.scalars(query.order_by(WebhookRow.created_at.desc(), WebhookRow.id))
        return [_webhook_of(row) for row in rows]


def get_webhook(store: Store, actor: Actor, tenant: Tenant, webhook_id: str) -> Webhook:
    """Return a webhook; ``NotFound`` where the tenant has none of this id."""
    with store.reading() as session:
        _require(session, actor, tenant)
        return _webhook_of(_own(session, tenant, webhook_id))


def rotate_webhook(
    store: Store,
    keys: "TenantKeys",
    actor: Actor,
    tenant: Tenant,
    webhook_id: str,
    *,
    overlap: timedelta = OVERLAP,
) -> NewSecret:
    """Give a webhook a new secret; until the overlap ends the one before signs as well."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidRequest("tenancy.bad_overlap", days=LONGEST_OVERLAP.days)
    raw = os.urandom(SECRET_BYTES)
    with store.session() as session:
        _require(session, actor, tenant)
        row = _own(session, tenant, webhook_id, lock=True)
        if row.ended_at is not None:
            raise InvalidRequest("webhook_refusals.ended", id=webhook_id)
        row.sealed_previous, row.previous_ends_at = row.sealed_secret, now_in(session) + overlap
        row.sealed_secret = keys.encrypt(raw, _context(webhook_id))
        session.flush()
        record_in(session, actor, "webhook.rotated", tenant.id, webhook_id)
        return NewSecret(_webhook_of(row), _written(raw))


def end_webhook(
    store: Store, actor: Actor, tenant: Tenant, webhook_id: str, *, why: str = "removed"
) -> Webhook:
    """End a webhook: what waits for it is dead. A second time changes nothing."""
    with store.session() as session:
        _require(session, actor, tenant)
        row = _own(session, tenant, webhook_id, lock=True)
        if row.ended_at is None:
            row.ended_at, row.ended_why = now_in(session), why
            waiting = (WebhookDeliveryRow.webhook_id == webhook_id) & (
                WebhookDeliveryRow.state == "waiting"
            )
            dead = {"state": "dead", "ended_at": row.ended_at, "fault": "ended"}
            session.execute(update(WebhookDeliveryRow).where(waiting).values(dead))
            session.flush()
            details = {"why": why}
            record_in(session, actor, "webhook.ended", tenant.id, webhook_id, details=details)
        return _webhook_of(row)


def signing_secrets(
    store: Store, keys: "TenantKeys", tenant: Tenant, webhook_id: str
) -> list[bytes]:
    """Return the raw secrets that sign now, the newest first."""
    with store.reading() as session:
        row = _own(session, tenant, webhook_id)
        sealed = [row.sealed_secret]
        ends_at = row.previous_ends_at
        if row.sealed_previous is not None and ends_at is not None and ends_at > now_in(session):
            sealed.append(row.sealed_previous)
    return keys.decrypt_many(sealed, _context(webhook_id))


def _require(session: Session, actor: Actor, tenant: Tenant) -> None:
    require_inside(session, actor, tenant)
    if actor.kind != "system":
        actor.require(*GUARDIANS)


def _own(session: Session, tenant: Tenant, webhook_id: str, *, lock: bool = False) -> WebhookRow:
    row = row_named(session, WebhookRow, webhook_id, lock=lock)
    if row is None or row.tenant_id != tenant.id:
        raise NotFound("webhook_refusals.no_webhook", id=webhook_id)
    return row


def _context(webhook_id: str) -> bytes:
    return f"webhook/{webhook_id}/secret".encode()


def _written(raw: bytes) -> str:
    return PREFIX + base64.b64encode(raw).decode()


def _webhook_of(row: WebhookRow) -> Webhook:
    return Webhook(
        id=row.id,
        tenant_id=row.tenant_id,
        url=row.url,
        events=tuple(row.events),
        created_by=row.created_by,
        created_at=row.created_at,
        previous_ends_at=row.previous_ends_at,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
    )
