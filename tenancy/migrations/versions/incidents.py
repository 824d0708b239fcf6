"""Incidents as they were registered and answered, their attachments, and live scores."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "incidents"
down_revision = "outbox"
branch_labels = None
depends_on = None

INCIDENTS = "incidents"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "incidents",
        _tenant(),
        sa.Column("incident_id", sa.String(length=255), nullable=False),
        sa.Column("key_mark", sa.String(length=64), nullable=False),
        sa.Column("body_mark", sa.String(length=64), nullable=False),
        sa.Column("person_token", sa.String(length=64), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("channel", sa.String(length=255), nullable=True),
        sa.Column("product", sa.String(length=255), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=False),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_incidents_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "incident_id", name="pk_incidents"),
    )
    op.create_index("uq_incidents_tenant_key", "incidents", ["tenant_id", "key_mark"], unique=True)
    person = ["tenant_id", "person_token", "opened_at"]
    op.create_index("ix_incidents_tenant_person", "incidents", person)
    op.create_index("ix_incidents_tenant_received", "incidents", ["tenant_id", "received_at"])
    op.create_table(
        "incident_attachments",
        _tenant(),
        sa.Column("incident_id", sa.String(length=255), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stored_at", UtcDateTime(), nullable=True),
        _of_tenant("incident_attachments"),
        _of_incident("incident_attachments"),
        sa.PrimaryKeyConstraint(
            "tenant_id", "incident_id", "position", name="pk_incident_attachments"
        ),
    )
    content = ["tenant_id", "sha256"]
    op.create_index("ix_incident_attachments_tenant_sha256", "incident_attachments", content)
    op.create_table(
        "live_scores",
        sa.Column("score_id", sa.String(length=32), nullable=False),
        _tenant(),
        sa.Column("incident_id", sa.String(length=255), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=False),
        sa.Column("scored_at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of_tenant("live_scores"),
        _of_incident("live_scores"),
        sa.PrimaryKeyConstraint("score_id", name="pk_live_scores"),
    )
    incident = ["tenant_id", "incident_id"]
    op.create_index("ix_live_scores_tenant_incident", "live_scores", incident)


def downgrade() -> None:
    """Forget them."""
    for table in ("live_scores", "incident_attachments", "incidents"):
        op.drop_table(table)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.String(length=41), nullable=False)


def _of_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id")


def _of_incident(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "incident_id"],
        [f"{INCIDENTS}.tenant_id", f"{INCIDENTS}.incident_id"],
        name=f"fk_{table}_incident",
    )
