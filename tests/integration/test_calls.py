"""Calls from the exchange to the lake: live and gold figures are the same; erasure reaches both."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from features.online_store import build_online
from foundation.clock import utc_now
from ingestion.gold.refine import refine
from ingestion.persons import person_named
from ingestion.retention import plan_retention, run_retention
from operations.calls.figures import Figures
from operations.calls.history import history
from operations.calls.live_figures import live_figures
from operations.calls.taking import take_events
from operations.outbox.drain import drain, pending
from simulation.call_stream import TrueCall, calls, disturbed, in_order
from tenancy.calls import CALL, KEPT, calls_before
from tests.ingestion_lake import ACTOR, TENANT, Door
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER

pytestmark = pytest.mark.slow
START = utc_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
TOMORROW = START + timedelta(days=1)
PIECE = 400


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Door, list[TrueCall]]]:
    """Return a tenant to whom six hundred calls were told badly; then the lake took them in."""
    from tests.ingestion_lake import installation

    folder = tmp_path_factory.mktemp("calls")
    door = Door(installation(folder), folder)
    true = list(calls(11, START, 10, 60))
    told = list(disturbed(in_order(true), 3))
    for at in range(0, len(told), PIECE):
        take(door, *told[at : at + PIECE])
    yield door, true
    door.lake.close()


def take(door: Door, *events: object) -> None:
    contract = door.lake.contract_of(TENANT)
    taken = take_events(door.lake, TENANT, ACTOR, contract, events)
    assert [one.error for one in taken if one.error is not None] == []


def by_hand(true: list[TrueCall]) -> dict[str, float]:
    inbound = [call for call in true if call.direction == "inbound"]
    answered = [call for call in true if call.answered]
    short = sum(not call.answered and call.wait_seconds <= 5 for call in inbound)
    return {
        "offered": len(inbound),
        "answered": len(answered),
        "abandoned": sum(not call.answered for call in inbound),
        "service_level": sum(c.answered and c.wait_seconds <= 20 for c in inbound)
        / (len(inbound) - short),
        "average_speed_of_answer_seconds": sum(c.wait_seconds for c in answered) / len(answered),
        "average_handle_time_seconds": sum(
            c.talk_seconds + c.hold_seconds + (c.passed_on or 0) + c.after_call_seconds
            for c in answered
        )
        / len(answered),
    }


def test_live_figures_are_those_of_the_truth(replayed: tuple[Door, list[TrueCall]]):
    door, true = replayed
    live = live_figures(door.lake.store, TENANT, START + timedelta(minutes=30), 4)
    told = asdict(live.today)
    for name, value in by_hand(true).items():
        assert told[name] == pytest.approx(value, abs=0.005), name
    assert live.now.waiting == live.now.in_progress == 0
    assert live.occupancy is not None
    assert 0 < live.occupancy <= 1
    by_type = {group.value: group.figures.calls for group in live.by["customer_type"]}
    assert sum(by_type.values()) == len(true)
    assert by_type["residential"] == sum(c.customer_type == "residential" for c in true)


def test_drained_into_gold_the_same_figures_come_out(replayed: tuple[Door, list[TrueCall]]):
    door, true = replayed
    assert pending(door.lake.store, TENANT).count >= len(true)
    receipts = drain(door.lake, TENANT)
    assert sum(receipt.counts["quarantined"] for receipt in receipts) == 0
    refine(door.lake, TENANT)
    live = live_figures(door.lake.store, TENANT, START + timedelta(minutes=30), 4)
    (whole,) = history(door.lake, TENANT, (START, TOMORROW), "day")
    assert close(whole[1], live.today)
    for name in ("queue", "product", "direction"):
        groups = dict(history(door.lake, TENANT, (START, TOMORROW), name))
        assert groups.keys() == {group.value for group in live.by[name]}
        assert all(close(groups[group.value], group.figures) for group in live.by[name])
    hours = dict(history(door.lake, TENANT, (START, TOMORROW), "hour"))
    assert [f"{hour.hour_at:%Y-%m-%dT%H:%M:%SZ}" for hour in live.hours] == list(hours)


def close(one: Figures, other: Figures) -> bool:
    return asdict(one) == pytest.approx(asdict(other), abs=1e-9)


def test_gold_has_each_call_once_as_it_was(replayed: tuple[Door, list[TrueCall]]):
    door, true = replayed
    rows = door.lake.arrow(door.lake.ref(TENANT, "gold", "call")).to_pylist()
    found = {row["call_id"]: row for row in rows}
    assert len(rows) == len(found) == len(true)
    for call in true:
        row = found[f"sim/{call.call_id}"]
        assert row["answered"] is call.answered
        assert row["transferred"] is (call.answered and call.passed_on is not None)
        assert row["wait_seconds"] == pytest.approx(call.wait_seconds, abs=0.002)
        assert row["person_token"] is not None


PHONE, ID = "+57 300 555 0101", "1010001277"


def told(kind: str, at: datetime, call: str = "L-1", **more: str) -> dict[str, str]:
    said = {"event_id": f"{call}-{kind}", "call_id": call, "type": kind, "at": at.isoformat()}
    return said | more


def with_customer(door: Door) -> None:
    header = "customer_id,full_name,effective_at,phone,segment"
    rows = [f"{ID},Ana,2024-01-01,{PHONE},business", "1010001999,Luz,2024-01-01,3005550202,"]
    door.customers(*rows, header=header)
    refine(door.lake, TENANT)
    build_online(door.lake, TENANT, door.lake.contract_of(TENANT))


def test_a_telephone_tells_the_customer_and_their_type_and_erasure_forgets_the_calls(door: Door):
    with_customer(door)
    now = utc_now()
    take(door, told("ringing", now, phone="3005550101"), told("ringing", now, "L-2", phone="31"))
    (token,) = person_named(door.lake, TENANT, ID).tokens
    with door.lake.store.reading() as session:
        found = {row.call_key: row for row in session.execute(CALL.select())}
    assert (found["/L-1"].person_token, found["/L-1"].customer_type) == (token, "business")
    assert found["/L-2"].person_token is None
    from models.erasure import erase_person

    person = person_named(door.lake, TENANT, ID)
    receipt = erase_person(door.lake, TENANT, OFFICER, person, request="PQR-118")
    assert receipt.places["calls"]["rows"] == 1
    with door.lake.store.reading() as session:
        assert [row.call_key for row in session.execute(CALL.select())] == ["/L-2"]


def test_calls_leave_the_store_when_nothing_is_done_with_them_any_more(door: Door):
    take(door, told("ringing", utc_now()), told("abandoned", utc_now()))
    later = utc_now() + KEPT + timedelta(days=1)
    (due,) = plan_retention(door.lake, TENANT, later)
    assert (due.place, due.count) == ("store.calls", 1)
    receipt = run_retention(door.lake, TENANT, OFFICER, later)
    assert receipt is not None
    assert receipt.places["store.calls"]["rows"] == 1
    assert calls_before(door.lake.store, TENANT, later) == 0
    assert plan_retention(door.lake, TENANT, later) == []


def test_the_end_of_a_tenant_takes_its_calls_along(tmp_path: Path, door: Door):
    from models.tenant_end import erase_tenant
    from tenancy.tenant_end import tenant_to_end

    take(door, told("ringing", utc_now()))
    staff = replace(ACTOR, kind="staff")
    tenant = tenant_to_end(door.lake.store, staff, TENANT.id)
    receipt = erase_tenant(door.lake, staff, tenant, confirm=TENANT.name, request="R-9")
    kept = {place: what["rows"] for place, what in receipt.places.items() if "call" in place}
    assert kept["store.calls"] == kept["store.call_events"] == 1
