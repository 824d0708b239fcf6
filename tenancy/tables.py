"""The operational store's tables, one class a table. Times are aware UTC; ids are uuid hex.

Here: who is who, keys, leases, audit. What came in, what the law asks and which contract holds are
declared beside it; ``tenancy.schema`` has all of them.
"""

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
    """An API key: its prefix finds it, the hash of its secret (or of the one before) proves it."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    previous_hash: Mapped[str | None]
    previous_ends_at: Mapped[datetime | None]
    scopes: Mapped[list[str]]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


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
