"""What a tenant may be told of, and how it is put down: in the transaction of what happened.

``EVENTS`` is the closed list. A payload holds ids, times, classes and counts, never a person's
data: each event's fields are declared here, and another one is a bug.
"""

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tenancy.store import now_in
from tenancy.tenant import Tenant
from tenancy.webhook_tables import WebhookDeliveryRow, WebhookMessageRow, WebhookRow

Value = str | int | float | bool | None

EVENTS: dict[str, tuple[str, ...]] = {
    "incident.registered": ("incident_id", "kind", "channel", "opened_at", "score_id"),
    "incident.high_risk": ("incident_id", "score_id", "model", "risk_class", "probability"),
    "incident.closed": ("incident_id", "closed_at", "solved"),
    "call.ended": ("call_id", "outcome", "started_at", "ended_at", "duration_seconds"),
    "upload.finished": ("upload_id", "table", "state", "rows", "quarantined"),
    "rows.rejected": ("upload_id", "table", "rows"),
    "webhook.test": ("webhook_id",),
}
"""Event → the fields that its ``data`` may have; ids are the client's own where it gave one."""

_LISTENING = select(WebhookRow.id, WebhookRow.events).where(
    WebhookRow.tenant_id == bindparam("tenant"), WebhookRow.ended_at.is_(None)
)
SUBSCRIBABLE = tuple(event for event in EVENTS if event != "webhook.test")
LONGEST = 255
"""Characters of a value: an id or a class, never a text."""


def publish(
    session: Session,
    tenant: Tenant,
    event: str,
    data: Mapping[str, Value],
    *,
    person_token: str | None = None,
) -> int:
    """Tell a tenant's addresses of an event, once the caller's transaction is committed.

    Where nobody subscribed, nothing is kept. It is delivered at least once, in no promised order.

    Parameters
    ----------
    session
        The transaction in which it happens: what is undone is told to nobody.
    data
        The event's fields as ``EVENTS`` lists them; times as ISO 8601 in UTC.
    person_token
        Whose case it is. It is told to nobody: an erasure finds the message by it.

    Returns
    -------
    int
        How many addresses are told.

    Raises
    ------
    ValueError
        The event or a field is not declared, or a value is none of ids, classes, counts: a bug.
    """
    _require_declared(event, data)
    webhook_ids = _subscribed(session, tenant, event)
    if not webhook_ids:
        return 0
    now = now_in(session)
    message = WebhookMessageRow(
        id=f"msg_{uuid4().hex}",
        tenant_id=tenant.id,
        type=event,
        data=dict(data),
        person_token=person_token,
        happened_at=now,
    )
    session.add(message)
    session.flush()
    session.add_all(_due(message, webhook_id) for webhook_id in webhook_ids)
    session.flush()
    return len(webhook_ids)


def _due(message: WebhookMessageRow, webhook_id: str) -> WebhookDeliveryRow:
    return WebhookDeliveryRow(
        id=uuid4().hex,
        tenant_id=message.tenant_id,
        webhook_id=webhook_id,
        message_id=message.id,
        state="waiting",
        attempts=0,
        due_at=message.happened_at,
    )


def _subscribed(session: Session, tenant: Tenant, event: str) -> list[str]:
    rows = session.connection().execute(_LISTENING, {"tenant": tenant.id})
    return [webhook_id for webhook_id, events in rows if event in events]


def _require_declared(event: str, data: Mapping[str, Value]) -> None:
    if event not in SUBSCRIBABLE:
        raise ValueError(f"no such event: {event}")
    unknown = sorted(set(data) - set(EVENTS[event]))
    odd = sorted(name for name, value in data.items() if not _tellable(value))
    if unknown or odd:
        raise ValueError(f"{event} must not tell {', '.join(unknown + odd)}")


def _tellable(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST
    return value is None or isinstance(value, bool | int | float)
