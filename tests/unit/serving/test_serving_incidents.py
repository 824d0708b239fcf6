"""Incidents over HTTP: registered once, told again, ended, and never another tenant's."""

import base64
import json
import threading
from datetime import timedelta
from operator import itemgetter
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from benchmarks.multimodal.hostile_files import image
from foundation.clock import utc_now
from operations.incidents.attachments import LARGEST_BYTES
from operations.incidents.events import tell_registered
from operations.incidents.keeping import store_files
from operations.outbox.changes import opened
from operations.outbox.drain import pending
from operations.outbox.file import shared_out
from serving.limits import MOST_RECORDS
from tenancy.incident_files import FILES, files_of
from tenancy.incidents import StoredIncident, get_incident
from tenancy.outbox import changes_of, fix_batches, open_batches
from tenancy.webhook_tables import WebhookMessageRow
from tenancy.webhooks import add_webhook, end_webhook
from tests.transactions import transactions
from tests.unit.serving.conftest import ACME, GLOBEX, STAFF, Service

ROUTE = "/v1/incidents"
SAID = {"customer_id": "CC 52.123.456", "text": "Mi vecina Petra: 3001234567", "kind": "queja"}
PARTS = {"risk", "churn", "intent", "urgency", "replies", "offer"}
PICTURE = image("PNG")
PNG = base64.b64encode(PICTURE).decode()
numbers = iter(range(10**6))


@pytest.fixture(scope="module")
def key(service: Service) -> dict[str, str]:
    return service.key(ACME, "score", "read")


def post(
    service: Service, headers: dict[str, str], body: object, key: str | None = None
) -> TestResponse:
    named = {} if key is None else {"Idempotency-Key": key}
    return service.client.post(ROUTE, json=body, headers=headers | named)


def registered(service: Service, headers: dict[str, str], **more: object) -> dict[str, Any]:
    answer = post(service, headers, SAID | more, f"new-{next(numbers)}")
    assert answer.status_code == 201, answer.text
    return answer.json


def change_rows(service: Service, incident_id: str) -> list[dict[str, object]]:
    """Return what is on its way to the lake of one incident, in order."""
    store, keys = service.lake.store, service.lake.keys.of(ACME)
    for table in ("incidents", "responses", "offers"):
        fix_batches(store, ACME, table, shared_out, MOST_RECORDS)
    rows = [
        (change.number, change.table, opened(change, keys))
        for batch in open_batches(store, ACME)
        for change in changes_of(store, ACME, batch)
    ]
    in_order = sorted(rows, key=itemgetter(0))
    return [{"table": t, **r} for _, t, r in in_order if incident_id in str(r)]


def test_without_a_single_model_an_incident_is_registered_and_told_what_is_absent(
    service: Service, key: dict[str, str]
):
    told = registered(service, key)
    assert told["incident_id"].startswith("PQR-") and told["status"] == "open"
    assert {one["part"] for one in told["answer"]["absent"]} == PARTS
    assert all(told["answer"][part] is None for part in PARTS)
    assert {one["key"] for one in told["answer"]["absent"]} == {
        "models.no_champion",
        "models.no_replies",
    }
    assert told["said"]["kind"] == "complaint"
    assert "3001234567" not in json.dumps(told)
    again = service.client.get(f"{ROUTE}/{told['incident_id']}", headers=key)
    assert (again.status_code, again.json) == (200, told)


def test_the_same_request_again_gets_the_same_answer_and_registers_nothing(
    service: Service, key: dict[str, str]
):
    first = post(service, key, SAID, "once")
    waiting = pending(service.lake.store, ACME).count
    second = post(service, key, SAID, "once")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == first.json
    assert pending(service.lake.store, ACME).count == waiting
    other = post(service, key, SAID | {"kind": "reclamo"}, "once")
    assert (other.status_code, other.json["error"]["key"]) == (422, "incidents.key_reused")
    english = key | {"Accept-Language": "en"}
    told = post(service, english, SAID, "once").json
    assert told["incident_id"] == first.json["incident_id"]
    assert told["answer"]["absent"][0]["message"] != first.json["answer"]["absent"][0]["message"]


def test_an_incidents_own_number_is_key_enough(service: Service, key: dict[str, str]):
    body = SAID | {"incident_id": "OWN-1"}
    assert post(service, key, body).status_code == 201
    assert post(service, key, body).status_code == 200
    other = post(service, key, body | {"text": "otra cosa"})
    taken = post(service, key, body, "another key")
    for refused in (other, taken):
        assert (refused.status_code, refused.json["error"]["key"]) == (409, "incidents.exists")
    none = post(service, key, SAID)
    assert (none.status_code, none.json["error"]["key"]) == (422, "incidents.no_key")
    for wrong in (" ", "k" * 201):
        assert post(service, key, SAID, wrong).json["error"]["key"] == "incidents.bad_key"


