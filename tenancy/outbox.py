"""The outbox in the store: changes that were answered for and are still to reach the lake.

What they say comes and goes sealed: this room does not read it. A change waits as long as it is
sealed; once drained it is emptied, and stays for a while as the mark that its event came.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tenancy.columns import UtcDateTime
from tenancy.outbox_tables import OutboxBatchRow, OutboxChangeRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant

ROWS_AT_ONCE = 500
"""Rows of one statement: databases limit its parameters."""

RETRY_SECONDS = 3600
"""A batch that the door refused is tried again by itself so long after."""

_PUT = {
    name: dialect.insert(cast(Table, OutboxChangeRow.__table__))
    .on_conflict_do_nothing()
    .returning(OutboxChangeRow.event_id)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}


@dataclass(frozen=True)
class SealedChange:
    """A change as the store keeps it.

    Attributes
    ----------
    shape
        What is asked and which columns the row has; rows of one file share it.
    key_mark
        A keyed hash of the row's key: changes of one key stay in order.
    person_token
        Whose row it is; None where nobody's.
    """

    event_id: str
    table: str
    shape: str
    key_mark: str
    person_token: str | None
    sealed: bytes
    number: int = 0


@dataclass(frozen=True)
class Batch:
    """Changes that go to the lake as one file.

    Attributes
    ----------
    sha256
        Of the file last made of them; None before the first.
    refused
        Why the door refused the file: key and details of the sentence.
    """

    number: int
    table: str
    sha256: str | None
    fixed_at: datetime
    refused_at: datetime | None = None
    refused: tuple[str, Mapping[str, Any]] | None = field(default=None)


@dataclass(frozen=True)
class Pending:
    """How many changes wait, and since when the oldest does (UTC)."""

    count: int
    oldest_at: datetime | None


def outbox_lease(tenant: Tenant) -> str:
    """Return the name of the lease under which a tenant's changes are drained."""
    return f"outbox:{tenant.id}"


def put(
    session: Session, tenant: Tenant, actor_id: str, changes: Sequence[SealedChange]
) -> frozenset[str]:
    """Store changes in the caller's transaction; returns the events that were new."""
    if not changes:
        return frozenset()
    put_at = now_in(session)
    rows = [_row(one, tenant, actor_id, put_at) for one in changes]
    statement = _PUT[session.get_bind().dialect.name]
    return frozenset(session.connection().scalars(statement, rows))


def events_between(session: Session, tenant: Tenant, first: str, end: str) -> list[str]:
    """Return the names of a tenant's events from one name to before another, drained ones too."""
    event = OutboxChangeRow.event_id
    query = select(event).where(OutboxChangeRow.tenant_id == tenant.id)
    return list(session.scalars(query.where(event >= first, event < end)))


def waiting(store: Store, tenant: Tenant) -> Pending:
    """Return how many changes of a tenant have not reached the lake."""
    return waiting_by_tenant(store, tenant.id).get(tenant.id, Pending(0, None))


def waiting_by_tenant(store: Store, tenant_id: str | None = None) -> dict[str, Pending]:
    """Return the same of every tenant that has any, or of one."""
    oldest = func.min(OutboxChangeRow.put_at, type_=UtcDateTime())
    query = select(OutboxChangeRow.tenant_id, func.count(), oldest).group_by(
        OutboxChangeRow.tenant_id
    )
    query = query.where(OutboxChangeRow.sealed.is_not(None))
    if tenant_id is not None:
        query = query.where(OutboxChangeRow.tenant_id == tenant_id)
    with store.reading() as session:
        return {one: Pending(count, at) for one, count, at in session.execute(query)}


def tenants_due(store: Store) -> list[str]:
    """Return the tenants with changes for the lake, but whom the door refused only now."""
    batch = OutboxBatchRow
    with store.reading() as session:
        since = now_in(session) - timedelta(seconds=RETRY_SECONDS)
        stuck = select(batch.tenant_id, batch.table_name).where(
            batch.drained_at.is_(None), batch.refused_at > since
        )
        held = {tuple(row) for row in session.execute(stuck)}
        query = select(OutboxChangeRow.tenant_id, OutboxChangeRow.table_name).distinct()
        found = session.execute(query.where(OutboxChangeRow.sealed.is_not(None)))
        return sorted({tenant for tenant, table in found if (tenant, table) not in held})


def tables_waiting(store: Store, tenant: Tenant) -> frozenset[str]:
    """Return the tables for which changes wait, or a batch that was not ended."""
    change, batch = OutboxChangeRow, OutboxBatchRow
    queries = (
        select(change.table_name).where(change.tenant_id == tenant.id, change.sealed.is_not(None)),
        select(batch.table_name).where(batch.tenant_id == tenant.id, batch.drained_at.is_(None)),
    )
    with store.reading() as session:
        return frozenset(name for query in queries for name in session.scalars(query.distinct()))


