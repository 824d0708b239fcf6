"""Calls and their events in the operational store: read, written, forgotten, with their counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, delete, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tenancy.call_counts import CountedCall, add_counts, changes_of, forget_counts
from tenancy.call_shifts import add_shifts, forget_shifts, parts_of
from tenancy.calls_tables import CallEventRow, CallRow
from tenancy.store import Store
from tenancy.tenant import Tenant

KEPT = timedelta(days=35)
"""How long calls stay in the store; the lake has them for the contract's own period."""

AT_ONCE = 500
"""Names in one question: databases bound how many values a statement may carry."""

CALL, EVENT = cast(Table, CallRow.__table__), cast(Table, CallEventRow.__table__)
"""Read and written as rows, not objects: hundreds of them are touched in a request."""


def one_at_a_time(session: Session, tenant: Tenant) -> None:
    """Let transactions that change a tenant's calls wait for one another until they end.

    A call's state is made of all its events: who writes one must see the others'. SQLite has one
    writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
        session.execute(lock, {"name": f"calls:{tenant.id}"})


def marks_of(session: Session, tenant: Tenant, keys: Sequence[str]) -> dict[str, str]:
    """Return the marks of those events that are stored."""
    return {
        row.event_key: row.mark
        for some in _some(keys)
        for row in session.execute(
            select(EVENT.c.event_key, EVENT.c.mark).where(
                EVENT.c.tenant_id == tenant.id, EVENT.c.event_key.in_(some)
            )
        )
    }


def add_events(session: Session, events: Sequence[Mapping[str, Any]]) -> None:
    """Store new events: dictionaries of the table's columns."""
    if events:
        session.execute(insert(EVENT), events)


def events_of(session: Session, tenant: Tenant, calls: Collection[str]) -> "list[Row[Any]]":
    """Return all events of some calls."""
    return _rows_of(session, EVENT, tenant, calls)


def calls_of(session: Session, tenant: Tenant, calls: Collection[str]) -> "dict[str, Row[Any]]":
    """Return those of some calls that are stored, by key."""
    return {row.call_key: row for row in _rows_of(session, CALL, tenant, calls)}


def silent_since(session: Session, tenant: Tenant, before: datetime) -> list[str]:
    """Return the keys of open calls of which nothing was heard since a time, longest first."""
    silent = select(CallRow.call_key).where(
        CallRow.tenant_id == tenant.id, CallRow.open.is_(True), CallRow.last_event_at < before
    )
    return list(session.scalars(silent.order_by(CallRow.last_event_at).limit(AT_ONCE)))


def save_calls(session: Session, calls: Sequence[Mapping[str, Any]]) -> None:
    """Store calls as they are now: dictionaries of all the table's columns."""
    if not calls:
        return
    new = (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(
        CALL
    )
    keys = [column.name for column in CALL.primary_key]
    others = [column.name for column in CALL.columns if column.name not in keys]
    changed = {name: new.excluded[name] for name in others}
    session.execute(new.on_conflict_do_update(index_elements=keys, set_=changed), calls)


def note_changes(
    session: Session,
    tenant: Tenant,
    pairs: Sequence[tuple[CountedCall | None, CountedCall | None]],
) -> None:
    """Bring what is counted of calls up to date: as they were, and as they are; None: not there."""
    add_counts(session, tenant, changes_of(pairs))
    add_shifts(session, tenant, parts_of(pairs))


def forget_calls_of(
    store: Store, tenant: Tenant, persons: Collection[str], phones: Collection[str]
) -> int:
    """Delete every call of a person, by their tokens or a telephone's; returns how many."""
    with store.session() as session:
        one_at_a_time(session, tenant)
        keys: set[str] = set()
        for table, token, named in (
            (EVENT, EVENT.c.person_token, persons),
            (EVENT, EVENT.c.phone_token, phones),
            (CALL, CALL.c.person_token, persons),  # whom a telephone told
        ):
            theirs = (table.c.tenant_id == tenant.id, token.in_(sorted(named)))
            keys.update(session.scalars(select(table.c.call_key).where(*theirs)))
        return _forget(session, tenant, sorted(keys))


def calls_before(store: Store, tenant: Tenant, before: datetime) -> int:
    """Count calls that began before a time."""
    with store.reading() as session:
        return len(_keys_before(session, tenant, before))


def forget_calls_before(store: Store, tenant: Tenant, before: datetime) -> int:
    """Delete calls that began before a time, with their counts; returns how many calls."""
    with store.session() as session:
        one_at_a_time(session, tenant)
        forgotten = _forget(session, tenant, _keys_before(session, tenant, before))
        forget_counts(session, tenant, before)
        forget_shifts(session, tenant, before)
        return forgotten


def _keys_before(session: Session, tenant: Tenant, before: datetime) -> list[str]:
    mine = CallRow.tenant_id == tenant.id
    return list(session.scalars(select(CallRow.call_key).where(mine, CallRow.started_at < before)))


def _forget(session: Session, tenant: Tenant, keys: list[str]) -> int:
    gone = calls_of(session, tenant, keys)
    note_changes(session, tenant, [(call, None) for call in gone.values()])
    for some in _some(keys):
        for table in (EVENT, CALL):
            mine = table.c.tenant_id == tenant.id
            session.execute(delete(table).where(mine, table.c.call_key.in_(some)))
    return len(gone)


def _rows_of(
    session: Session, table: Table, tenant: Tenant, calls: Collection[str]
) -> "list[Row[Any]]":
    mine = table.c.tenant_id == tenant.id
    return [
        row
        for some in _some(sorted(calls))
        for row in session.execute(select(table).where(mine, table.c.call_key.in_(some)))
    ]


def _some(keys: Sequence[str]) -> Iterator[list[str]]:
    return (list(keys[at : at + AT_ONCE]) for at in range(0, len(keys), AT_ONCE))