def test_of_two_that_come_at_once_one_registers_and_both_are_told(
    service: Service, key: dict[str, str]
):
    told: list[TestResponse] = []

    def ask() -> None:
        client = service.client.application.test_client()
        headers = key | {"Idempotency-Key": "at once"}
        told.append(client.post(ROUTE, json=SAID, headers=headers))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in told) == [200, 200, 200, 201]
    assert len({one.text for one in told}) == 1


def test_what_goes_to_the_lake_is_the_row_as_it_came(service: Service, key: dict[str, str]):
    told = registered(service, key, channel="correo")
    (row,) = change_rows(service, told["incident_id"])
    opened_at = row.pop("opened_at")
    assert str(opened_at)[:16] == told["opened_at"][:16]
    sent = SAID | {"channel": "correo", "incident_id": told["incident_id"]}
    assert row == {"table": "incidents", **sent}


REFUSED = {
    "serving.unknown_field": {"colour": "red"},
    "serving.known_later": {"solved": True},
    "serving.not_allowed": {"kind": "poem"},
    "incidents.no_files": {"attachments": "a.png"},
    "incidents.too_many_files": {"attachments": [{}] * 6},
    "incidents.file_nowhere": {"attachments": [{"name": "a", "media_type": "image/png"}]},
    "incidents.no_base64": {
        "attachments": [{"name": "a", "media_type": "image/png", "content": "?"}]
    },
    "media.empty": {"attachments": [{"name": "a", "media_type": "image/png", "content": ""}]},
    "incidents.other_content": {
        "attachments": [
            {"name": "a", "media_type": "image/png", "content": PNG, "sha256": "0" * 64}
        ]
    },
    "incidents.no_sha256": {
        "attachments": [{"name": "a", "media_type": "image/png", "sha256": "x"}]
    },
    "media.other_kind": {
        "attachments": [{"name": "a.pdf", "media_type": "application/pdf", "content": PNG}]
    },
    "media.name_leads": {
        "attachments": [{"name": "../a.png", "media_type": "image/png", "sha256": "0" * 64}]
    },
    "incidents.no_url": {
        "attachments": [{"name": "a", "media_type": "image/png", "url": "file:///etc/passwd"}]
    },
    "incidents.file_too_large": {
        "attachments": [
            {
                "name": "a",
                "media_type": "image/png",
                "content": base64.b64encode(bytes(LARGEST_BYTES + 1)).decode(),
            }
        ]
    },
}


@pytest.mark.parametrize("written", ["IMAGE/PNG", "image/png; name=a.png"])
def test_a_media_type_may_be_written_as_clients_write_it(
    written: str, service: Service, key: dict[str, str]
):
    files = [{"name": "a.png", "media_type": written, "sha256": "0" * 64}]
    (kept,) = registered(service, key, attachments=files)["attachments"]
    assert kept["media_type"] == "image/png"


@pytest.mark.parametrize("wanted", REFUSED)
def test_what_is_no_incident_is_refused_in_a_sentence(
    wanted: str, service: Service, key: dict[str, str]
):
    waiting = pending(service.lake.store, ACME).count
    answer = post(service, key, SAID | REFUSED[wanted], f"refused {wanted}")
    assert answer.status_code in (413, 422)
    assert answer.json["error"]["key"] == wanted
    assert pending(service.lake.store, ACME).count == waiting


def test_a_batch_tells_of_each_for_itself(service: Service, key: dict[str, str]):
    given = [SAID | {"incident_id": "B-1"}, SAID, SAID | {"incident_id": "B-1"}, "nonsense"]
    answer = service.client.post(f"{ROUTE}/batch", json={"incidents": given}, headers=key)
    assert answer.status_code == 207
    results = answer.json["results"]
    assert [one["status"] for one in results] == [201, 422, 200, 422]
    assert results[0]["incident"] == results[2]["incident"]
    assert results[1]["error"]["details"] == {"field": "incidents[1]"}
    named = key | {"Idempotency-Key": "batch"}
    for wanted in (201, 200):
        body = {"incidents": [SAID, SAID]}
        told = service.client.post(f"{ROUTE}/batch", json=body, headers=named).json["results"]
        assert [one["status"] for one in told] == [wanted, wanted]
    assert told[0]["incident"]["incident_id"] != told[1]["incident"]["incident_id"]


def test_a_request_asks_the_store_little_and_writes_once_a_batch_too(
    service: Service, key: dict[str, str]
):
    registered(service, key)
    asked = {}
    for size in (1, 5):
        named = key | {"Idempotency-Key": f"little {size}"}
        with transactions(service.lake.store) as begun:
            body = {"incidents": [SAID] * size}
            answer = service.client.post(f"{ROUTE}/batch", json=body, headers=named)
        assert [one["status"] for one in answer.json["results"]] == [201] * size
        asked[size] = begun
    for size, begun in asked.items():
        assert begun.count("BEGIN IMMEDIATE") == 1, size
        # Fewer than a row each: who is behind the key is looked up again after some seconds.
        assert begun.count("BEGIN DEFERRED") <= 3, (size, begun)


