"""Tables of the operational store that say what a tenant decided about its models."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class FeatureAnswerRow(Base):
    """What a person answered about a feature that a model may know too much by."""

    __tablename__ = "feature_answers"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    feature: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    actor_id: Mapped[str]
    saved_at: Mapped[datetime]
