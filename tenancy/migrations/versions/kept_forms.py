"""In which form a file that came with an incident is kept, when it was checked and when it went."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "kept_forms"
down_revision = "keys_limits_webhooks"
branch_labels = None
depends_on = None

TABLE = "incident_attachments"


def upgrade() -> None:
    """Add the columns; so far every file is kept as it came."""
    op.add_column(TABLE, sa.Column("kept_sha256", sa.String(length=64), nullable=True))
    op.add_column(TABLE, sa.Column("kept_bytes", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("gone_at", UtcDateTime(), nullable=True))
    op.add_column(TABLE, sa.Column("checked_at", UtcDateTime(), nullable=True))
    op.create_index("ix_incident_attachments_tenant_checked", TABLE, ["tenant_id", "checked_at"])


def downgrade() -> None:
    """Forget the forms."""
    op.drop_index("ix_incident_attachments_tenant_checked", TABLE)
    for column in ("checked_at", "gone_at", "kept_bytes", "kept_sha256"):
        op.drop_column(TABLE, column)
