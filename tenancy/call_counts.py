"""What a call counts for in live figures, and the table of counts kept with it.

The rules are those of gold's ``hour`` and ``data_contracts.metrics``: offered, abandoned and within
target are inbound calls, waiting and handling are those of answered ones. A call counts as soon as
its fate is known: answered, or over; for handling, when it is over. One whose end nobody told
counts nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Protocol, cast

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data_contracts.metrics import SHORT_ABANDON_SECONDS, TARGET_SECONDS
from tenancy.calls_tables import CallCountRow
from tenancy.tenant import Tenant

QUARTER = timedelta(minutes=15)
"""Every time zone in use lies whole quarters from UTC: any tenant's hours are made of them."""

ALL, EVERY_CALL = "all", "-"
DIMENSIONS = ("direction", "queue", "product", "customer_type", "channel")
COUNT = cast(Table, CallCountRow.__table__)
UNNAMED = ""
"""The value of a dimension where the call says nothing."""


class CountedCall(Protocol):
    """What of a call counts: a row of ``calls``, or a state on its way there."""

    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def direction(self) -> str: ...  # noqa: D102
    @property
    def started_at(self) -> datetime: ...  # noqa: D102
    @property
    def answered_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def last_event_at(self) -> datetime: ...  # noqa: D102
    @property
    def agent_token(self) -> str | None: ...  # noqa: D102
    @property
    def wait_seconds(self) -> float | None: ...  # noqa: D102
    @property
    def talk_seconds(self) -> float | None: ...  # noqa: D102
    @property
    def hold_seconds(self) -> float | None: ...  # noqa: D102
    @property
    def after_call_seconds(self) -> float | None: ...  # noqa: D102


@dataclass(frozen=True)
class Counts:
    """Counts of calls and sums of their milliseconds.

    Attributes
    ----------
    calls
        Those whose fate is known, in and out.
    handled
        Answered ones that are over: ``handle_ms`` is theirs.
    wait_ms
        Of answered ones.
    """

    calls: int = 0
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    within_target: int = 0
    handled: int = 0
    wait_ms: int = 0
    handle_ms: int = 0

    def plus(self, other: "Counts", sign: int = 1) -> "Counts":
        """Return the sum, or with ``sign=-1`` the difference."""
        names = [one.name for one in fields(self)]
        return Counts(*(getattr(self, n) + sign * getattr(other, n) for n in names))


Cell = tuple[datetime, str, str]
"""Quarter of an hour, dimension, value."""


def counts_of(call: CountedCall) -> Counts:
    """Return what one call counts for."""
    over = call.status in ("ended", "abandoned")
    answered, inbound = call.answered_at is not None, call.direction == "inbound"
    if call.status == "unknown" or not (answered or over):
        return Counts()
    wait, abandoned = call.wait_seconds, inbound and not answered
    parts = (call.talk_seconds, call.hold_seconds, call.after_call_seconds)
    return Counts(
        calls=1,
        offered=int(inbound),
        answered=int(answered),
        abandoned=int(abandoned),
        short_abandoned=int(abandoned and wait is not None and wait <= SHORT_ABANDON_SECONDS),
        within_target=int(inbound and answered and wait is not None and wait <= TARGET_SECONDS),
        handled=int(answered and over),
        wait_ms=round(1000 * (wait or 0.0)) if answered else 0,
        handle_ms=round(1000 * sum(part or 0.0 for part in parts)) if answered and over else 0,
    )


def quarter_of(call: CountedCall) -> datetime:
    """Return the quarter of an hour in which a call began."""
    into = timedelta(minutes=call.started_at.minute % 15)
    return call.started_at.replace(second=0, microsecond=0) - into


def cells_of(call: CountedCall) -> list[Cell]:
    """Return where a call counts."""
    quarter = quarter_of(call)
    named = [(quarter, name, getattr(call, name) or UNNAMED) for name in DIMENSIONS]
    return [(quarter, ALL, EVERY_CALL), *named]


def changes_of(
    pairs: Iterable[tuple[CountedCall | None, CountedCall | None]],
) -> dict[Cell, Counts]:
    """Return what changes in which cell where calls became others; None: was not, or is gone."""
    changed: dict[Cell, Counts] = {}
    for before, after in pairs:
        for call, sign in ((before, -1), (after, 1)):
            counts = Counts() if call is None else counts_of(call)
            if call is not None and counts != Counts():
                for cell in cells_of(call):
                    changed[cell] = changed.get(cell, Counts()).plus(counts, sign)
    return {cell: counts for cell, counts in changed.items() if counts != Counts()}


def add_counts(session: Session, tenant: Tenant, changed: Mapping[Cell, Counts]) -> None:
    """Add changes to the table, in the caller's transaction."""
    if not changed:
        return
    names = [one.name for one in fields(Counts)]
    rows = [
        {"tenant_id": tenant.id, "quarter_at": quarter, "dimension": dimension, "value": value}
        | {name: getattr(counts, name) for name in names}
        for (quarter, dimension, value), counts in sorted(changed.items())
    ]
    insert = (
        postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )(COUNT)
    statement = insert.on_conflict_do_update(
        index_elements=["tenant_id", "quarter_at", "dimension", "value"],
        set_={name: COUNT.c[name] + insert.excluded[name] for name in names},
    )
    session.execute(statement, rows)


def forget_counts(session: Session, tenant: Tenant, before: datetime) -> None:
    """Delete the counts of quarters before a time."""
    mine = CallCountRow.tenant_id == tenant.id
    session.execute(delete(CallCountRow).where(mine, CallCountRow.quarter_at < before))
