"""Tables of the operational store for what tenants are told of: addresses, messages, deliveries.

Neither holds a person's data: messages carry ids and counts, and a person's token only so that an
erasure finds what told of their cases.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class WebhookRow(Base):
    """A tenant's address to be told at; its secret is sealed with the tenant's key."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]]
    sealed_secret: Mapped[bytes]
    sealed_previous: Mapped[bytes | None]
    previous_ends_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]


class WebhookMessageRow(Base):
    """What happened, as every address is told it: the same id and the same words each time."""

    __tablename__ = "webhook_messages"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"), index=True)
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    person_token: Mapped[str | None] = mapped_column(index=True)
    happened_at: Mapped[datetime]


class WebhookDeliveryRow(Base):
    """One message to one address: until when a process has it, and when it is tried next."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index("ix_webhook_deliveries_due", "state", "webhook_id", "due_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"))
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id"))
    message_id: Mapped[str] = mapped_column(ForeignKey("webhook_messages.id"), index=True)
    state: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    claimed_until_at: Mapped[datetime | None]
    status: Mapped[int | None]
    fault: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
