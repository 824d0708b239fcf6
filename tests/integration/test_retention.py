"""What is past its period goes, with a receipt; what is not, or is held, stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.checking import check_tenant
from ingestion.evolution.own_columns import accept, propose
from ingestion.evolution.redrive import redrive
from ingestion.mapping import Mapping
from ingestion.persons import person_named
from ingestion.retention import plan_retention, run_retention
from lakehouse.commits import Commit
from tenancy.erasures import is_genuine
from tenancy.holds import lift_hold, place_hold
from tests.ingestion_lake import ACTOR_OFFICER, INCIDENTS, TENANT, Door, installation
from tests.integration.test_own_columns import STAFF

pytestmark = pytest.mark.slow
NOW = datetime.now(UTC)
IN_THREE, IN_ELEVEN = NOW + timedelta(days=3 * 365), NOW + timedelta(days=11 * 365)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = Door(installation(tmp_path), tmp_path)
    door.customers("A-1,Ana Ruiz,2024-01-01,1,10,10,no", "A-2,Eva Gil,2024-01-01,bad,10,10,no")
    door.incidents("I-1,A-1,2010-02-03,complaint,viejo,2", f"I-2,A-1,{NOW:%Y-%m-%d},claim,nuevo,3")
    yield door
    door.lake.close()


def test_facts_go_by_their_own_time_and_a_second_run_finds_nothing(door: Door):
    (due,) = plan_retention(door.lake, TENANT)
    assert (due.place, due.count, due.kept) == ("silver.incidents", 1, 0)
    receipt = run_retention(door.lake, TENANT, ACTOR_OFFICER)
    assert receipt is not None
    assert receipt.places["silver.incidents"]["rows"] == 1
    assert is_genuine(door.lake.store, receipt)
    assert door.silver("incidents", "incident_id") == [("I-2",)]
    assert run_retention(door.lake, TENANT, ACTOR_OFFICER) is None


def test_copies_go_by_when_they_were_recorded(door: Door):
    run_retention(door.lake, TENANT, ACTOR_OFFICER)
    places = {due.place: due.count for due in plan_retention(door.lake, TENANT, IN_THREE)}
    assert places == {"quarantine.customers": 1}
    later = {due.place: due.count for due in plan_retention(door.lake, TENANT, IN_ELEVEN)}
    assert later["bronze.customers"] == 1, "of whom silver still speaks, bronze does too"
    assert later["landing"] == 2
    assert "silver.customers" not in later
    receipt = run_retention(door.lake, TENANT, ACTOR_OFFICER, IN_ELEVEN)
    assert receipt is not None
    assert door.rows_in("bronze", "customers") == 1
    assert door.rows_in("quarantine", "customers") == 0
    assert door.rows_in("vault", "person") == 1
    assert door.lake.objects.names(TENANT, "landing") == []
    before = door.silver("customers", "row_key", "valid_from")
    redrive(door.lake, TENANT, ["customers"])
    assert door.silver("customers", "row_key", "valid_from") == before


def test_a_hold_keeps_a_table_and_a_persons_rows_until_it_is_lifted(door: Door):
    store, person = door.lake.store, person_named(door.lake, TENANT, "A-1")
    for scope in ({"table": "incidents"}, {"person_mark": person.mark}, {}):
        hold = place_hold(store, ACTOR_OFFICER, TENANT, reason="r", **scope)
        (due,) = plan_retention(door.lake, TENANT)
        assert (due.count, due.kept) == (0, 1)
        assert run_retention(door.lake, TENANT, ACTOR_OFFICER) is None
        lift_hold(store, ACTOR_OFFICER, TENANT, hold.id)
    assert len(door.silver("incidents", "incident_id")) == 2
    other = person_named(door.lake, TENANT, "A-2")
    place_hold(store, ACTOR_OFFICER, TENANT, reason="r", person_mark=other.mark)
    run_retention(door.lake, TENANT, ACTOR_OFFICER)
    assert door.silver("incidents", "incident_id") == [("I-2",)]


def test_what_went_stays_away_when_silver_is_made_anew_from_bronze(door: Door):
    run_retention(door.lake, TENANT, ACTOR_OFFICER)
    rows = [",".join([*INCIDENTS, "puntos"]), "I-3,A-1,2011-02-03,claim,tarde,2,7"]
    mapping = Mapping(INCIDENTS, "natural", None, "increment")
    door.send(door.write(rows), "incidents", mapping)
    own = propose(door.lake, STAFF, TENANT, "incidents", "puntos").column
    accept(door.lake, STAFF, TENANT, own)
    assert door.rows_in("bronze", "incidents") == 3
    assert door.silver("incidents", "incident_id") == [("I-2",), ("I-3",)]
    (due,) = plan_retention(door.lake, TENANT)
    assert (due.place, due.count) == ("silver.incidents", 1), "what came since has its own receipt"


def test_what_went_is_no_damage_to_who_looks_over_the_lake(door: Door):
    run_retention(door.lake, TENANT, ACTOR_OFFICER, IN_THREE)
    assert door.rows_in("quarantine", "customers") == 0
    assert check_tenant(door.lake, TENANT).findings == ()
    door.customers("A-3,Eva Gil,2024-01-01,bad,10,10,no")
    ref = door.lake.ref(TENANT, "quarantine", "customers")
    door.lake.writer.delete(ref, "true", Commit("somebody"))
    (finding,) = check_tenant(door.lake, TENANT).findings
    assert finding.table == "quarantine.customers"
