"""When a restore of its table took an upload's rows back."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "undone_uploads"
down_revision = "contract_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; no upload was undone so far."""
    op.add_column("uploads", sa.Column("undone_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Forget which uploads were undone."""
    op.drop_column("uploads", "undone_at")
