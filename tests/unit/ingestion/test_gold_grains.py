"""Gold, one table a grain: tiny silver in, the rows and figures expected out."""

from datetime import timedelta
from decimal import Decimal

import pytest

from foundation.settings import Settings
from ingestion.gold.grains import Grain, grains
from lakehouse.engine import Engine, open_engine
from tests.silver_rows import TELECOM, Rows, day, gold_of, silver


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine(Settings.at(tmp_path_factory.mktemp("gold")))


def gold_rows(engine: Engine, name: str, **tables: Rows) -> list[dict[str, object]]:
    order = {grain.name: grain.order for grain in grains()}[name]
    frame = gold_of(engine, **tables)[name]
    return engine.arrow(frame.orderBy(*order)).to_pylist()


def call(minute: float, **cells: object) -> dict[str, object]:
    known = {"person_token": "ana", "direction": "inbound", "queue": "soporte", "product": "fibra"}
    started_at = day(0) + timedelta(minutes=minute)
    return known | {"call_id": f"c{minute}", "started_at": started_at} | cells


def test_there_is_one_table_a_grain():
    found = {grain.name: grain.source for grain in grains()}
    assert found == {
        "call": "calls",
        "customer": "customers",
        "hour": "calls",
        "incident": "incidents",
        "offer": "offers",
        "response": "responses",
    }


def test_every_version_of_a_customer_is_a_row_and_one_is_current(engine: Engine):
    versions = [
        {
            "person_token": "ana",
            "valid_from": day(0),
            "valid_to": day(9),
            "monthly_charge": Decimal("30.50"),
        },
        {"person_token": "ana", "valid_from": day(9), "monthly_charge": Decimal("45.00")},
    ]
    first, second = gold_rows(engine, "customer", customers=versions)
    assert [first["is_current"], second["is_current"]] == [False, True]
    assert [first["monthly_value"], second["monthly_value"]] == [Decimal("30.50"), Decimal("45")]
    assert first["currency"] == "COP"
    assert first["valid_to"] == second["valid_from"] == day(9)


def test_gold_of_customers_holds_neither_identifiers_nor_the_vaults_columns(engine: Engine):
    columns = set(gold_rows(engine, "customer", customers=[{"person_token": "ana"}])[0])
    personal = {
        c.name for c in TELECOM.table("customers").columns if c.classification == "personal"
    }
    assert personal
    assert not columns & (personal | {"customer_id", "row_key", "upload_id", "operation"})


def test_an_incident_is_resolved_from_opening_to_closing(engine: Engine):
    incidents = [
        {"incident_id": "1", "opened_at": day(0), "closed_at": day(0) + timedelta(seconds=90)},
        {"incident_id": "2", "opened_at": day(1)},
        {"incident_id": "3", "opened_at": day(2), "closed_at": day(1)},
    ]
    rows = gold_rows(engine, "incident", incidents=incidents)
    assert [row["resolution_seconds"] for row in rows] == [90.0, None, None]


def test_handle_time_is_talk_hold_and_after_call_work_of_answered_calls(engine: Engine):
    calls = [
        call(0, answered=True, talk_seconds=100, hold_seconds=20, after_call_seconds=5),
        call(1, answered=True, talk_seconds=100),
        call(2, answered=False),
        call(3, talk_seconds=60),
    ]
    rows = gold_rows(engine, "call", calls=calls)
    assert [row["handle_seconds"] for row in rows] == [125.0, 100.0, None, 60.0]
    assert [row["abandoned"] for row in rows] == [False, False, True, False]


def test_an_hour_counts_at_the_boundaries_of_short_abandon_and_target(engine: Engine):
    calls = [
        call(0, answered=True, wait_seconds=20, talk_seconds=60),
        call(10, answered=True, wait_seconds=21, talk_seconds=40),
        call(20, answered=False, wait_seconds=5),
        call(30, answered=False, wait_seconds=6),
        call(40, answered=False),
        call(59, direction="outbound", answered=True, talk_seconds=30, wait_seconds=3),
        call(60, answered=True, wait_seconds=0, talk_seconds=10),
    ]
    rows = gold_rows(engine, "hour", calls=calls)
    names = ("calls", "offered", "answered", "abandoned", "short_abandoned", "within_target")
    figures = [[row[name] for name in names] for row in rows]
    assert [(row["hour_at"], row["direction"]) for row in rows] == [
        (day(0), "inbound"),
        (day(0), "outbound"),
        (day(0) + timedelta(hours=1), "inbound"),
    ]
    assert figures == [[5, 5, 2, 3, 1, 1], [1, 0, 1, 0, 0, 0], [1, 1, 1, 0, 0, 1]]
    assert [row["wait_seconds_sum"] for row in rows] == [41.0, 3.0, 0.0]
    assert [row["handle_seconds_sum"] for row in rows] == [100.0, 30.0, 10.0]


def test_hours_add_up_to_the_calls(engine: Engine):
    calls = [call(7 * n, answered=n % 3 > 0, queue=["a", "b", None][n % 3]) for n in range(60)]
    rows = gold_rows(engine, "hour", calls=calls)
    assert sum(int(str(row["calls"])) for row in rows) == 60
    assert sum(int(str(row["answered"])) + int(str(row["abandoned"])) for row in rows) == 60


def test_offers_and_responses_are_as_silver_holds_them(engine: Engine):
    offer = {"offer_id": "o1", "person_token": "ana", "offered_at": day(1), "accepted": True}
    reply = {"response_id": "r1", "incident_id": "i1", "replied_at": day(2), "text": "listo"}
    (offered,) = gold_rows(engine, "offer", offers=[offer])
    (replied,) = gold_rows(engine, "response", responses=[reply])
    assert offer.items() <= offered.items()
    assert reply.items() <= replied.items()
    assert "person_token" not in replied


@pytest.mark.parametrize("grain", grains(), ids=lambda grain: grain.name)
def test_a_table_without_rows_gives_gold_without_rows(engine: Engine, grain: Grain):
    nothing = engine.frame(silver(grain.source, [{}])).where("1 = 0")
    gold = engine.arrow(grain.build(nothing, TELECOM, "COP"))
    assert gold.num_rows == 0
    assert "recorded_at" in gold.column_names or grain.name == "hour"
