"""Who may ask: the key alone says which tenant, and each answer is in the caller's language."""

import pytest

from tests.unit.serving.conftest import ACME, GLOBEX, Service

ROUTES = ("/v1/score/incidents", "/v1/score/customers", "/v1/models/churn/score")
INCIDENT = {"text": "El internet se cae"}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("given", "key"),
    [
        (None, "serving.no_key"),
        ("", "serving.no_key"),
        ("Bearer", "serving.no_key"),
        ("Basic dXNlcjpwYXNz", "serving.no_key"),
        ("Bearer nonsense", "tenancy.wrong_key"),
        (f"Bearer abk_{'0' * 12}_{'a' * 43}", "tenancy.wrong_key"),
    ],
)
def test_without_a_right_key_nothing_is_answered(
    service: Service, route: str, given: str | None, key: str
):
    headers = {} if given is None else {"Authorization": given}
    answer = service.client.post(route, json=INCIDENT, headers=headers)
    assert answer.status_code == 401
    assert answer.json["error"]["key"] == key
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="abcall"'


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("scope", ["feed", "read"])
def test_a_key_of_another_scope_is_refused(service: Service, route: str, scope: str):
    answer = service.client.post(route, json=INCIDENT, headers=service.key(ACME, scope))
    assert answer.status_code == 403
    assert answer.json["error"]["key"] == "tenancy.not_allowed"
    assert answer.json["error"]["details"] == {"wanted": "score"}


def test_the_key_is_looked_at_before_the_body(service: Service):
    assert service.client.post(ROUTES[0], data=b"{").status_code == 401


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        (None, "es"),
        ("en", "en"),
        ("en-GB,es;q=0.5", "en"),
        ("fr, es-CO;q=0.8", "es"),
        ("fr", "es"),
        ("*", "es"),
        ("en;q=0", "es"),
    ],
)
def test_an_answer_speaks_what_was_asked_for_else_the_tenants_language(
    service: Service, acme: dict[str, str], asked: str | None, spoken: str
):
    headers = acme | ({} if asked is None else {"Accept-Language": asked})
    answer = service.client.post(ROUTES[0], json={"incidents": []}, headers=headers)
    sentence = {
        "es": "El campo «incidents» debe ser una lista con al menos un elemento.",
        "en": "The field “incidents” must be a list with at least one item.",
    }
    assert answer.json["error"]["message"] == sentence[spoken]
    assert answer.headers["Content-Language"] == spoken


def test_a_tenant_that_speaks_english_is_answered_in_english(service: Service):
    answer = service.client.post(ROUTES[0], json={}, headers=service.key(GLOBEX))
    assert answer.json["error"]["message"].startswith("“incident” says nothing")


@pytest.mark.parametrize("route", [*ROUTES, "/health", "/docs", "/openapi.json", "/nowhere"])
def test_every_answer_carries_the_security_headers(service: Service, route: str):
    headers = service.client.get(route).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_an_unknown_address_and_method_are_said_as_errors(service: Service):
    nowhere, wrong = service.client.get("/v2"), service.client.get(ROUTES[0])
    assert (nowhere.status_code, nowhere.json["error"]["key"]) == (404, "serving.no_route")
    assert (wrong.status_code, wrong.json["error"]["key"]) == (405, "serving.no_method")
    assert "POST" in wrong.headers["Allow"]
