"""``/v1/keys``: issued, rotated and ended by a key that may admin, and by no other."""

from datetime import timedelta

import pytest

from foundation.clock import utc_now
from serving.door.doorkeeper import REMEMBERED_SECONDS, Doorkeeper
from tenancy.api_keys import issue_key, revoke_key
from tenancy.audit import entries
from tests.unit.serving.conftest import ACME, GLOBEX, STAFF, Service

ASKED = {"customer_ids": ["1000"]}


@pytest.fixture(scope="module")
def admin(service: Service) -> dict[str, str]:
    return service.key(ACME, "admin")


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def status_with(service: Service, secret: str) -> int:
    """Ask for a score: 404 says that the key holds, and that there is no model yet."""
    return service.client.post(
        "/v1/score/customers", json=ASKED, headers=bearer(secret)
    ).status_code


def test_a_key_is_issued_listed_rotated_and_ended(service: Service, admin: dict[str, str]):
    client = service.client
    made = client.post("/v1/keys", json={"name": "CRM", "scopes": ["score"]}, headers=admin)
    assert (made.status_code, made.json["scopes"], made.json["name"]) == (201, ["score"], "CRM")
    key_id, first = made.json["id"], made.json["secret"]
    assert status_with(service, first) == 404
    listed = client.get("/v1/keys", headers=admin)
    assert listed.json["keys"][0] | {"used_at": None} == {
        name: value for name, value in made.json.items() if name != "secret"
    }
    assert first.split("_")[2] not in listed.text
    rotated = client.post(f"/v1/keys/{key_id}/rotate", json={"overlap_seconds": 60}, headers=admin)
    assert rotated.json["id"] == key_id
    assert [status_with(service, one) for one in (first, rotated.json["secret"])] == [404, 404]
    ended = client.delete(f"/v1/keys/{key_id}", headers=admin)
    assert ended.json["revoked_at"] is not None
    assert [status_with(service, one) for one in (first, rotated.json["secret"])] == [401, 401]
    done = [one.action for one in entries(service.lake.store, ACME, limit=3)]
    assert done == ["key.revoked", "key.rotated", "key.issued"]


def test_the_secret_before_says_when_it_ends_and_the_new_one_does_not(
    service: Service, admin: dict[str, str]
):
    made = service.client.post("/v1/keys", json={"scopes": ["score"]}, headers=admin).json
    rotated = service.client.post(f"/v1/keys/{made['id']}/rotate", headers=admin).json
    told = [
        service.client.post("/v1/score/customers", json=ASKED, headers=bearer(one)).headers
        for one in (made["secret"], rotated["secret"])
    ]
    assert told[0]["ABCall-Key-Ends"][:16] == rotated["previous_ends_at"][:16]
    assert "ABCall-Key-Ends" not in told[1]


def test_a_key_that_expires_soon_says_so_with_each_answer(service: Service):
    week = utc_now() + timedelta(days=7)
    secret = issue_key(service.lake.store, STAFF, ACME, ["score"], expires_at=week).secret
    answer = service.client.post("/v1/score/customers", json=ASKED, headers=bearer(secret))
    assert answer.headers["ABCall-Key-Ends"] == week.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("scope", ["score", "feed", "read"])
def test_a_key_that_may_not_admin_is_refused(service: Service, scope: str):
    key = service.key(ACME, scope)
    for verb, path in (
        ("get", "/v1/keys"),
        ("post", "/v1/keys"),
        ("post", "/v1/keys/x/rotate"),
        ("delete", "/v1/keys/x"),
    ):
        answer = getattr(service.client, verb)(path, headers=key)
        assert (answer.status_code, answer.json["error"]["key"]) == (403, "tenancy.not_allowed")


def test_another_tenants_key_is_not_found(service: Service, admin: dict[str, str]):
    theirs = issue_key(service.lake.store, STAFF, GLOBEX, ["score"]).key.id
    for name in (theirs, "0" * 32):
        for answer in (
            service.client.delete(f"/v1/keys/{name}", headers=admin),
            service.client.post(f"/v1/keys/{name}/rotate", headers=admin),
        ):
            assert (answer.status_code, answer.json["error"]["key"]) == (404, "tenancy.no_key")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "serving.no_records"),
        ({"scopes": []}, "serving.no_records"),
        ({"scopes": ["root"]}, "tenancy.no_scope"),
        ({"scopes": [1]}, "serving.not_string"),
        ({"scopes": ["\ud800"]}, "serving.not_text"),
        ({"scopes": ["score"], "name": None}, "serving.not_string"),
        ({"scopes": ["score"], "name": "a" * 201}, "serving.too_long"),
        ({"scopes": ["score"], "expires_at": "mañana"}, "serving.not_timestamp"),
        ({"scopes": ["score"], "expires_at": "2030-01-01T00:00:00"}, "serving.not_timestamp"),
        ({"scopes": ["score"], "tenant": "globex"}, "serving.unknown_field"),
    ],
)
def test_a_body_that_says_no_key_is_refused(
    service: Service, admin: dict[str, str], body: object, key: str
):
    answer = service.client.post("/v1/keys", json=body, headers=admin)
    assert (answer.status_code, answer.json["error"]["key"]) == (422, key)


@pytest.mark.parametrize("seconds", [-1, 30 * 86_400 + 1, 10**30])
def test_an_overlap_has_its_bounds(service: Service, admin: dict[str, str], seconds: int):
    key_id = issue_key(service.lake.store, STAFF, ACME, ["score"]).key.id
    answer = service.client.post(
        f"/v1/keys/{key_id}/rotate", json={"overlap_seconds": seconds}, headers=admin
    )
    assert (answer.status_code, answer.json["error"]["key"]) == (422, "tenancy.bad_overlap")


def test_a_key_revoked_elsewhere_is_refused_within_seconds(service: Service):
    now = [0.0]
    keeper = Doorkeeper({}, clock=lambda: now[0])
    store = service.lake.store
    issued = issue_key(store, STAFF, ACME, ["score"])
    assert keeper.known(service.lake, issued.secret, None).actor.id == issued.key.id
    revoke_key(store, STAFF, ACME, issued.key.id)
    now[0] = REMEMBERED_SECONDS + 0.1
    with pytest.raises(Exception, match="not valid"):
        keeper.known(service.lake, issued.secret, None)
    assert REMEMBERED_SECONDS <= 5


def test_a_key_that_expires_while_it_is_remembered_is_refused_at_once(service: Service):
    keeper = Doorkeeper({}, clock=lambda: 0.0)
    soon = utc_now() + timedelta(milliseconds=300)
    issued = issue_key(service.lake.store, STAFF, ACME, ["score"], expires_at=soon)
    keeper.known(service.lake, issued.secret, None)
    while utc_now() <= soon:
        pass
    with pytest.raises(Exception, match="not valid"):
        keeper.known(service.lake, issued.secret, None)


def test_what_is_remembered_holds_no_secret_and_use_is_noted_afterwards(service: Service):
    keeper = Doorkeeper({})
    issued = issue_key(service.lake.store, STAFF, ACME, ["score"])
    keeper.known(service.lake, issued.secret, None)
    assert issued.secret.split("_", 2)[2] not in repr(vars(keeper))
    keeper.afterwards.write()
    keys = service.client.get("/v1/keys", headers=service.key(ACME, "admin")).json["keys"]
    assert next(key for key in keys if key["id"] == issued.key.id)["used_at"] is not None
