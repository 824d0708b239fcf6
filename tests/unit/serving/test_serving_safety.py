"""Safety: sizes, headers, no other origin, and no person's data in any log, whatever is sent."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from itertools import product

import pytest
from werkzeug.routing import Rule

from foundation.settings import Settings
from serving.app import create_app
from serving.limits import HEADERS_LIMIT_BYTES, URL_LIMIT_BYTES
from serving.observed.logs import JsonLines
from serving.server import listen
from tenancy.limits import NO_LIMITS, set_limits
from tests.timing import seconds_of
from tests.unit.serving.conftest import ACME, STAFF, Service

NAME, NUMBER, EMAIL, PHONE = "Juana Inés Pérez", "1023456789", "juana@correo.example", "3001234567"
PERSONAL = (NAME, NUMBER, EMAIL, PHONE)
SAID = f"Soy {NAME}, cédula {NUMBER}, {EMAIL}, {PHONE}"
FIELDS = (
    "text", "customer_id", "customer_ids", "incidents", "incident_id", "product", "subject", "name",
    "url", "events", "scopes", "expires_at", "overlap_seconds", "query", "variables", "call_id",
    "phone", "email",
)  # fmt: skip
VERBS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Return what the service's process writes to stderr, of all loggers, down to debugging."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root, service = logging.getLogger(), logging.getLogger("abcall.serving")
    levels = root.level, service.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    service.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(levels[0])
    service.setLevel(levels[1])


def paths(rule: Rule) -> list[str]:
    """Return a route's path with somebody's data in every place of it."""
    if not rule.arguments:
        return [rule.rule]
    told = []
    for value in (NUMBER, NAME, EMAIL):
        path = rule.rule
        for name in rule.arguments:
            for kind in ("", "path:", "string:", "int:"):
                path = path.replace(f"<{kind}{name}>", value)
        told.append(path)
    return told


def bodies() -> list[object]:
    nested = dict.fromkeys(FIELDS, SAID)
    return [
        nested,
        {"incidents": [nested]},
        {"customer_ids": [NUMBER, NAME, {"email": EMAIL}]},
        {"text": SAID},
        {"scopes": [EMAIL], "name": NAME},
        {"url": f"https://crm.example.com/?email={EMAIL}", "events": [NAME]},
        [SAID],
    ]


def test_no_route_writes_a_persons_data_into_a_log(service: Service, log: StringIO):
    set_limits(service.lake.store, STAFF, ACME, NO_LIMITS.__dict__)
    app = create_app(service.settings, service.lake)
    client = app.test_client()
    key = service.key(ACME, "admin")
    rules = list(app.url_map.iter_rules())
    asked = 0
    for rule, verb in product(rules, VERBS):
        if verb.upper() not in (rule.methods or ()):
            continue
        for path, body in product(paths(rule), bodies()):
            query = {"model": NAME, "state": EMAIL, "customer_id": NUMBER}
            extra = {"Idempotency-Key": SAID.encode("ascii", "ignore").decode(), "X-Name": EMAIL}
            client.open(path, method=verb, json=body, query_string=query, headers=key | extra)
            asked += 1
    client.get(f"/v1/nowhere/{NUMBER}/{EMAIL}", headers=key)
    client.get("/v1/keys", headers={"Authorization": f"Bearer {EMAIL} {NUMBER}"})
    client.post("/v1/score/incidents", data=SAID.encode(), headers=key)
    client.open("/health", method=f"A{NUMBER}")
    written = log.getvalue()
    assert written.count('"event": "answered"') == asked + 4
    assert asked >= 50
    for one in PERSONAL:
        assert one not in written
        assert one.split(maxsplit=1)[0] not in written


def test_a_client_that_vanished_without_a_word_is_noticed():
    with listen("127.0.0.1", 0) as door, socket.create_connection(door.getsockname()):
        door.setblocking(True)
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_the_page_that_needs_no_key_is_made_once(service: Service):
    client = create_app(service.settings, service.lake).test_client()
    first = seconds_of(lambda: client.get("/docs"), times=1)
    assert client.get("/docs").status_code == 200
    assert 5 * seconds_of(lambda: client.get("/docs")) < first


@pytest.mark.parametrize("verb", ["get", "post"])
def test_an_address_has_its_length(service: Service, verb: str):
    answer = getattr(service.client, verb)("/v1/keys?" + "a" * URL_LIMIT_BYTES)
    assert (answer.status_code, answer.json["error"]["key"]) == (414, "serving.url_too_long")
    assert service.client.get("/health?" + "a" * 4_000).status_code == 200


def test_headers_have_their_size(service: Service):
    large = {"X-Large": "a" * HEADERS_LIMIT_BYTES}
    answer = service.client.get("/health", headers=large)
    assert (answer.status_code, answer.json["error"]["key"]) == (431, "serving.headers_too_large")


@pytest.mark.parametrize(
    ("public_url", "told"),
    [("", None), ("http://abcall.example", None), ("https://abcall.example", "max-age=63072000")],
)
def test_behind_tls_browsers_are_told_to_stay_there(
    service: Service, public_url: str, told: str | None
):
    settings: Settings = replace(service.settings, public_url=public_url)
    headers = create_app(settings, service.lake).test_client().get("/health").headers
    sent = headers.get("Strict-Transport-Security")
    assert (sent or "").startswith(told) if told else sent is None


@pytest.mark.parametrize("path", ["/health", "/docs", "/v1/nowhere"])
def test_each_header_is_told_once(service: Service, path: str):
    told = service.client.get(path, headers={"Accept-Language": "en"}).headers
    names = [name.lower() for name, _ in told]
    assert len(names) == len(set(names))
    assert (told["Vary"], told["Content-Language"]) == ("Accept-Language, Authorization", "en")
    assert told["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/health", "/v1/keys", "/v1/score/incidents", "/openapi.json"])
def test_no_page_of_another_origin_is_let_in(service: Service, path: str):
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for answer in (
        service.client.options(path, headers=asked),
        service.client.get(path, headers=asked),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


def test_an_answer_says_no_version_of_anything(service: Service):
    """``Server`` is the product's name alone: what serves it, and how old that is, is not told."""
    headers = service.client.get("/health").headers
    assert "X-Powered-By" not in headers
    assert headers["Server"] == "abcall"
