"""Tables of the operational store for what the law asks: holds, erasures, consent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


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
