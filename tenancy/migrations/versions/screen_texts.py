"""Companies' greetings and closings for agents' screens."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "screen_texts"
down_revision = "incidents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "screen_texts",
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_screen_texts_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "name", "language", name="pk_screen_texts"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("screen_texts")
