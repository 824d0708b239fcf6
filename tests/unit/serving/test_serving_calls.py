"""Calls over HTTP: events in with a result each, figures out."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from foundation.clock import utc_now
from serving.limits import MOST_RECORDS
from tests.unit.serving.conftest import GLOBEX, Service

EVENTS, LIVE, FIGURES = "/v1/calls/events", "/v1/calls/live", "/v1/calls/figures"
SPAN = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"


def event(number: int, kind: str = "ringing", **more: str) -> dict[str, Any]:
    at = (utc_now() - timedelta(seconds=60)).isoformat()
    return {"event_id": f"e{number}", "call_id": "c1", "type": kind, "at": at} | more


@pytest.fixture(scope="module")
def key(service: Service) -> dict[str, str]:
    return service.key(GLOBEX, "feed", "read")


def post(service: Service, key: dict[str, str], body: object) -> TestResponse:
    return service.client.post(EVENTS, json=body, headers=key)


def test_one_event_or_several_are_taken_and_again_are_duplicates(
    service: Service, key: dict[str, str]
):
    one = event(1, queue="support")
    first = post(service, key, one)
    assert (first.status_code, first.json) == (
        200,
        {
            "accepted": 1, "duplicates": 0, "rejected": 0,
            "results": [{"event_id": "e1", "outcome": "accepted"}],
        },
    )  # fmt: skip
    both = post(service, key, {"events": [one, event(2, "answered", agent_id="7")]})
    assert both.status_code == 200
    assert [r["outcome"] for r in both.json["results"]] == ["duplicate", "accepted"]
    live = service.client.get(LIVE, headers=key).json
    assert live["now"]["in_progress"] == live["now"]["agents_on_calls"] == 1
    assert live["by"]["queue"][0]["value"] == "support"
    assert live["today"]["service_level"] == 1.0


def test_rejected_events_are_told_beside_those_that_were_taken(
    service: Service, key: dict[str, str]
):
    mixed = post(service, key, {"events": [event(3, "danced"), event(4, call_id="c2")]})
    assert mixed.status_code == 207
    assert mixed.json["rejected"] == mixed.json["accepted"] == 1
    error = mixed.json["results"][0]["error"]
    assert error["key"] == "calls.unknown_type"
    assert error["message"].startswith("The field “type” must be one of: ringing, answered")
    none = post(service, key, event(5, "danced"))
    assert (none.status_code, none.json["error"]["key"]) == (422, "calls.none_taken")
    assert none.json["results"][0]["error"]["key"] == "calls.unknown_type"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"events": []}, 422, "serving.no_records"),
        ({"events": {}}, 422, "serving.no_records"),
        ({"events": [1], "more": 1}, 422, "serving.unknown_field"),
        ([1], 422, "serving.not_object"),
        ({"events": [1] * (MOST_RECORDS + 1)}, 413, "serving.too_many_records"),
    ],
)
def test_a_body_of_no_events_is_refused_whole(
    service: Service, key: dict[str, str], body: object, status: int, error: str
):
    answer = post(service, key, body)
    assert (answer.status_code, answer.json["error"]["key"]) == (status, error)


@pytest.mark.parametrize(("route", "scope"), [(EVENTS, "read"), (LIVE, "feed"), (FIGURES, "score")])
def test_each_route_asks_for_its_scope(service: Service, route: str, scope: str):
    headers = service.key(GLOBEX, scope)
    call = service.client.post if route == EVENTS else service.client.get
    assert (
        call(route, headers=headers, **({"json": {}} if route == EVENTS else {})).status_code == 403
    )


def test_history_without_calls_is_empty_and_its_span_must_be_one(
    service: Service, key: dict[str, str]
):
    asked = service.client.get(f"{FIGURES}?{SPAN}", headers=key)
    assert (asked.status_code, asked.json) == (200, {"groups": []})
    for query, error in (
        ("from=2026-11-01&to=2026-10-01", "calls.bad_span"),
        ("from=1000-01-01&to=2026-10-01", "calls.bad_span"),
        ("to=2026-10-01", "calls.bad_moment"),
        ("from=soon&to=2026-10-01", "calls.bad_moment"),
        (f"{SPAN}&by=agent", "calls.unknown_by"),
    ):
        answer = service.client.get(f"{FIGURES}?{query}", headers=key)
        assert (answer.status_code, answer.json["error"]["key"]) == (422, error), query


def test_the_document_describes_events_and_all_answers(service: Service):
    spec = service.client.get("/openapi.json").json
    told = spec["paths"][EVENTS]["post"]
    assert {"200", "207", "401", "403", "422"} <= told["responses"].keys()
    assert "EventsRefused" in str(told["responses"]["422"])
    assert spec["components"]["schemas"]["CallEvent"]["required"] == [
        "event_id", "call_id", "type", "at",
    ]  # fmt: skip
    assert [p["name"] for p in spec["paths"][FIGURES]["get"]["parameters"]] == ["from", "to", "by"]
