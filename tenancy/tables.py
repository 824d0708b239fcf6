"""The operational store's tables, one class a table. Times are aware UTC; ids are uuid hex."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tenancy.columns import UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common declarations: constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        bytes: LargeBinary,
        str: String(255),
    }


class TenantRow(Base):
    """A client company."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(String(41), primary_key=True)
    name: Mapped[str]
    vertical: Mapped[str]
    plan: Mapped[str]
    language: Mapped[str]
    currency: Mapped[str]
    time_zone: Mapped[str]
    prior_consent: Mapped[bool]
    training_consent: Mapped[bool]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class UserRow(Base):
    """A person who signs in; without a tenant, a member of ABCall's staff."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    disabled: Mapped[bool]
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]


class SignInAttemptRow(Base):
    """Failed sign-ins of one e-mail, known or not; the e-mail is stored as a hash."""

    __tablename__ = "sign_in_attempts"

    email_hash: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(index=True)
    locked_until_at: Mapped[datetime | None]


class ApiKeyRow(Base):
    """An API key: its prefix finds it, the hash of its secret proves it."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    scopes: Mapped[list[str]]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


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


class LeaseRow(Base):
    """A name that one process may hold at a time; the row stays, so that its token only grows."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[int] = mapped_column(BigInteger)
    holder: Mapped[str | None]
    since_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AuditRow(Base):
    """One audited act; its hash covers its content and the hash before it."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_tenant_number", "tenant_id", "number"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor_id: Mapped[str]
    actor_kind: Mapped[str]
    action: Mapped[str]
    tenant_id: Mapped[str | None]
    subject: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditHeadRow(Base):
    """The end of the audit chain: one row, locked while an entry is added."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]


class TenantKeyRow(Base):
    """One version of a tenant's key, wrapped by the master key."""

    __tablename__ = "tenant_keys"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime]


class KeyCheckRow(Base):
    """A value only the right master key computes: one row."""

    __tablename__ = "key_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[bytes]
    created_at: Mapped[datetime]


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


class LegalHoldRow(Base):
    """Data that must be kept whatever retention or an erasure says; a person is a keyed hash."""

    __tablename__ = "legal_holds"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), index=True)
    table_name: Mapped[str | None]
    person_mark: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str]
    placed_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]


class ErasureRow(Base):
    """A request to erase and its receipt; neither holds a person's data."""

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), index=True)
    kind: Mapped[str]
    person_mark: Mapped[str | None]
    request: Mapped[str]
    actor_id: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    places: Mapped[dict[str, Any]]
    receipt_sha256: Mapped[str | None]


class ErasedScoreRow(Base):
    """A score that went with an erasure, under a keyed hash: whoever asks for it is told so."""

    __tablename__ = "erased_scores"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    score_mark: Mapped[str] = mapped_column(primary_key=True)
    erasure_id: Mapped[str] = mapped_column(ForeignKey("erasures.id"))


class ConsentRow(Base):
    """What a person said of learning and profiling, under a keyed hash; NULL: said nothing."""

    __tablename__ = "consents"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    person_mark: Mapped[str] = mapped_column(primary_key=True)
    training: Mapped[bool | None]
    profiling: Mapped[bool | None]
    actor_id: Mapped[str]
    saved_at: Mapped[datetime]
