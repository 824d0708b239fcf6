"""Deliveries in the store: claimed by one process at a time, delivered, tried again, or dead.

A claim ends by itself: what a killed process had in hand is delivered again, under the same message
id. Of each webhook and of each tenant only so many are in hand at once, so that slow receivers keep
nobody else waiting.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundation.errors import InvalidRequest, NotFound
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside
from tenancy.webhook_events import Value
from tenancy.webhook_tables import WebhookDeliveryRow, WebhookMessageRow, WebhookRow

DeliveryState = Literal["waiting", "delivered", "dead"]
CLAIM = timedelta(seconds=60)
"""Longer than an attempt may take."""

AT_ONCE = 2
"""Deliveries of one webhook in hand."""

TENANT_AT_ONCE = 8
"""Deliveries of one tenant in hand, by all its webhooks: half of a process's places."""

KEPT = timedelta(days=30)
"""How long what was delivered or is dead stays listed."""


@dataclass(frozen=True)
class Due:
    """A delivery that this process has claimed, with all that is sent.

    Attributes
    ----------
    attempts
        Earlier ones and this.
    """

    id: str
    tenant_id: str
    webhook_id: str
    url: str
    message_id: str
    type: str
    happened_at: datetime
    data: Mapping[str, Value]
    attempts: int


@dataclass(frozen=True)
class Delivery:
    """How a delivery stands.

    Attributes
    ----------
    status
        Of HTTP, the last time; None where nobody answered.
    fault
        Why the last attempt failed: ``status``, ``timeout``, ``connection``, ``certificate``,
        ``forbidden``, ``unknown_host``; or ``ended``.
    """

    id: str
    webhook_id: str
    message_id: str
    type: str
    state: DeliveryState
    attempts: int
    due_at: datetime
    status: int | None
    fault: str | None
    ended_at: datetime | None


def claim_due(store: Store, *, most: int, claim: timedelta = CLAIM) -> list[Due]:
    """Claim deliveries whose time has come, the oldest of each webhook first.

    Whose tenant has the fewest in hand comes before those with more.
    """
    with store.reading() as session:
        if not _webhooks_due(session, now_in(session)):
            return []
    with store.session() as session:
        now = now_in(session)
        claimed: list[Due] = []
        by_webhook = _in_hand(session, WebhookDeliveryRow.webhook_id, now)
        by_tenant = _in_hand(session, WebhookDeliveryRow.tenant_id, now)
        due = _webhooks_due(session, now)
        for webhook_id, tenant_id in sorted(due, key=lambda one: by_tenant[one[1]]):
            of_webhook = AT_ONCE - by_webhook[webhook_id]
            free = min(of_webhook, TENANT_AT_ONCE - by_tenant[tenant_id], most - len(claimed))
            found = _claim(session, webhook_id, now, free, claim) if free > 0 else []
            by_tenant[tenant_id] += len(found)
            claimed += found
        return claimed


def note_delivered(store: Store, due: Due, status: int) -> None:
    """Note that the receiver has it."""
    with store.session() as session:
        row = session.get(WebhookDeliveryRow, due.id, with_for_update=True)
        if row is not None:
            row.state, row.ended_at = "delivered", now_in(session)
            row.status, row.fault, row.claimed_until_at = status, None, None


def note_failed(
    store: Store, due: Due, status: int | None, fault: str, wait: timedelta | None
) -> None:
    """Note a failed attempt: it is tried again after ``wait``; without one it is dead."""
    with store.session() as session:
        row = session.get(WebhookDeliveryRow, due.id, with_for_update=True)
        if row is None or row.state != "waiting":
            return
        now = now_in(session)
        row.status, row.fault, row.claimed_until_at = status, fault, None
        if wait is None:
            row.state, row.ended_at = "dead", now
        else:
            row.due_at = now + wait


