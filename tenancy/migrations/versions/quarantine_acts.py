"""What tenants did with their rejected rows: corrections, dismissals, reopenings."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "quarantine_acts"
down_revision = "holds_erasures_consents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of acts."""
    op.create_table(
        "quarantine_acts",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("table_name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=255), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("upload_id", sa.String(length=255), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_quarantine_acts_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine_acts"),
    )
    op.create_index("ix_quarantine_acts_tenant_begun", "quarantine_acts", ["tenant_id", "begun_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("quarantine_acts")
