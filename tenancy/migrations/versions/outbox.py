"""Changes on their way to the lake."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "outbox"
down_revision = "sql_copies"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("sealed IS NOT NULL")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "outbox_batches",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("table_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=255), nullable=True),
        sa.Column("upload_id", sa.String(length=255), nullable=True),
        sa.Column("error_key", sa.String(length=255), nullable=True),
        sa.Column("error_details", sa.JSON(), nullable=False),
        sa.Column("fixed_at", UtcDateTime(), nullable=False),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("drained_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_outbox_batches_tenant_id"),
        sa.PrimaryKeyConstraint("number", name="pk_outbox_batches"),
        sqlite_autoincrement=True,
    )
    place = ["tenant_id", "table_name", "drained_at"]
    op.create_index("ix_outbox_batches_tenant_table", "outbox_batches", place)
    op.create_index("ix_outbox_batches_drained_at", "outbox_batches", ["drained_at"])
    op.create_table(
        "outbox_changes",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("tenant_id", sa.String(length=41), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("table_name", sa.String(length=255), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("key_mark", sa.String(length=64), nullable=False),
        sa.Column("person_token", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("put_at", UtcDateTime(), nullable=False),
        sa.Column("batch", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_outbox_changes_tenant_id"),
        sa.ForeignKeyConstraint(
            ["batch"], ["outbox_batches.number"], name="fk_outbox_changes_batch"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_outbox_changes"),
        sa.UniqueConstraint("tenant_id", "event_id", name="uq_outbox_changes_tenant_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_changes_tenant_person", "outbox_changes", ["tenant_id", "person_token"]
    )
    op.create_index("ix_outbox_changes_batch", "outbox_changes", ["batch"])
    op.create_index(
        "ix_outbox_changes_waiting",
        "outbox_changes",
        ["tenant_id", "table_name", "number"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Forget what waits."""
    op.drop_table("outbox_changes")
    op.drop_table("outbox_batches")
