"""Published contracts, tenants' own columns, and accounts by version."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "contract_versions"
down_revision = "quarantine_acts"
branch_labels = None
depends_on = None

TENANT = ["tenants.id"]


def upgrade() -> None:
    """Create the tables."""
    _create_contract_versions()
    _create_contract_extensions()
    _create_rescued_columns()
    _create_column_decisions()
    _create_upload_accounts()


def downgrade() -> None:
    """Drop them."""
    for table in (
        "upload_accounts",
        "column_decisions",
        "rescued_columns",
        "contract_extensions",
        "contract_versions",
    ):
        op.drop_table(table)


def text(name: str, length: int = 255) -> sa.Column[str]:
    """Return a column of a text."""
    return sa.Column(name, sa.String(length=length), nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """Return a column of an aware UTC time."""
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _create_contract_versions() -> None:
    op.create_table(
        "contract_versions",
        text("vertical"),
        text("version"),
        text("sha256"),
        sa.Column("document", sa.JSON(), nullable=False),
        text("actor_id"),
        moment("published_at"),
        sa.PrimaryKeyConstraint("vertical", "version", name="pk_contract_versions"),
    )


def _create_contract_extensions() -> None:
    op.create_table(
        "contract_extensions",
        text("tenant_id", 41),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        text("actor_id"),
        moment("saved_at"),
        moment("redriven_at", nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], TENANT, name="fk_contract_extensions_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "revision", name="pk_contract_extensions"),
    )


def _create_rescued_columns() -> None:
    op.create_table(
        "rescued_columns",
        text("upload_id"),
        text("header_hash"),
        text("tenant_id", 41),
        text("table_name"),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        moment("seen_at"),
        sa.ForeignKeyConstraint(["tenant_id"], TENANT, name="fk_rescued_columns_tenant_id"),
        sa.PrimaryKeyConstraint("upload_id", "header_hash", name="pk_rescued_columns"),
    )
    op.create_index(
        "ix_rescued_columns_tenant_table", "rescued_columns", ["tenant_id", "table_name"]
    )


def _create_column_decisions() -> None:
    op.create_table(
        "column_decisions",
        text("tenant_id", 41),
        text("table_name"),
        text("header_hash"),
        text("state"),
        sa.Column("payload", sa.JSON(), nullable=False),
        text("actor_id"),
        moment("saved_at"),
        sa.ForeignKeyConstraint(["tenant_id"], TENANT, name="fk_column_decisions_tenant_id"),
        sa.PrimaryKeyConstraint(
            "tenant_id", "table_name", "header_hash", name="pk_column_decisions"
        ),
    )


def _create_upload_accounts() -> None:
    op.create_table(
        "upload_accounts",
        text("upload_id"),
        text("contract_version"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        text("tenant_id", 41),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=False),
        moment("told_at"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_upload_accounts_upload_id"),
        sa.ForeignKeyConstraint(["tenant_id"], TENANT, name="fk_upload_accounts_tenant_id"),
        sa.PrimaryKeyConstraint("upload_id", "contract_version", name="pk_upload_accounts"),
    )
    op.create_index("ix_upload_accounts_tenant_id", "upload_accounts", ["tenant_id"])
