"""Tables of the operational store that say what came in, from where, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class UploadRow(Base):
    """One file that came in, and what became of it."""

    __tablename__ = "uploads"
    __table_args__ = (
        Index("ix_uploads_tenant_received", "tenant_id", "received_at"),
        Index("ix_uploads_tenant_table_applied", "tenant_id", "table_name", "applied_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    table_name: Mapped[str]
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    kind: Mapped[str | None]
    mapping: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    ended: Mapped[int] = mapped_column(BigInteger)
    error_key: Mapped[str | None]
    error_details: Mapped[dict[str, Any]]
    contract_version: Mapped[str | None]
    actor_id: Mapped[str]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    audit: Mapped[dict[str, Any]]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    landing_sha256: Mapped[str | None]


class MappingRow(Base):
    """The column mapping a tenant last confirmed for files with these headers."""

    __tablename__ = "mappings"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    signature: Mapped[str] = mapped_column(primary_key=True)
    headers: Mapped[list[str]]
    payload: Mapped[dict[str, Any]]
    actor_id: Mapped[str]
    saved_at: Mapped[datetime]


class DeliveryRow(Base):
    """A container (zip, workbook, compressed file) that came in; its parts are uploads."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_tenant_sha256", "tenant_id", "sha256"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[str]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class DeliveryPartRow(Base):
    """What became of one part of a container: the upload that it was, or why it was none."""

    __tablename__ = "delivery_parts"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    upload_id: Mapped[str | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    error_key: Mapped[str | None]
    error_details: Mapped[dict[str, Any]]


class SourceRow(Base):
    """A client's database or file server, from which the platform fetches by itself.

    Its secret and the state of its pulls are sealed with the tenant's key.
    """

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("tenant_id", "name", name="uq_sources_tenant_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str] = mapped_column(Text)
    sealed_secret: Mapped[bytes]
    host_key: Mapped[str | None] = mapped_column(Text)
    takes: Mapped[dict[str, Any]]
    schedule: Mapped[str | None]
    paused: Mapped[bool]
    watermark: Mapped[str | None]
    sealed_state: Mapped[bytes | None]
    outcome: Mapped[dict[str, Any]]
    pulled_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class QuarantineActRow(Base):
    """What somebody did with rejected rows; the rows themselves, and values, lie in the lake."""

    __tablename__ = "quarantine_acts"
    __table_args__ = (Index("ix_quarantine_acts_tenant_begun", "tenant_id", "begun_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    table_name: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    sha256: Mapped[str | None]
    mapping: Mapped[dict[str, Any]]
    upload_id: Mapped[str | None]
    counts: Mapped[dict[str, Any]]
    actor_id: Mapped[str]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
