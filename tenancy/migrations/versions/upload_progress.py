"""How far an upload has come, for other processes to see."""

import sqlalchemy as sa
from alembic import op

revision = "upload_progress"
down_revision = "undone_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the progress; uploads that have ended have none."""
    op.add_column("uploads", sa.Column("progress", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Forget the progress of uploads."""
    op.drop_column("uploads", "progress")
