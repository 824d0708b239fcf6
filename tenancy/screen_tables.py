"""Tables of the operational store that say what stands on agents' screens."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class ScreenTextRow(Base):
    """What agents of a company say first, last or always, in one language."""

    __tablename__ = "screen_texts"

    tenant_id: Mapped[str] = mapped_column(
        String(41), ForeignKey("tenants.id", name="fk_screen_texts_tenant_id"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str]
    saved_at: Mapped[datetime]