def open_batches(store: Store, tenant: Tenant, table: str | None = None) -> list[Batch]:
    """Return the batches that have not reached the lake, in their order."""
    query = select(OutboxBatchRow).where(OutboxBatchRow.tenant_id == tenant.id)
    query = query.where(OutboxBatchRow.drained_at.is_(None)).order_by(OutboxBatchRow.number)
    if table is not None:
        query = query.where(OutboxBatchRow.table_name == table)
    with store.reading() as session:
        return [_batch_of(row) for row in session.scalars(query)]


Share = Callable[[Sequence[SealedChange]], list[list[int]]]
"""Says which changes, by number, make which file."""


def fix_batches(store: Store, tenant: Tenant, table: str, share: Share, most: int) -> None:
    """Fix which of a table's waiting changes go to the lake together, at most so many of them."""
    change = OutboxChangeRow
    query = (
        select(change)
        .where(change.tenant_id == tenant.id, change.table_name == table)
        .where(change.sealed.is_not(None), change.batch.is_(None))
        .order_by(change.number)
        .limit(most)
    )
    with store.session() as session:
        now, found = now_in(session), [_change_of(row) for row in session.scalars(query)]
        for numbers in share(found):
            values = {"tenant_id": tenant.id, "table_name": table, "error_details": {}}
            made = insert(OutboxBatchRow).values(**values, fixed_at=now)
            batch = session.scalars(made.returning(OutboxBatchRow.number)).one()
            for start in range(0, len(numbers), ROWS_AT_ONCE):
                some = change.number.in_(numbers[start : start + ROWS_AT_ONCE])
                session.execute(update(change).where(some).values(batch=batch))


def changes_of(store: Store, tenant: Tenant, batch: Batch) -> list[SealedChange]:
    """Return what a batch holds, in order; what was erased in the meantime is gone."""
    query = (
        select(OutboxChangeRow)
        .where(OutboxChangeRow.tenant_id == tenant.id, OutboxChangeRow.batch == batch.number)
        .where(OutboxChangeRow.sealed.is_not(None))
        .order_by(OutboxChangeRow.number)
    )
    with store.reading() as session:
        return [_change_of(row) for row in session.scalars(query)]


def note_file(store: Store, batch: Batch, sha256: str) -> None:
    """Keep which file was made of a batch, before it goes through the door."""
    with store.session() as session:
        session.get_one(OutboxBatchRow, batch.number).sha256 = sha256


def note_refused(store: Store, batch: Batch, key: str, details: Mapping[str, Any]) -> None:
    """Keep why the door refused a batch; its changes wait."""
    with store.session() as session:
        row = session.get_one(OutboxBatchRow, batch.number)
        row.error_key, row.error_details = key, dict(details)
        row.refused_at = now_in(session)


def note_drained(store: Store, batch: Batch, upload_id: str | None) -> None:
    """Keep that a batch is in the lake, and empty its changes."""
    with store.session() as session:
        row = session.get_one(OutboxBatchRow, batch.number)
        row.upload_id, row.drained_at = upload_id, now_in(session)
        row.error_key, row.error_details, row.refused_at = None, {}, None
        mine = OutboxChangeRow.batch == batch.number
        session.execute(update(OutboxChangeRow).where(mine).values(sealed=None))


def clear_drained(store: Store, tenant: Tenant, days: int) -> int:
    """Forget events that were drained so many days ago; returns how many."""
    batch, change = OutboxBatchRow, OutboxChangeRow
    with store.session() as session:
        before = now_in(session) - timedelta(days=days)
        old = select(batch.number).where(batch.tenant_id == tenant.id, batch.drained_at < before)
        numbers = list(session.scalars(old))
        gone = 0
        for number in numbers:
            done = delete(change).where(change.batch == number).returning(change.number)
            gone += len(session.scalars(done).all())
            session.execute(delete(batch).where(batch.number == number))
        return gone


def forget_person(store: Store, tenant: Tenant, tokens: Collection[str]) -> int:
    """Delete a person's changes, drained ones too; returns how many there were."""
    change = OutboxChangeRow
    theirs = (change.tenant_id == tenant.id) & change.person_token.in_(sorted(tokens))
    with store.session() as session:
        return len(session.scalars(delete(change).where(theirs).returning(change.number)).all())


def _row(
    one: SealedChange, tenant: Tenant, actor_id: str, put_at: datetime
) -> dict[str, str | bytes | datetime | None]:
    return {
        "tenant_id": tenant.id,
        "event_id": one.event_id,
        "table_name": one.table,
        "shape": one.shape,
        "key_mark": one.key_mark,
        "person_token": one.person_token,
        "sealed": one.sealed,
        "actor_id": actor_id,
        "put_at": put_at,
    }


def _change_of(row: OutboxChangeRow) -> SealedChange:
    assert row.sealed is not None
    return SealedChange(
        event_id=row.event_id,
        table=row.table_name,
        shape=row.shape,
        key_mark=row.key_mark,
        person_token=row.person_token,
        sealed=row.sealed,
        number=row.number,
    )


def _batch_of(row: OutboxBatchRow) -> Batch:
    refused = None if row.error_key is None else (row.error_key, row.error_details)
    return Batch(row.number, row.table_name, row.sha256, row.fixed_at, row.refused_at, refused)