def list_deliveries(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    webhook_id: str,
    *,
    states: Collection[DeliveryState] | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """Return a webhook's deliveries, newest first."""
    query = _deliveries(tenant).where(WebhookDeliveryRow.webhook_id == webhook_id)
    if states is not None:
        query = query.where(WebhookDeliveryRow.state.in_(states))
    query = query.order_by(WebhookMessageRow.happened_at.desc(), WebhookDeliveryRow.id)
    with store.reading() as session:
        require_inside(session, actor, tenant)
        if _own_webhook(session, tenant, webhook_id) is None:
            raise NotFound("webhook_refusals.no_webhook", id=webhook_id)
        found = session.execute(query.limit(limit)).all()
        return [_delivery_of(row, event) for row, event in found]


def resend(store: Store, actor: Actor, tenant: Tenant, delivery_id: str) -> Delivery:
    """Let a delivery that is dead or done be tried again, at once and from the beginning.

    Raises
    ------
    NotFound
        The tenant has no such delivery.
    InvalidRequest
        Its webhook has ended.
    """
    with store.session() as session:
        require_inside(session, actor, tenant)
        actor.require("manager", "admin")
        row = row_named(session, WebhookDeliveryRow, delivery_id, lock=True)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("webhook_refusals.no_delivery", id=delivery_id)
        if session.get_one(WebhookRow, row.webhook_id).ended_at is not None:
            raise InvalidRequest("webhook_refusals.ended", id=row.webhook_id)
        if row.state != "waiting":
            row.state, row.attempts, row.ended_at = "waiting", 0, None
        row.due_at = now_in(session)
        session.flush()
        record_in(session, actor, "webhook.resent", tenant.id, row.id)
        return _delivery_of(row, session.get_one(WebhookMessageRow, row.message_id).type)


def forget_told(store: Store, tenant: Tenant, person_tokens: Collection[str]) -> int:
    """Delete the messages that told of a person's cases, delivered or not; returns how many."""
    mine = (WebhookMessageRow.tenant_id == tenant.id) & WebhookMessageRow.person_token.in_(
        person_tokens
    )
    with store.session() as session:
        return _delete(session, list(session.scalars(select(WebhookMessageRow.id).where(mine))))


def prune(store: Store, kept: timedelta = KEPT, most: int = 1_000) -> int:
    """Delete messages all of whose deliveries ended long ago; returns how many."""
    with store.session() as session:
        edge = now_in(session) - kept
        open_ones = select(WebhookDeliveryRow.message_id).where(
            or_(WebhookDeliveryRow.ended_at.is_(None), WebhookDeliveryRow.ended_at >= edge)
        )
        old = select(WebhookMessageRow.id).where(
            WebhookMessageRow.happened_at < edge, WebhookMessageRow.id.not_in(open_ones)
        )
        return _delete(session, list(session.scalars(old.limit(most))))


def _delete(session: Session, message_ids: list[str]) -> int:
    for table, column in (
        (WebhookDeliveryRow, WebhookDeliveryRow.message_id),
        (WebhookMessageRow, WebhookMessageRow.id),
    ):
        session.execute(delete(table).where(column.in_(message_ids)))
    return len(message_ids)


def _webhooks_due(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Return webhooks with something to send, and whose; that waits longest comes first."""
    row = WebhookDeliveryRow
    names = (row.webhook_id, row.tenant_id)
    query = select(*names).where(row.state == "waiting", row.due_at <= now, _free(now))
    oldest_first = query.group_by(*names).order_by(func.min(row.due_at))
    return [(webhook_id, tenant_id) for webhook_id, tenant_id in session.execute(oldest_first)]


def _in_hand(
    session: Session, owner: InstrumentedAttribute[str], now: datetime
) -> defaultdict[str, int]:
    """Return how many deliveries are in hand, by webhook or by tenant."""
    row = WebhookDeliveryRow
    query = select(owner, func.count()).where(row.state == "waiting", row.claimed_until_at > now)
    counts = defaultdict[str, int](int)
    for name, count in session.execute(query.group_by(owner)):
        counts[name] = count
    return counts


def _free(now: datetime) -> ColumnElement[bool]:
    row = WebhookDeliveryRow
    return or_(row.claimed_until_at.is_(None), row.claimed_until_at <= now)


def _claim(
    session: Session, webhook_id: str, now: datetime, free: int, claim: timedelta
) -> list[Due]:
    row = WebhookDeliveryRow
    mine = (row.webhook_id == webhook_id) & (row.state == "waiting") & (row.due_at <= now)
    query = select(row).where(mine, _free(now)).order_by(row.due_at).limit(free)
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    for one in found:
        one.claimed_until_at, one.attempts = now + claim, one.attempts + 1
    return [_due_of(session, one) for one in found]


def _due_of(session: Session, row: WebhookDeliveryRow) -> Due:
    message = session.get_one(WebhookMessageRow, row.message_id)
    return Due(
        id=row.id,
        tenant_id=row.tenant_id,
        webhook_id=row.webhook_id,
        url=session.get_one(WebhookRow, row.webhook_id).url,
        message_id=message.id,
        type=message.type,
        happened_at=message.happened_at,
        data=message.data,
        attempts=row.attempts,
    )


def _own_webhook(session: Session, tenant: Tenant, webhook_id: str) -> WebhookRow | None:
    row = row_named(session, WebhookRow, webhook_id)
    return row if row is not None and row.tenant_id == tenant.id else None


def _deliveries(tenant: Tenant) -> Select[WebhookDeliveryRow, str]:
    joined = WebhookMessageRow.id == WebhookDeliveryRow.message_id
    query = select(WebhookDeliveryRow, WebhookMessageRow.type).join(WebhookMessageRow, joined)
    return query.where(WebhookDeliveryRow.tenant_id == tenant.id)


def _delivery_of(row: WebhookDeliveryRow, event: str) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        message_id=row.message_id,
        type=event,
        state=cast(DeliveryState, row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        status=row.status,
        fault=row.fault,
        ended_at=row.ended_at,
    )
