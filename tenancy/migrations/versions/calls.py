"""Calls as they happen: events, calls, counts for live figures."""

import sqlalchemy as sa
from alembic import op

from tenancy.columns import UtcDateTime

revision = "calls"
down_revision = "screen_texts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "call_events",
        _tenant("call_events"),
        _text("event_key"),
        _text("call_key"),
        _text("type", 20),
        _moment("at"),
        _moment("received_at"),
        sa.Column("said", sa.JSON(), nullable=False),
        _maybe("person_token", 80),
        _maybe("phone_token", 80),
        _maybe("agent_token", 80),
        sa.Column("sealed", sa.LargeBinary()),
        _text("mark", 64),
        sa.PrimaryKeyConstraint("tenant_id", "event_key", name="pk_call_events"),
    )
    op.create_table(
        "calls",
        _tenant("calls"),
        _text("call_key"),
        sa.Column("open", sa.Boolean(), nullable=False),
        _text("status", 20),
        _text("direction", 20),
        *(_maybe(name) for name in ("queue", "product", "channel", "customer_type", "reason")),
        _maybe("person_token", 80),
        _maybe("phone_token", 80),
        _maybe("agent_token", 80),
        _maybe("current_agent_token", 80),
        _moment("started_at"),
        sa.Column("answered_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        _moment("last_event_at"),
        sa.Column("lost_at", UtcDateTime()),
        *(sa.Column(f"{name}_seconds", sa.Double()) for name in ("wait", "talk", "hold")),
        sa.Column("after_call_seconds", sa.Double()),
        sa.Column("transferred", sa.Boolean(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        _number("events"),
        _number("settled"),
        sa.PrimaryKeyConstraint("tenant_id", "call_key", name="pk_calls"),
    )
    counted = ("calls", "offered", "answered", "abandoned", "short_abandoned", "within_target")
    op.create_table(
        "call_counts",
        _tenant("call_counts"),
        _moment("quarter_at"),
        _text("dimension", 20),
        sa.Column("value", sa.Text(), nullable=False),
        *(_number(name) for name in (*counted, "handled")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("wait_ms", "handle_ms")),
        sa.PrimaryKeyConstraint(
            "tenant_id", "quarter_at", "dimension", "value", name="pk_call_counts"
        ),
    )
    op.create_table(
        "call_shifts",
        _tenant("call_shifts"),
        _moment("quarter_at"),
        _text("agent_token", 80),
        _moment("first_at"),
        _moment("last_at"),
        sa.Column("handle_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "quarter_at", "agent_token", name="pk_call_shifts"),
    )
    for table, name, columns in INDEXES:
        op.create_index(f"ix_{table}_tenant_{name}", table, ["tenant_id", *columns])


INDEXES = (
    ("call_events", "call", ["call_key"]),
    ("call_events", "person", ["person_token"]),
    ("call_events", "phone", ["phone_token"]),
    ("calls", "open", ["open", "last_event_at"]),
    ("calls", "started", ["started_at"]),
    ("calls", "person", ["person_token"]),
)


def downgrade() -> None:
    """Forget calls."""
    for table in ("call_shifts", "call_counts", "calls", "call_events"):
        op.drop_table(table)


def _tenant(table: str) -> sa.Column[str]:
    key = sa.ForeignKey("tenants.id", name=f"fk_{table}_tenant_id")
    return sa.Column("tenant_id", sa.String(length=41), key, nullable=False)


def _text(name: str, length: int = 255) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _maybe(name: str, length: int = 255) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length))


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)
