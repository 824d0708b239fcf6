"""``GET /v1/search``: a tenant's incidents by their words, as soon as they were registered."""

from typing import Any

import pytest

from tests.unit.serving.conftest import ACME, GLOBEX, Service

ROUTE = "/v1/search"
TEXT = "El módem quedó en rojo; escríbame a ana.perez@example.com"


@pytest.fixture(scope="module")
def registered(service: Service) -> str:
    """Register an incident of acme and return its number."""
    headers = service.key(ACME, "score", "feed") | {"Idempotency-Key": "search-1"}
    body = {"text": TEXT, "channel": "chat", "kind": "claim"}
    answer = service.client.post("/v1/incidents", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json["incident_id"])


def ask(service: Service, tenant: Any = ACME, **asked: str) -> Any:  # noqa: ANN401
    headers = service.key(tenant, "read") | {"Accept-Language": "en"}
    return service.client.get(ROUTE, query_string=asked, headers=headers)


def test_an_incident_is_found_as_soon_as_it_was_registered(service: Service, registered: str):
    answer = ask(service, q="modem")
    assert answer.status_code == 200, answer.text
    (hit,) = answer.json["hits"]
    assert (hit["incident_id"], hit["channel"]) == (registered, "chat")
    (place,) = hit["places"]
    assert (place["part"], place["source"], place["second"]) == ("text", "text", None)
    assert TEXT[place["start"] : place["end"]] == "módem"
    assert answer.json["next"] is None


def test_what_is_personal_is_neither_found_nor_shown(service: Service, registered: str):
    assert ask(service, q="perez").json["hits"] == []
    assert "ana.perez" not in ask(service, q="modem").text


def test_another_tenant_finds_nothing_of_it(service: Service, registered: str):
    assert ask(service, GLOBEX, q="modem").json["hits"] == []
    answer = ask(service, GLOBEX, similar_to=registered)
    assert answer.status_code == 404
    assert answer.json["error"]["key"] == "search.no_incident"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({}, "search.nothing_asked"),
        ({"q": "a" * 301}, "search.too_long"),
        ({"q": "x", "colour": "red"}, "search.unknown_name"),
        ({"q": "x", "from": "yesterday"}, "search.bad_moment"),
        ({"q": "x", "limit": "-1"}, "search.bad_number"),
        ({"q": "x", "limit": "101"}, "search.bad_limit"),
        ({"q": "x", "channel": "c" * 201}, "serving.too_long"),
    ],
)
def test_a_wrong_question_is_refused_in_words(service: Service, asked: dict[str, str], key: str):
    answer = ask(service, **asked)
    assert answer.status_code == 422
    assert answer.json["error"]["key"] == key


def test_an_option_comes_once(service: Service):
    headers = service.key(ACME, "read")
    answer = service.client.get(f"{ROUTE}?q=a&q=b", headers=headers)
    assert answer.json["error"]["key"] == "search.twice"


def test_a_key_that_may_not_read_is_refused(service: Service):
    answer = service.client.get(ROUTE, query_string={"q": "x"}, headers=service.key(ACME, "score"))
    assert answer.status_code == 403
