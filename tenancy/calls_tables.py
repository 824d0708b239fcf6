"""Tables of the operational store for calls as they happen: events, calls, counts, shifts.

Nobody is named in the clear: customers, telephones and agents are tokens, and what an exchange said
of them lies sealed beside the event.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class CallEventRow(Base):
    """What an exchange told of a call at one moment; keys are ``<source>/<id>``.

    ``mark`` is a keyed hash of the whole event: the same id may come again, but not say another
    thing.
    """

    __tablename__ = "call_events"
    __table_args__ = (
        Index("ix_call_events_tenant_call", "tenant_id", "call_key"),
        Index("ix_call_events_tenant_person", "tenant_id", "person_token"),
        Index("ix_call_events_tenant_phone", "tenant_id", "phone_token"),
    )

    tenant_id: Mapped[str] = mapped_column(
        String(41), ForeignKey("tenants.id", name="fk_call_events_tenant_id"), primary_key=True
    )
    event_key: Mapped[str] = mapped_column(primary_key=True)
    call_key: Mapped[str]
    type: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    said: Mapped[dict[str, Any]]
    person_token: Mapped[str | None] = mapped_column(String(80))
    phone_token: Mapped[str | None] = mapped_column(String(80))
    agent_token: Mapped[str | None] = mapped_column(String(80))
    sealed: Mapped[bytes | None]
    mark: Mapped[str] = mapped_column(String(64))


class CallRow(Base):
    """What the events of a call come to; durations are seconds.

    ``settled`` counts how often its row went to the contract's table; ``lost_at`` says when it was
    given up because nobody told its end.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_tenant_open", "tenant_id", "open", "last_event_at"),
        Index("ix_calls_tenant_started", "tenant_id", "started_at"),
        Index("ix_calls_tenant_person", "tenant_id", "person_token"),
    )

    tenant_id: Mapped[str] = mapped_column(
        String(41), ForeignKey("tenants.id", name="fk_calls_tenant_id"), primary_key=True
    )
    call_key: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(20))
    queue: Mapped[str | None]
    product: Mapped[str | None]
    channel: Mapped[str | None]
    customer_type: Mapped[str | None]
    reason: Mapped[str | None]
    person_token: Mapped[str | None] = mapped_column(String(80))
    phone_token: Mapped[str | None] = mapped_column(String(80))
    agent_token: Mapped[str | None] = mapped_column(String(80))
    current_agent_token: Mapped[str | None] = mapped_column(String(80))
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    last_event_at: Mapped[datetime]
    lost_at: Mapped[datetime | None]
    wait_seconds: Mapped[float | None]
    talk_seconds: Mapped[float | None]
    hold_seconds: Mapped[float | None]
    after_call_seconds: Mapped[float | None]
    transferred: Mapped[bool]
    doubts: Mapped[list[str]]
    events: Mapped[int]
    settled: Mapped[int]


class CallCountRow(Base):
    """Counts and sums of calls by the quarter of an hour in which they began, for live figures.

    One row a quarter (UTC), dimension and value; dimension ``all`` has every call, under ``-``.
    Waits and handling are milliseconds: whole numbers add up the same in any order.
    """

    __tablename__ = "call_counts"

    tenant_id: Mapped[str] = mapped_column(
        String(41), ForeignKey("tenants.id", name="fk_call_counts_tenant_id"), primary_key=True
    )
    quarter_at: Mapped[datetime] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(Text, primary_key=True)
    calls: Mapped[int]
    offered: Mapped[int]
    answered: Mapped[int]
    abandoned: Mapped[int]
    short_abandoned: Mapped[int]
    within_target: Mapped[int]
    handled: Mapped[int]
    wait_ms: Mapped[int] = mapped_column(BigInteger)
    handle_ms: Mapped[int] = mapped_column(BigInteger)


class CallShiftRow(Base):
    """An agent's calls that began within a quarter of an hour (UTC) and are over.

    From the first answer to the last event, and how long they were handled.
    """

    __tablename__ = "call_shifts"

    tenant_id: Mapped[str] = mapped_column(
        String(41), ForeignKey("tenants.id", name="fk_call_shifts_tenant_id"), primary_key=True
    )
    quarter_at: Mapped[datetime] = mapped_column(primary_key=True)
    agent_token: Mapped[str] = mapped_column(String(80), primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    handle_ms: Mapped[int] = mapped_column(BigInteger)
