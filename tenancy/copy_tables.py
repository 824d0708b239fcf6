"""Tables of the operational store that say where copies of a tenant's data lie."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class SqlCopyRow(Base):
    """A tenant's database of gold tables for programs that speak SQL; its name says nothing."""

    __tablename__ = "sql_copies"

    tenant_id: Mapped[str] = mapped_column(
        String(41), ForeignKey("tenants.id", name="fk_sql_copies_tenant_id"), primary_key=True
    )
    name: Mapped[str]
    actor_id: Mapped[str]
    opened_at: Mapped[datetime]
