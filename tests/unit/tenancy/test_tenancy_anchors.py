"""Anchors find what the chain cannot: entries cut off at its end, or a chain written anew."""

import pytest
from sqlalchemy import delete, text, update

from foundation.errors import InvalidRequest
from tenancy.actor import Actor
from tenancy.anchors import Anchor, holds, make_anchor
from tenancy.audit import record, verify_chain
from tenancy.store import Store
from tenancy.tables import AuditHeadRow, AuditRow
from tests.unit.tenancy.test_tenancy_audit import disarm

MASTER, OTHER = b"m" * 32, b"o" * 32


@pytest.fixture
def log(store: Store, staff: Actor) -> None:
    for n in range(5):
        record(store, staff, "thing.done", None, f"thing {n}")


def test_an_anchor_holds_while_the_chain_grows(store: Store, log: None, staff: Actor):
    anchor = make_anchor(store, MASTER)
    assert anchor.number == 5
    record(store, staff, "thing.done", None, "more")
    assert holds(store, Anchor.read(str(anchor)), MASTER)


def test_an_empty_chain_has_an_anchor_too(store: Store):
    assert holds(store, make_anchor(store, MASTER), MASTER)


def test_a_chain_cut_off_with_its_head_verifies_but_does_not_hold_the_anchor(
    store: Store, log: None
):
    anchor = make_anchor(store, MASTER)
    disarm(store)
    with store.session() as session:
        third = session.get_one(AuditRow, 3)
        session.execute(update(AuditHeadRow).values(number=3, hash=third.hash))
        session.execute(delete(AuditRow).where(AuditRow.number > 3))
    assert verify_chain(store).intact
    assert not holds(store, anchor, MASTER)


def test_a_chain_written_anew_verifies_but_does_not_hold_the_anchor(
    store: Store, log: None, staff: Actor
):
    anchor = make_anchor(store, MASTER)
    disarm(store)
    with store.session() as session:
        session.execute(text("DELETE FROM audit_entries"))
        session.execute(text("DELETE FROM audit_head"))
    for n in range(5):
        record(store, staff, "thing.done", None, f"another {n}")
    assert verify_chain(store).intact
    assert not holds(store, anchor, MASTER)


def test_an_anchor_of_another_key_and_what_is_none_are_refused(store: Store, log: None):
    anchor = make_anchor(store, MASTER)
    with pytest.raises(InvalidRequest):
        holds(store, anchor, OTHER)
    with pytest.raises(InvalidRequest):
        holds(store, Anchor(2, anchor.hash, anchor.seal), MASTER)
    with pytest.raises(InvalidRequest):
        Anchor.read("abcall-audit-5")
