"""The features of an incident that comes in now are those that a batch would give it."""

import math
from collections.abc import Iterator
from datetime import timedelta

import pyarrow as pa
import pytest

from features.build import declared
from features.live import incident_frame
from features.shapes import Record
from features.training_set import current_entities
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from operations.incidents.intake import Intake, as_rows
from tests.silver_rows import ACME, TELECOM, day, gold_of, lake_at

TABLE, MODEL = TELECOM.table("incidents"), "incident_risk"
CUSTOMERS = [
    {"person_token": "ana", "valid_from": day(0), "valid_to": day(50), "monthly_charge": 50_000},
    {"person_token": "ana", "valid_from": day(50), "monthly_charge": 90_000},
    {"person_token": "luz", "valid_from": day(0), "contract_type": "month_to_month"},
]
INCIDENTS = [
    {"incident_id": "1", "person_token": "ana", "opened_at": day(40), "kind": "claim"},
    {"incident_id": "2", "person_token": "ana", "opened_at": day(60), "kind": "complaint"},
    {
        "incident_id": "3",
        "person_token": "ana",
        "opened_at": day(60),
        "kind": "claim",
        "channel": "chat",
        "product": "fibra",
        "text": "No hay señal",
    },
    {"incident_id": "4", "person_token": "luz", "opened_at": day(61.25), "text": "Gracias"},
    {"incident_id": "5", "person_token": None, "opened_at": day(61.5), "kind": "petition"},
    {"incident_id": "6", "person_token": "stranger", "opened_at": day(61.75)},
]
CALLS = [
    {"call_id": str(n), "person_token": "ana", "started_at": day(n), "wait_seconds": 10 * n}
    for n in (1, 35, 59, 60, 62)
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with lake_at(tmp_path_factory.mktemp("live")) as lake:
        gold = gold_of(lake.engine, customers=CUSTOMERS, incidents=INCIDENTS, calls=CALLS)
        for name, frame in gold.frames.items():
            lake.writer.replace(lake.ref(ACME, "gold", name), frame, Commit("test:gold"))
        yield lake


def comparable(record: Record) -> Record:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in record.items()
    }


def intake(row: dict[str, object]) -> Intake:
    values = {k: v for k, v in row.items() if k not in ("person_token", "opened_at")}
    return Intake(row["incident_id"], row["person_token"], row["opened_at"], values)


def live(lake: Lake, rows: list[dict[str, object]]) -> list[Record]:
    taken = [feature.spec(TELECOM) for feature in declared(TELECOM.model(MODEL), TELECOM)]
    given: pa.Table = as_rows(TELECOM, [intake(row) for row in rows], taken)
    frame = incident_frame(lake, ACME, TELECOM, MODEL, given)
    return [comparable(record) for record in frame.records]


def test_a_live_record_equals_the_batchs(lake: Lake):
    batch = current_entities(lake, ACME, TELECOM, MODEL)
    expected = dict(zip(batch.entity_ids.tolist(), map(comparable, batch.records), strict=True))
    assert set(expected) == {"2", "3", "4", "5", "6"}
    found = live(lake, INCIDENTS[1:])
    assert found == [expected[row["incident_id"]] for row in INCIDENTS[1:]]
    assert found[1]["incidents_last_30_days"] == 1.0


def test_alone_and_in_company_an_incident_has_the_same_record(lake: Lake):
    together = live(lake, INCIDENTS)
    assert [live(lake, [row])[0] for row in INCIDENTS[2:5]] == together[2:5]


def test_records_come_in_the_order_of_the_request(lake: Lake):
    assert live(lake, INCIDENTS[::-1]) == live(lake, INCIDENTS)[::-1]


def test_an_incident_sees_nothing_that_happens_when_it_opens_or_later(lake: Lake):
    at = INCIDENTS[2] | {"opened_at": day(60)}
    after = INCIDENTS[2] | {"opened_at": day(60) + timedelta(microseconds=1)}
    early, late = live(lake, [at, after])
    assert (early["incidents_last_30_days"], late["incidents_last_30_days"]) == (1.0, 3.0)
    assert (early["calls_last_30_days"], late["calls_last_30_days"]) == (2.0, 3.0)


def test_the_versions_of_the_tables_read_are_told(lake: Lake):
    rows = as_rows(TELECOM, [intake(INCIDENTS[0])])
    frame = incident_frame(lake, ACME, TELECOM, MODEL, rows)
    assert frame.table_versions == {"customer": 0, "incident": 0, "call": 0}
