"""Tables of the operational store that say which contract holds, and what came beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class ContractVersionRow(Base):
    """A version of a vertical's contract as it was published, with the hash of its content."""

    __tablename__ = "contract_versions"

    vertical: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    document: Mapped[dict[str, Any]]
    actor_id: Mapped[str]
    published_at: Mapped[datetime]


class ContractExtensionRow(Base):
    """A revision of a tenant's own columns: all of them, so that any revision stands alone."""

    __tablename__ = "contract_extensions"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payload: Mapped[dict[str, Any]]
    actor_id: Mapped[str]
    saved_at: Mapped[datetime]
    redriven_at: Mapped[datetime | None]


class RescuedColumnRow(Base):
    """A header of one upload that its contract did not know; names and counts, never values."""

    __tablename__ = "rescued_columns"
    __table_args__ = (Index("ix_rescued_columns_tenant_table", "tenant_id", "table_name"),)

    upload_id: Mapped[str] = mapped_column(primary_key=True)
    header_hash: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    table_name: Mapped[str]
    header: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(BigInteger)
    filled: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime]


class ColumnDecisionRow(Base):
    """What a tenant decided of a header that its contract did not know."""

    __tablename__ = "column_decisions"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    header_hash: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    payload: Mapped[dict[str, Any]]
    actor_id: Mapped[str]
    saved_at: Mapped[datetime]


class UploadAccountRow(Base):
    """An upload's account as it was told under one version of its contract."""

    __tablename__ = "upload_accounts"

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    contract_version: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(autoincrement=False)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), index=True)
    mapping: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    ended: Mapped[int] = mapped_column(BigInteger)
    told_at: Mapped[datetime]
