"""Tables of the operational store that hold changes on their way to the lake."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself only in its own kind of integer."""


class OutboxBatchRow(Base):
    """Changes of one table that go to the lake as one file; fixed before that file is made."""

    __tablename__ = "outbox_batches"
    __table_args__ = (
        Index("ix_outbox_batches_tenant_table", "tenant_id", "table_name", "drained_at"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"))
    table_name: Mapped[str]
    sha256: Mapped[str | None]
    upload_id: Mapped[str | None]
    error_key: Mapped[str | None]
    error_details: Mapped[dict[str, Any]]
    fixed_at: Mapped[datetime]
    refused_at: Mapped[datetime | None]
    drained_at: Mapped[datetime | None] = mapped_column(index=True)


class OutboxChangeRow(Base):
    """One row that is to change in the lake; what it says is sealed, and emptied once drained."""

    __tablename__ = "outbox_changes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "event_id", name="uq_outbox_changes_tenant_id"),
        Index("ix_outbox_changes_tenant_person", "tenant_id", "person_token"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"))
    event_id: Mapped[str]
    table_name: Mapped[str]
    shape: Mapped[str] = mapped_column(Text)
    key_mark: Mapped[str] = mapped_column(String(64))
    person_token: Mapped[str | None] = mapped_column(String(64))
    sealed: Mapped[bytes | None]
    actor_id: Mapped[str]
    put_at: Mapped[datetime]
    batch: Mapped[int | None] = mapped_column(ForeignKey("outbox_batches.number"), index=True)


Index(
    "ix_outbox_changes_waiting",
    OutboxChangeRow.tenant_id,
    OutboxChangeRow.table_name,
    OutboxChangeRow.number,
    sqlite_where=OutboxChangeRow.sealed.is_not(None),
    postgresql_where=OutboxChangeRow.sealed.is_not(None),
)
