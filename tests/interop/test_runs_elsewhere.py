"""Runs as OpenLineage events: a receiver hears of each, in the standard's words, and no secret."""

import json
import logging
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import InvalidUpload
from foundation.ports import free_port
from models.refresh import refresh
from tests.ingestion_lake import TENANT, Door, installation
from tests.interop.lineage import Event, Receiver, facets, faults, receiving

pytestmark = pytest.mark.slow
KEY = "zzz-key-of-the-receiver"
PERSON = "10100012"
ROWS = [
    f"{PERSON}{n:03d},Ana Ríos {n},2024-01-01,{n % 60},{n % 7 + 10},{n},"
    f"{'yes' if n % 60 < 20 else 'no'}"
    for n in range(240)
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """Return a receiver that has heard of an upload, one that failed, and a refresh."""
    folder = tmp_path_factory.mktemp("told")
    key = folder / "key"
    key.write_text(f"{KEY}\n")
    with receiving() as receiver:
        settings = replace(
            installation(folder), openlineage=receiver.address, openlineage_key_file=key
        )
        door = Door(settings, folder)
        door.customers(*ROWS, f"{PERSON}999,Luz Peña,mañana,1,1,1,no", kind="snapshot")
        with pytest.raises(InvalidUpload):
            door.send(door.write("", "Ana Ríos.csv"), "customers")
        refresh(door.lake, TENANT)
        door.lake.close()
        yield receiver


def of(told: Receiver, job: str, state: str) -> Event:
    """Return the last event of a job in a state."""
    return [e for e in told.events if (e["job"]["name"], e["eventType"]) == (job, state)][-1]


def names(event: Event, side: str) -> set[str]:
    return {one["name"] for one in event[side]}


def test_every_event_keeps_the_standard(told: Receiver):
    assert {event["eventType"] for event in told.events} == {"START", "COMPLETE", "FAIL"}
    assert [fault for event in told.events for fault in faults(event)] == []
    assert told.paths == {"/api/v1/lineage"}


def test_every_run_begins_once_and_ends_once(told: Receiver):
    runs: dict[str, list[str]] = {}
    for event in told.events:
        runs.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert {tuple(states) for states in runs.values()} == {("START", "COMPLETE"), ("START", "FAIL")}
    jobs = {event["job"]["name"] for event in told.events}
    assert jobs >= {"receive.customers", "refresh", "gold", "train.churn", "score.churn"}


def test_the_way_from_a_file_to_scores_can_be_followed(told: Receiver):
    way = {
        "receive.customers": ("landing.customers", "silver.customers"),
        "gold": ("silver.customers", "gold.customer"),
        "train.churn": ("gold.customer", "model.churn"),
        "score.churn": ("model.churn", "gold.score"),
    }
    for job, (source, target) in way.items():
        event = of(told, job, "COMPLETE")
        assert source in names(event, "inputs"), job
        assert target in names(event, "outputs"), job
    parent = of(told, "gold", "COMPLETE")["run"]["facets"]["parent"]
    assert parent["job"]["name"] == "refresh"
    assert parent["run"]["runId"] == of(told, "refresh", "START")["run"]["runId"]


def test_columns_versions_counts_and_checks_are_told(told: Receiver):
    event = of(told, "receive.customers", "COMPLETE")
    (silver,) = (one for one in event["outputs"] if one["name"] == "silver.customers")
    (rejected,) = (one for one in event["outputs"] if one["name"] == "quarantine.customers")
    assert silver["outputFacets"]["outputStatistics"]["rowCount"] == len(ROWS)
    assert rejected["outputFacets"]["outputStatistics"]["rowCount"] == 1
    columns = {one["name"]: one["type"] for one in silver["facets"]["schema"]["fields"]}
    assert columns["monthly_charge"] == "decimal128(18, 4)"
    assert int(silver["facets"]["version"]["datasetVersion"]) >= 0
    (read,) = (one for one in event["inputs"] if one["name"] == "silver.customers")
    checks = read["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert {check["success"] for check in checks} == {True}
    (source,) = (
        one for one in of(told, "gold", "COMPLETE")["inputs"] if one["name"] == "silver.customers"
    )
    assert source["inputFacets"]["inputStatistics"]["rowCount"] == len(ROWS)


def test_a_tenant_has_a_namespace_of_its_own(told: Receiver):
    spaces = {
        one["namespace"]
        for event in told.events
        for one in (event["job"], *event["inputs"], *event["outputs"])
    }
    assert spaces == {f"abcall.{TENANT.id}"}


def test_no_person_no_secret_and_no_name_of_a_file_is_told(told: Receiver):
    everything = json.dumps(told.events, ensure_ascii=False)
    assert all(word not in everything for word in (PERSON, "Ríos", "Peña", ".csv", KEY))
    assert told.keys == {f"Bearer {KEY}"}
    failed = of(told, "receive.customers", "FAIL")["run"]["facets"]["errorMessage"]
    assert failed["message"].startswith("reading.")
    named = {name for event in told.events for name, _ in facets(event)}
    assert "environmentVariables" not in named


@pytest.mark.parametrize("receiver", ["away", "failing"])
def test_a_receiver_at_fault_stops_no_run_and_the_log_says_so(
    receiver: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with receiving() as answering:
        answering.answer = 500
        away = f"http://127.0.0.1:{free_port()}/"
        address = away if receiver == "away" else answering.address
        door = Door(replace(installation(tmp_path), openlineage=address), tmp_path)
        with caplog.at_level(logging.WARNING, "abcall.lineage"):
            assert door.customers(*ROWS[:3]).counts["inserted"] == 3
        door.lake.close()
    (told,) = [r.getMessage() for r in caplog.records if r.name == "abcall.lineage"]
    assert address in told
    assert "receive.customers" in told


def test_a_receiver_that_sends_us_elsewhere_is_not_followed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with receiving() as sending, receiving() as other:
        sending.answer, sending.elsewhere = 307, other.address
        door = Door(replace(installation(tmp_path), openlineage=sending.address), tmp_path)
        with caplog.at_level(logging.WARNING, "abcall.lineage"):
            assert door.customers(*ROWS[:3]).counts["inserted"] == 3
        door.lake.close()
        assert (bool(sending.events), other.events) == (True, [])
    assert any(r.name == "abcall.lineage" for r in caplog.records)


def test_a_file_takes_one_event_a_line_and_is_nobody_elses(tmp_path: Path):
    file = tmp_path / "events.ndjson"
    door = Door(replace(installation(tmp_path), openlineage=str(file)), tmp_path)
    door.customers(*ROWS[:3])
    door.lake.close()
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"]
    assert [fault for event in events for fault in faults(event)] == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
