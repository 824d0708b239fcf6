"""Legal holds, erasures with their receipts, consents; tenants and files that were erased."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "holds_erasures_consents"
down_revision = "deliveries_and_sources"
branch_labels = None
depends_on = None

OF_TENANT = ("tenant_id", sa.String(length=41))


def upgrade() -> None:
    """Create the tables and columns."""
    _create_legal_holds()
    _create_erasures()
    _create_erased_scores()
    _create_consents()
    op.add_column("tenants", sa.Column("erased_at", UtcDateTime(), nullable=True))
    op.add_column(
        "tenants",
        sa.Column("training_consent", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column("uploads", sa.Column("landing_sha256", sa.String(length=255), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("uploads", "landing_sha256")
    op.drop_column("tenants", "training_consent")
    op.drop_column("tenants", "erased_at")
    for table in ("consents", "erased_scores", "erasures", "legal_holds"):
        op.drop_table(table)


def _create_legal_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column(*OF_TENANT, nullable=False),
        sa.Column("table_name", sa.String(length=255), nullable=True),
        sa.Column("person_mark", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=255), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=255), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_legal_holds_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_tenant_id", "legal_holds", ["tenant_id"])


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column(*OF_TENANT, nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("person_mark", sa.String(length=255), nullable=True),
        sa.Column("request", sa.String(length=255), nullable=False),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("receipt_sha256", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_erasures_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )
    op.create_index("ix_erasures_tenant_id", "erasures", ["tenant_id"])


def _create_erased_scores() -> None:
    op.create_table(
        "erased_scores",
        sa.Column(*OF_TENANT, nullable=False),
        sa.Column("score_mark", sa.String(length=255), nullable=False),
        sa.Column("erasure_id", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_erased_scores_tenant_id"),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasures.id"], name="fk_erased_scores_erasure_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "score_mark", name="pk_erased_scores"),
    )


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column(*OF_TENANT, nullable=False),
        sa.Column("person_mark", sa.String(length=255), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=True),
        sa.Column("profiling", sa.Boolean(), nullable=True),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_consents_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "person_mark", name="pk_consents"),
    )
