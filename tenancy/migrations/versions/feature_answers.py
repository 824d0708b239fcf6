"""What persons answered about features that a model may know too much by."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "feature_answers"
down_revision = "upload_progress"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "feature_answers",
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=False),
        sa.Column("feature", sa.String(length=255), nullable=False),
        sa.Column("verdict", sa.String(length=255), nullable=False),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_feature_answers_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "model", "feature", name="pk_feature_answers"),
    )


def downgrade() -> None:
    """Forget the answers."""
    op.drop_table("feature_answers")
