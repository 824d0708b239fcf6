"""Containers with their parts, and sources from which the platform fetches."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "deliveries_and_sources"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, parents first."""
    _create_deliveries()
    _create_delivery_parts()
    _create_sources()


def downgrade() -> None:
    """Drop the tables, children first."""
    for table in ("sources", "delivery_parts", "deliveries"):
        op.drop_table(table)


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_deliveries_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_tenant_sha256", "deliveries", ["tenant_id", "sha256"])


def _create_delivery_parts() -> None:
    op.create_table(
        "delivery_parts",
        sa.Column("delivery_id", sa.String(length=255), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("upload_id", sa.String(length=255), nullable=True),
        sa.Column("error_key", sa.String(length=255), nullable=True),
        sa.Column("error_details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_delivery_parts_delivery_id"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_delivery_parts_upload_id"),
        sa.PrimaryKeyConstraint("delivery_id", "position", name="pk_delivery_parts"),
    )
    op.create_index("ix_delivery_parts_upload_id", "delivery_parts", ["upload_id"])


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("host_key", sa.Text(), nullable=True),
        sa.Column("takes", sa.JSON(), nullable=False),
        sa.Column("schedule", sa.String(length=255), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("watermark", sa.String(length=255), nullable=True),
        sa.Column("sealed_state", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("pulled_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_sources_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_sources_tenant_id"),
    )
