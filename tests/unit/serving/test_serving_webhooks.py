"""``/v1/webhooks``: subscribed, tested, rotated, listed and ended by a key that may admin."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lakehouse.lake import Lake
from operations.webhooks.delivery import deliver_due
from serving.app import create_app
from tenancy.webhook_events import publish
from tests.receiver import Receiver, receiving
from tests.unit.serving.conftest import ACME, GLOBEX, Service

EVENTS = ["incident.registered", "rows.rejected"]


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    patch = pytest.MonkeyPatch()
    with receiving(tmp_path_factory.mktemp("receiver")) as running:
        patch.setenv("SSL_CERT_FILE", str(running.ca))
        yield running
    patch.undo()


@pytest.fixture(scope="module")
def at_home(service: Service) -> Iterator[Service]:
    """Return the service with webhooks that may lead to loopback."""
    settings = replace(service.settings, webhook_loopback=True)
    with Lake.open(settings) as lake:
        yield Service(settings, lake, create_app(settings, lake).test_client())


@pytest.fixture(scope="module")
def admin(at_home: Service) -> dict[str, str]:
    return at_home.key(ACME, "admin")


def test_a_webhook_lives_from_its_subscription_to_its_end(
    at_home: Service, admin: dict[str, str], receiver: Receiver
):
    client = at_home.client
    body = {"url": receiver.url("/in"), "events": EVENTS}
    made = client.post("/v1/webhooks", json=body, headers=admin)
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    assert made.json["events"] == EVENTS
    path = f"/v1/webhooks/{made.json['id']}"
    shown = client.get(path, headers=admin).json
    assert shown == {name: value for name, value in made.json.items() if name != "secret"}
    assert client.get("/v1/webhooks", headers=admin).json == {"webhooks": [shown]}
    tested = client.post(f"{path}/test", headers=admin).json
    assert tested == {"delivered": True, "status": 204, "fault": None}
    rotated = client.post(f"{path}/rotate", json={"overlap_seconds": 60}, headers=admin).json
    assert rotated["secret"] != made.json["secret"]
    with at_home.lake.store.session() as session:
        publish(session, ACME, "rows.rejected", {"upload_id": "u", "table": "calls", "rows": 2})
    deliver_due(at_home.lake)
    (one,) = client.get(f"{path}/deliveries?state=delivered", headers=admin).json["deliveries"]
    assert (one["type"], one["attempts"], one["status"]) == ("rows.rejected", 1, 204)
    again = client.post(f"/v1/webhooks/deliveries/{one['id']}/resend", headers=admin).json
    assert (again["state"], again["message_id"]) == ("waiting", one["message_id"])
    assert client.delete(path, headers=admin).json["ended_why"] == "removed"
    assert client.post(f"{path}/test", headers=admin).status_code == 422
    (dead,) = client.get(f"{path}/deliveries?state=dead", headers=admin).json["deliveries"]
    assert dead["fault"] == "ended"
    refused = client.get(f"{path}/deliveries?state=lost", headers=admin)
    assert (refused.status_code, refused.json["error"]["key"]) == (422, "webhook_refusals.no_state")


def test_another_tenants_webhook_is_not_found(
    at_home: Service, admin: dict[str, str], receiver: Receiver
):
    body = {"url": receiver.url("/in"), "events": EVENTS}
    made = at_home.client.post("/v1/webhooks", json=body, headers=admin).json
    other = at_home.key(GLOBEX, "admin") | {"Accept-Language": "en"}
    for verb, ending in (
        ("get", ""), ("delete", ""), ("post", "/rotate"), ("post", "/test"), ("get", "/deliveries"),
    ):  # fmt: skip
        said = set()
        for name in (made["id"], "0" * 32):
            answer = getattr(at_home.client, verb)(f"/v1/webhooks/{name}{ending}", headers=other)
            assert answer.status_code == 404
            said.add(answer.text.replace(name, ""))
        assert len(said) == 1
    came = len(receiver.got)
    own = at_home.client.post(f"/v1/webhooks/{made['id']}/test", headers=admin)
    assert (own.status_code, len(receiver.got)) == (200, came + 1)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "serving.not_string"),
        ({"url": "https://crm.example.com/"}, "serving.no_records"),
        ({"url": "https://crm.example.com/", "events": ["x"]}, "webhook_refusals.no_event"),
        ({"url": "https://10.0.0.5/", "events": EVENTS}, "webhook_refusals.bad_url"),
        ({"url": "http://crm.example.com/", "events": EVENTS}, "webhook_refusals.bad_url"),
        ({"url": "a" * 3_000, "events": EVENTS}, "serving.too_long"),
        ({"url": "https://a.example/", "events": EVENTS, "secret": "x"}, "serving.unknown_field"),
    ],
)
def test_a_body_that_says_no_webhook_is_refused(
    at_home: Service, admin: dict[str, str], body: object, key: str
):
    answer = at_home.client.post("/v1/webhooks", json=body, headers=admin)
    assert (answer.status_code, answer.json["error"]["key"]) == (422, key)


@pytest.mark.parametrize("scope", ["score", "feed", "read"])
def test_a_key_that_may_not_admin_is_refused(at_home: Service, scope: str):
    key = at_home.key(ACME, scope)
    assert at_home.client.get("/v1/webhooks", headers=key).status_code == 403
    assert at_home.client.post("/v1/webhooks", json={}, headers=key).status_code == 403
