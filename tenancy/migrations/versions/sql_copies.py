"""Databases that hold copies of tenants' gold tables."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "sql_copies"
down_revision = "feature_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "sql_copies",
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_sql_copies_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_sql_copies"),
    )


def downgrade() -> None:
    """Forget where they are."""
    op.drop_table("sql_copies")