def test_files_are_durable_with_the_incident_and_then_go_to_the_lake(
    service: Service, key: dict[str, str]
):
    files = [
        {"name": "petra.png", "media_type": "image/png", "content": PNG},
        {"name": "b.pdf", "media_type": "application/pdf", "url": "https://a.example/b.pdf"},
    ]
    told = registered(service, key, attachments=files)
    assert [one["size_bytes"] for one in told["attachments"]] == [len(PICTURE), None]
    lake, store = service.lake, service.lake.store
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM incident_attachments").all()
    assert PICTURE not in {value for row in rows for value in row} and "petra" not in repr(rows)
    assert store_files(lake, ACME) == 1
    (kept,) = files_of(store, ACME, told["incident_id"])
    assert lake.objects.get(ACME, FILES, kept.sha256) == PICTURE
    assert store_files(lake, ACME) == 0


def test_how_an_incident_ended_is_told_once(service: Service, key: dict[str, str]):
    told = registered(service, key)
    path = f"{ROUTE}/{told['incident_id']}"
    closed = service.client.patch(path, json={"solved": True}, headers=key).json
    assert (closed["status"], closed["outcome"]["solved"]) == ("closed", True)
    assert service.client.patch(path, json={"solved": True}, headers=key).json == closed
    reopened = service.client.patch(
        path, json={"closed_at": None, "solved": None, "escalated": True}, headers=key
    ).json
    assert (reopened["status"], reopened["closed_at"]) == ("open", None)
    # Models learn from when it happened: by now, where nobody says when.
    happened = reopened["outcome"]["escalated_at"]
    assert told["opened_at"] < happened <= utc_now().isoformat()
    assert service.client.patch(path, json={"escalated": True}, headers=key).json == reopened
    rows = change_rows(service, told["incident_id"])
    assert len(rows) == 3
    assert {"table": "incidents", "incident_id": told["incident_id"], "closed_at": None,
            "solved": None, "escalated": True, "escalated_at": happened} in rows  # fmt: skip
    taken_back = service.client.patch(path, json={"escalated": False}, headers=key).json
    assert taken_back["outcome"]["escalated_at"] is None
    for body, wanted in (
        ({"text": "x"}, "serving.unknown_field"),
        ({}, "serving.says_nothing"),
        ({"solved": "sí"}, "serving.not_boolean"),
        ({"closed_at": "2020-01-01T10:00:00Z"}, "incidents.before_opening"),
        ({"escalated_at": (utc_now() + timedelta(days=2)).isoformat()}, "serving.in_future"),
    ):
        refused = service.client.patch(path, json=body, headers=key)
        assert (refused.status_code, refused.json["error"]["key"]) == (422, wanted)


def test_what_is_told_after_its_horizon_has_no_moment_that_nobody_knows(
    service: Service, key: dict[str, str]
):
    told = registered(service, key, opened_at=(utc_now() - timedelta(days=20)).isoformat())
    path = f"{ROUTE}/{told['incident_id']}"
    late = service.client.patch(path, json={"escalated": True}, headers=key).json["outcome"]
    assert late == {"escalated": True}
    given = {"escalated_at": told["opened_at"]}
    assert service.client.patch(path, json=given, headers=key).json["outcome"] == late | given


def test_feedback_without_suggestions_tells_what_it_can(service: Service, key: dict[str, str]):
    told = registered(service, key)
    path = f"{ROUTE}/{told['incident_id']}/feedback"

    def feed(**body: object) -> TestResponse:
        return service.client.post(path, json=body, headers=key)

    assert feed(reply="R-1").json["error"]["key"] == "incidents.other_reply"
    assert feed(accepted=True).json["error"]["key"] == "incidents.no_offer_told"
    assert feed(offer="a car").json["error"]["key"] == "serving.not_allowed"
    assert feed(liked=True).json["error"]["key"] == "serving.unknown_field"
    assert feed().json["error"]["key"] == "serving.says_nothing"
    assert feed(offer="discount_20", accepted=False).status_code == 200
    late = feed(accepted=True, accepted_at="2026-03-01T10:00:00Z", margin=12.5)
    assert late.json["feedback"]["accepted"] is True
    first, second = (row for row in change_rows(service, told["incident_id"])
                     if row["table"] == "offers")  # fmt: skip
    assert (first["accepted"], second["accepted"], second["margin"]) == (False, True, "12.5000")
    assert (second["customer_id"], second["offer"]) == (SAID["customer_id"], "discount_20")
    # Nobody decided on it by chance: no probability is known.
    assert (second["randomised"], second["propensity_probability"]) == (False, None)
    waiting = pending(service.lake.store, ACME).count
    assert feed(accepted=True, margin=12.5).status_code == 200
    assert pending(service.lake.store, ACME).count == waiting
    assert feed(accepted=False).json["feedback"]["accepted_at"] is None
    assert told["opened_at"] < feed(accepted=True).json["feedback"]["accepted_at"]
    assert feed(solved=True).json["outcome"]["solved"] is True
    assert feed(solved=None).json["outcome"]["solved"] is None


