"""Tables of the operational store that hold incidents as they were registered and answered."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.tables import Base


class IncidentRow(Base):
    """One registered incident; what was said of it and answered to it is sealed.

    ``key_mark`` is a keyed hash of what made the request one that may come again, ``body_mark`` of
    what it asked.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("uq_incidents_tenant_key", "tenant_id", "key_mark", unique=True),
        Index("ix_incidents_tenant_person", "tenant_id", "person_token", "opened_at"),
        Index("ix_incidents_tenant_received", "tenant_id", "received_at"),
    )

    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"), primary_key=True)
    incident_id: Mapped[str] = mapped_column(primary_key=True)
    key_mark: Mapped[str] = mapped_column(String(64))
    body_mark: Mapped[str] = mapped_column(String(64))
    person_token: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    kind: Mapped[str | None]
    channel: Mapped[str | None]
    product: Mapped[str | None]
    revision: Mapped[int]
    sealed: Mapped[bytes]
    sealed_answer: Mapped[bytes]
    actor_id: Mapped[str]


class AttachmentRow(Base):
    """A file that came with an incident; its content waits here, sealed, for the object store.

    ``sha256`` and ``size_bytes`` are of the file as it came. ``kept_sha256`` and ``kept_bytes`` are
    of what the object store has, where that is another form of it (a recording as Opus).
    ``gone_at``: its own period was over, and its content went. ``checked_at``: its object was last
    read whole, and its hash found right or wrong.
    """

    __tablename__ = "incident_attachments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "incident_id"],
            [IncidentRow.tenant_id, IncidentRow.incident_id],
            name="fk_incident_attachments_incident",
        ),
        Index("ix_incident_attachments_tenant_sha256", "tenant_id", "sha256"),
        Index("ix_incident_attachments_tenant_checked", "tenant_id", "checked_at"),
    )

    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"), primary_key=True)
    incident_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sealed: Mapped[bytes | None]
    stored_at: Mapped[datetime | None]
    kept_sha256: Mapped[str | None] = mapped_column(String(64))
    kept_bytes: Mapped[int | None] = mapped_column(BigInteger)
    gone_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]


class LiveScoreRow(Base):
    """A score that was told at once, sealed with all that its replay needs."""

    __tablename__ = "live_scores"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "incident_id"],
            [IncidentRow.tenant_id, IncidentRow.incident_id],
            name="fk_live_scores_incident",
        ),
        Index("ix_live_scores_tenant_incident", "tenant_id", "incident_id"),
    )

    score_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(41), ForeignKey("tenants.id"))
    incident_id: Mapped[str]
    model: Mapped[str]
    scored_at: Mapped[datetime]
    sealed: Mapped[bytes]
