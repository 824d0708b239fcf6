"""The audit log: only added to, chained, and broken where someone got at it."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenancy.actor import Actor
from tenancy.audit import AuditEntry, ChainReport, entries, record, record_in, verify_chain
from tenancy.store import Store
from tenancy.tenant import Tenant


def disarm(store: Store) -> None:
    """Do what an intruder with the database's password would do first."""
    on_table = " ON audit_entries" if store.dialect == "postgresql" else ""
    names = (
        ["audit_entries_append_only"]
        if on_table
        else ["audit_entries_no_update", "audit_entries_no_delete"]
    )
    with store.session() as session:
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}{on_table}"))


def tamper(store: Store, statement: str) -> ChainReport:
    disarm(store)
    with store.session() as session:
        session.execute(text(statement))
    return verify_chain(store)


@pytest.fixture
def log(store: Store, staff: Actor) -> None:
    for n in range(1, 6):
        record(store, staff, "thing.done", None, f"thing {n}", details={"n": n, "ñ": ["x"]})


def test_an_empty_chain_is_intact(store: Store):
    assert verify_chain(store) == ChainReport(entries=0, broken_at=None)


def test_an_untouched_chain_is_intact(store: Store, log: None):
    assert verify_chain(store) == ChainReport(entries=5, broken_at=None)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_entries SET subject = 'another' WHERE number = 2", 2),
        ("UPDATE audit_entries SET details = '{}' WHERE number = 5", 5),
        ("UPDATE audit_entries SET actor_id = 'someone' WHERE number = 1", 1),
        ("UPDATE audit_entries SET at = '2020-01-01T00:00:00+00:00' WHERE number = 4", 4),
        ("UPDATE audit_entries SET hash = previous_hash WHERE number = 3", 3),
        ("DELETE FROM audit_entries WHERE number = 3", 3),
        ("DELETE FROM audit_entries WHERE number = 5", 5),
        ("DELETE FROM audit_entries", 1),
        ("UPDATE audit_head SET number = 4", 6),
        ("DELETE FROM audit_head", 6),
    ],
)
def test_tampering_is_found_where_it_was_done(
    store: Store, log: None, statement: str, broken_at: int
):
    assert tamper(store, statement).broken_at == broken_at


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET subject = 'x'", "DELETE FROM audit_entries"]
)
def test_the_database_refuses_changes(store: Store, log: None, statement: str):
    with pytest.raises(DBAPIError, match="append-only"), store.session() as session:
        session.execute(text(statement))
    assert verify_chain(store).entries == 5


def test_an_act_and_its_entry_stand_or_fall_together(store: Store, staff: Actor):
    with pytest.raises(ZeroDivisionError), store.session() as session:
        record_in(session, staff, "thing.done")
        _ = 1 / 0
    assert verify_chain(store) == ChainReport(entries=0, broken_at=None)


def test_a_tenant_reads_its_own_entries_newest_first(
    store: Store, staff: Actor, acme: Tenant, globex: Tenant
):
    for n in range(4):
        record(store, staff, "thing.done", "acme" if n % 2 else "globex", str(n))
    newest, oldest = entries(store, acme, limit=2)
    assert (newest.subject, oldest.subject) == ("3", "1")
    assert newest == AuditEntry(
        newest.number, newest.at, "staff:test", "staff", "thing.done", "acme", "3", {}
    )
    older = entries(store, acme, before=oldest.number)
    assert [e.action for e in older] == ["tenant.created"]


def test_entries_written_at_once_make_one_chain(store: Store, staff: Actor):
    def write() -> None:
        for n in range(10):
            record(store, staff, "thing.done", subject=str(n))

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert verify_chain(store) == ChainReport(entries=40, broken_at=None)