def test_another_tenants_incident_is_not_there(service: Service, key: dict[str, str]):
    told = registered(service, key)
    theirs = service.key(GLOBEX, "admin")
    path = f"{ROUTE}/{told['incident_id']}"
    asked = [
        service.client.get(path, headers=theirs),
        service.client.patch(path, json={"solved": True}, headers=theirs),
        service.client.post(f"{path}/feedback", json={"solved": True}, headers=theirs),
    ]
    assert [one.status_code for one in asked] == [404] * 3
    own = post(service, theirs, SAID | {"incident_id": told["incident_id"]})
    assert own.status_code == 201


def test_each_route_asks_for_its_scope(service: Service, key: dict[str, str]):
    told = registered(service, key)
    path = f"{ROUTE}/{told['incident_id']}"
    score, read = service.key(ACME, "score"), service.key(ACME, "read")
    assert service.client.get(path, headers=score).status_code == 403
    assert service.client.get(path, headers=read).status_code == 200
    assert post(service, read, SAID, "read only").status_code == 403
    assert service.client.patch(path, json={"solved": True}, headers=read).status_code == 403
    assert service.client.get("/v1/scores/x", headers=score).status_code == 403
    assert service.client.get("/v1/scores/x", headers=read).status_code == 404


def test_what_is_stored_names_nobody(service: Service, key: dict[str, str]):
    told = registered(service, key)
    stored = get_incident(service.lake.store, ACME, told["incident_id"])
    assert stored.person_token is not None and len(stored.person_token) == 64
    with service.lake.store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM incidents").all()
    assert b"Petra" not in repr(rows).encode()
    assert "52.123" not in repr(rows) and "52123456" not in repr(rows)


def test_the_companys_systems_are_told_of_an_incident_and_once_of_its_end(
    service: Service, key: dict[str, str]
):
    events = ["incident.registered", "incident.closed"]
    made = add_webhook(
        service.lake.store, service.lake.keys.of(ACME), STAFF, ACME, url="https://crm.example/in",
        events=events,
    )  # fmt: skip
    one = registered(service, key, channel="web")
    address = f"{ROUTE}/{one['incident_id']}"
    for said in ({"satisfaction": 4}, {"solved": True}, {"solved": True}):
        assert service.client.patch(address, json=said, headers=key).status_code == 200
    end_webhook(service.lake.store, STAFF, ACME, made.webhook.id)
    closed, new = told_of(service, one["incident_id"])
    assert (new.type, closed.type) == ("incident.registered", "incident.closed")
    assert new.data == {
        "incident_id": one["incident_id"], "kind": "complaint", "channel": "web",
        "opened_at": one["opened_at"], "score_id": None,
    }  # fmt: skip
    assert (closed.data["solved"], closed.data["closed_at"] is None) == (True, False)
    assert new.person_token is not None
    assert "52" not in new.data["incident_id"] and "Petra" not in str(new.data)


def test_a_high_risk_is_told_with_its_class_and_a_low_one_is_not(service: Service):
    store, keys = service.lake.store, service.lake.keys.of(ACME)
    add_webhook(
        store, keys, STAFF, ACME, url="https://crm.example/r", events=["incident.high_risk"]
    )
    at = utc_now()
    with store.session() as session:
        for risk_class in ("low", "critical"):
            stored = StoredIncident(
                f"R-{risk_class}", "k", "b", "a" * 64, at, at, "claim", "web", None, b"", b"", "x"
            )
            risk = {"score_id": "s", "model": "m", "risk_class": risk_class, "probability": 0.5}
            tell_registered(session, ACME, stored, {"risk": risk})
    assert told_of(service, "R-low") == []
    (told,) = told_of(service, "R-critical")
    assert told.data == {
        "incident_id": "R-critical", "score_id": "s", "model": "m", "risk_class": "critical",
        "probability": 0.5,
    }  # fmt: skip


def told_of(service: Service, incident_id: str) -> list[WebhookMessageRow]:
    """Return what waits to be told of an incident, by event."""
    with service.lake.store.reading() as session:
        rows = session.scalars(select(WebhookMessageRow).order_by(WebhookMessageRow.type)).all()
    return [row for row in rows if row.data["incident_id"] == incident_id]
