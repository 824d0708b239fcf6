"""Legal holds: who may place one, what it covers, when it ends."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from foundation.errors import Held, InvalidRequest, NotAllowed, NotFound
from tenancy.actor import Actor
from tenancy.audit import entries
from tenancy.holds import Hold, destroying, lift_hold, list_holds, place_hold, require_free
from tenancy.law_tables import LegalHoldRow
from tenancy.store import Store
from tenancy.tenant import Tenant

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def hold(table: str | None, mark: str | None) -> Hold:
    return Hold("h", table, mark, "r", "u", NOW, None, None)


def test_a_hold_forbids_what_it_covers_and_is_named(
    store: Store, acme: Tenant, globex: Tenant, acme_manager: Actor
):
    placed = place_hold(store, acme_manager, acme, reason="Juicio 7", table="calls")
    with pytest.raises(Held, match=placed.id) as held:
        require_free(store, acme)
    assert "calls" in held.value.say("es")
    assert "Juicio" not in held.value.say("es")
    require_free(store, acme, table="customers")
    require_free(store, globex)


def test_lifted_it_forbids_nothing_and_lifting_twice_is_one_act(
    store: Store, acme: Tenant, acme_manager: Actor
):
    placed = place_hold(store, acme_manager, acme, reason="r")
    for _ in range(2):
        lift_hold(store, acme_manager, acme, placed.id)
    require_free(store, acme)
    assert list_holds(store, acme) == []
    assert len(list_holds(store, acme, also_ended=True)) == 1
    acts = [entry.action for entry in entries(store, acme)]
    assert acts == ["hold.lifted", "hold.placed", "tenant.created"]


def test_it_ends_by_itself(store: Store, acme: Tenant, acme_manager: Actor):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    place_hold(store, acme_manager, acme, reason="r", until_at=tomorrow)
    with pytest.raises(Held, match=f"{tomorrow:%Y-%m-%d}"):
        require_free(store, acme)
    with store.session() as session:
        session.execute(update(LegalHoldRow).values(until_at=NOW))
    require_free(store, acme)


def test_none_without_reason_and_none_that_is_over(store: Store, acme: Tenant, acme_manager: Actor):
    with pytest.raises(InvalidRequest):
        place_hold(store, acme_manager, acme, reason=" ")
    with pytest.raises(InvalidRequest):
        place_hold(store, acme_manager, acme, reason="r", until_at=NOW)


def test_only_officers_of_the_tenant_place_and_lift(
    store: Store, acme: Tenant, acme_manager: Actor, globex_manager: Actor
):
    placed = place_hold(store, acme_manager, acme, reason="r")
    viewer = Actor("u9", "user", acme.id, frozenset({"viewer"}))
    with pytest.raises(NotAllowed):
        place_hold(store, viewer, acme, reason="r")
    with pytest.raises(NotFound):
        place_hold(store, globex_manager, acme, reason="r")
    with pytest.raises(NotFound):
        lift_hold(store, globex_manager, acme, placed.id)


def test_another_tenants_hold_is_not_found(
    store: Store, acme: Tenant, globex: Tenant, acme_manager: Actor, staff: Actor
):
    placed = place_hold(store, acme_manager, acme, reason="r")
    with pytest.raises(NotFound):
        lift_hold(store, staff, globex, placed.id)


def test_what_destroys_is_refused_inside_its_own_lease(
    store: Store, acme: Tenant, acme_manager: Actor
):
    with destroying(store, acme):
        pass
    place_hold(store, acme_manager, acme, reason="r")
    with pytest.raises(Held), destroying(store, acme, table="calls"):
        pytest.fail("destroyed what is held")


names = st.sampled_from([None, "a", "b"])


@given(held_table=names, held_mark=names, table=names, mark=names)
def test_a_hold_covers_an_act_where_both_could_touch_the_same_row(
    held_table: str | None, held_mark: str | None, table: str | None, mark: str | None
):
    rows = [(t, m) for t in "ab" for m in "ab"]

    def touched(t: str | None, m: str | None) -> set[tuple[str, str]]:
        return {row for row in rows if t in (None, row[0]) and m in (None, row[1])}

    marks = None if mark is None else {mark}
    overlap = bool(touched(held_table, held_mark) & touched(table, mark))
    assert hold(held_table, held_mark).covers(table, marks) == overlap
