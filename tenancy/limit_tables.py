"""Tables of the operational store for how much a tenant may ask of the service."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class TenantLimitRow(Base):
    """One limit of a tenant that differs from its plan's; 0 is none at all."""

    __tablename__ = "tenant_limits"

    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[str]
    set_at: Mapped[datetime]


class TenantUseRow(Base):
    """Records that processes have taken from a tenant's quota of a day, in its own time zone."""

    __tablename__ = "tenant_use"

    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    records: Mapped[int] = mapped_column(BigInteger)
