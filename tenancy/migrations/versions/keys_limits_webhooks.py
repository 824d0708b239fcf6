"""Rotated keys, limits of tenants, webhooks."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "keys_limits_webhooks"
down_revision = "outbox"
branch_labels = None
depends_on = None

NAME = sa.String(length=255)
TENANT = sa.String(length=41)


def upgrade() -> None:
    """Add the columns and create the tables."""
    op.add_column("api_keys", sa.Column("previous_hash", NAME, nullable=True))
    op.add_column("api_keys", sa.Column("previous_ends_at", UtcDateTime(), nullable=True))
    _limits()
    _webhooks()
    _messages()
    _deliveries()


def _limits() -> None:
    op.create_table(
        "tenant_limits",
        sa.Column("tenant_id", TENANT, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", NAME, nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_limits_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "name", name="pk_tenant_limits"),
    )
    op.create_table(
        "tenant_use",
        sa.Column("tenant_id", TENANT, nullable=False),
        sa.Column("day", NAME, nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_use_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "day", name="pk_tenant_use"),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", NAME, nullable=False),
        sa.Column("tenant_id", TENANT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_previous", sa.LargeBinary(), nullable=True),
        sa.Column("previous_ends_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_why", NAME, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_webhooks_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_tenant_id", "webhooks", ["tenant_id"])


def _messages() -> None:
    name = "webhook_messages"
    op.create_table(
        name,
        sa.Column("id", NAME, nullable=False),
        sa.Column("tenant_id", TENANT, nullable=False),
        sa.Column("type", NAME, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("person_token", NAME, nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{name}_tenant_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_tenant_id", name, ["tenant_id"])
    op.create_index(f"ix_{name}_person_token", name, ["person_token"])


def _deliveries() -> None:
    name = "webhook_deliveries"
    op.create_table(
        name,
        sa.Column("id", NAME, nullable=False),
        sa.Column("tenant_id", TENANT, nullable=False),
        sa.Column("webhook_id", NAME, nullable=False),
        sa.Column("message_id", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until_at", UtcDateTime(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", NAME, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{name}_tenant_id"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=f"fk_{name}_webhook_id"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["webhook_messages.id"], name=f"fk_{name}_message_id"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index("ix_webhook_deliveries_due", name, ["state", "webhook_id", "due_at"])
    op.create_index(f"ix_{name}_message_id", name, ["message_id"])
    op.create_index(f"ix_{name}_ended_at", name, ["ended_at"])


def downgrade() -> None:
    """Drop them."""
    for name in ("webhook_deliveries", "webhook_messages", "webhooks"):
        op.drop_table(name)
    op.drop_table("tenant_use")
    op.drop_table("tenant_limits")
    op.drop_column("api_keys", "previous_ends_at")
    op.drop_column("api_keys", "previous_hash")
