"""Webhooks delivered to a real HTTPS receiver: at least once, signed, bounded, apart by tenant."""

import json
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotFound, TooLarge
from operations.webhooks.address import target_of
from operations.webhooks.delivery import THREADS, Courier, deliver_due, outcome_of
from operations.webhooks.request import Attempt, post
from operations.webhooks.signature import signature
from operations.webhooks.subscriptions import subscribe, try_webhook
from tenancy.audit import entries
from tenancy.store import Store
from tenancy.webhook_deliveries import (
    CLAIM,
    TENANT_AT_ONCE,
    Delivery,
    claim_due,
    forget_told,
    list_deliveries,
    prune,
    resend,
)
from tenancy.webhook_events import publish
from tenancy.webhook_tables import WebhookDeliveryRow, WebhookMessageRow, WebhookRow
from tenancy.webhooks import (
    MOST_WEBHOOKS,
    end_webhook,
    get_webhook,
    list_webhooks,
    rotate_webhook,
    signing_secrets,
)
from tests.unit.operations.webhooks.conftest import ACME, GLOBEX, STAFF, Desk


def deliveries(desk: Desk, webhook_id: str) -> list[Delivery]:
    return list_deliveries(desk.lake.store, STAFF, ACME, webhook_id)


def make_due(store: Store) -> None:
    """Let the time pass that a failed delivery waits, and a killed process's claims end."""
    with store.session() as session:
        session.execute(
            update(WebhookDeliveryRow).values(
                due_at=utc_now() - timedelta(seconds=1),
                claimed_until_at=utc_now() - timedelta(seconds=1),
            )
        )


def test_what_happened_is_told_signed_and_without_a_persons_data(desk: Desk):
    made = desk.add("/in")
    assert desk.happen(token="a" * 64) == 1
    assert deliver_due(desk.lake) == 1
    (got,) = desk.receiver.got
    told = json.loads(got.body)
    assert told["type"] == "incident.registered"
    assert told["data"] == {"incident_id": "PQR-1", "kind": "claim", "channel": "chat"}
    assert b"a" * 64 not in got.body
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"localhost:{desk.receiver.port}"
    timestamp = int(got.headers["webhook-timestamp"])
    assert abs(timestamp - time.time()) < 30
    keys = desk.lake.keys.of(ACME)
    (secret,) = signing_secrets(desk.lake.store, keys, ACME, made.webhook.id)
    expected = signature(secret, got.headers["webhook-id"], timestamp, got.body)
    assert got.headers["webhook-signature"] == expected
    (one,) = deliveries(desk, made.webhook.id)
    assert (one.state, one.status, one.attempts) == ("delivered", 204, 1)
    assert deliver_due(desk.lake) == 0


def test_what_is_undone_is_told_to_nobody(desk: Desk):
    desk.add("/in")
    with pytest.raises(ZeroDivisionError), desk.lake.store.session() as session:
        publish(session, ACME, "incident.registered", {"incident_id": "PQR-1"})
        raise ZeroDivisionError
    assert deliver_due(desk.lake) == 0


def test_only_who_subscribed_to_the_event_is_told(desk: Desk):
    desk.add("/acme")
    desk.add("/closed", ACME, "incident.closed")
    desk.add("/globex", GLOBEX)
    assert desk.happen() == 1
    deliver_due(desk.lake)
    assert [one.path for one in desk.receiver.got] == ["/acme"]


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("incident.registered", {"text": "No hay señal"}),
        ("incident.registered", {"incident_id": "a" * 256}),
        ("incident.registered", {"incident_id": ["PQR-1"]}),
        ("incident.deleted", {}),
        ("webhook.test", {}),
    ],
)
def test_what_is_not_declared_is_told_to_nobody(desk: Desk, event: str, data: dict[str, object]):
    with pytest.raises(ValueError), desk.lake.store.session() as session:
        publish(session, ACME, event, data)


@pytest.mark.parametrize(
    ("path", "status", "fault"),
    [("/500", 500, "status"), ("/redirect", 302, "status"), ("/close", None, "connection")],
)
def test_a_failure_is_tried_again_under_the_same_id_and_given_up_in_the_end(
    desk: Desk, path: str, status: int | None, fault: str
):
    made = desk.add(path)
    desk.happen()
    waits = desk.lake.settings.webhook_retry_seconds
    for attempt in range(1, len(waits) + 2):
        assert deliver_due(desk.lake) == 1
        (one,) = deliveries(desk, made.webhook.id)
        assert (one.attempts, one.status, one.fault) == (attempt, status, fault)
        if attempt <= len(waits):
            wait = (one.due_at - utc_now()).total_seconds()
            assert 0.8 * waits[attempt - 1] - 5 < wait <= 1.2 * waits[attempt - 1]
            assert one.state == "waiting"
        make_due(desk.lake.store)
    assert one.state == "dead"
    assert len(set(desk.receiver.ids(path))) == 1
    assert {got.path for got in desk.receiver.got} == {path}, "a redirect was followed"
    desk.receiver.answers[path] = 200
    assert resend(desk.lake.store, STAFF, ACME, one.id).state == "waiting"
    assert deliver_due(desk.lake) == 1
    assert deliveries(desk, made.webhook.id)[0].attempts == 1
    assert len(set(desk.receiver.ids(path))) == 1


def test_gone_ends_the_webhook_and_what_waits_for_it(desk: Desk):
    made = desk.add("/410")
    desk.happen(times=4)
    deliver_due(desk.lake)
    webhook = get_webhook(desk.lake.store, STAFF, ACME, made.webhook.id)
    assert (webhook.ended_why, webhook.ended_at is not None) == ("gone", True)
    assert {one.state for one in deliveries(desk, made.webhook.id)} == {"dead"}
    assert desk.happen() == 0
    assert entries(desk.lake.store, ACME)[0].action == "webhook.ended"
    with pytest.raises(InvalidRequest):
        resend(desk.lake.store, STAFF, ACME, deliveries(desk, made.webhook.id)[0].id)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/in", Attempt(204, None)),
        ("/giant", Attempt(204, None)),
        ("/slow", Attempt(None, "timeout")),
        ("/trickle", Attempt(None, "timeout")),
    ],
)
def test_an_attempt_takes_no_longer_than_it_may_whatever_the_receiver_does(
    desk: Desk, path: str, expected: Attempt
):
    begun = time.monotonic()
    target = target_of(desk.receiver.url(path), loopback=True)
    headers = {"webhook-id": "msg_1"}
    assert post(target, headers, b"{}", loopback=True, seconds=0.6) == expected
    assert time.monotonic() - begun < 2


def test_a_certificate_of_nobody_is_refused_and_nothing_is_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    target = target_of(desk.receiver.url("/in"), loopback=True)
    assert post(target, {}, b"{}", loopback=True) == Attempt(None, "certificate")
    assert desk.receiver.got == []


def test_a_certificate_of_another_name_is_refused(desk: Desk):
    target = target_of(desk.receiver.url("/in", "127.0.0.1"), loopback=True)
    assert post(target, {}, b"{}", loopback=True) == Attempt(None, "certificate")


def test_without_the_setting_nothing_is_sent_to_loopback(desk: Desk):
    target = target_of(desk.receiver.url("/in"), loopback=True)
    assert post(target, {}, b"{}", loopback=False) == Attempt(None, "forbidden")
    assert desk.receiver.got == []


def test_a_slow_receiver_holds_back_nobody_else(desk: Desk):
    desk.add("/slow")
    desk.happen(times=40)
    desk.add("/in", GLOBEX)
    courier = Courier(desk.lake, poll_seconds=0.05).start()
    try:
        desk.receiver.wait_for(2, "/slow")
        begun = time.monotonic()
        desk.happen(GLOBEX, times=5)
        desk.receiver.wait_for(5, "/in")
        assert time.monotonic() - begun < 2.5
        assert len(desk.receiver.ids("/slow")) == 2
    finally:
        courier.stop()


def test_many_slow_receivers_of_one_tenant_hold_back_no_other_tenant(desk: Desk):
    for _ in range(MOST_WEBHOOKS):
        desk.add("/slow")
    desk.happen(times=2)
    desk.add("/in", GLOBEX)
    desk.happen(GLOBEX)
    claimed = claim_due(desk.lake.store, most=THREADS)
    owners = Counter(due.tenant_id for due in claimed)
    assert owners == {ACME.id: TENANT_AT_ONCE, GLOBEX.id: 1}
    assert TENANT_AT_ONCE < THREADS
    desk.happen(GLOBEX)
    assert [due.tenant_id for due in claim_due(desk.lake.store, most=THREADS)] == [GLOBEX.id]


def test_what_a_killed_process_had_in_hand_comes_again_under_the_same_id(desk: Desk):
    made = desk.add("/in")
    desk.happen()
    (due,) = claim_due(desk.lake.store, most=16)
    assert claim_due(desk.lake.store, most=16) == []
    assert timedelta(seconds=30) < CLAIM
    make_due(desk.lake.store)
    deliver_due(desk.lake)
    assert desk.receiver.ids("/in") == [due.message_id]
    assert deliveries(desk, made.webhook.id)[0].attempts == 2


def test_after_a_rotation_both_secrets_sign_until_the_overlap_ends(desk: Desk):
    made, keys = desk.add("/in"), desk.lake.keys.of(ACME)
    store, name = desk.lake.store, made.webhook.id
    rotated = rotate_webhook(store, keys, STAFF, ACME, name)
    assert rotated.secret != made.secret
    assert len(signing_secrets(store, keys, ACME, name)) == 2
    assert try_webhook(desk.lake, STAFF, ACME, name) == Attempt(204, None)
    assert desk.receiver.got[0].headers["webhook-signature"].count("v1,") == 2
    rotate_webhook(store, keys, STAFF, ACME, name, overlap=timedelta(0))
    assert len(signing_secrets(store, keys, ACME, name)) == 1


def test_secrets_are_nowhere_in_the_clear(desk: Desk):
    made = desk.add("/in")
    with desk.lake.store.reading() as session:
        row = session.get_one(WebhookRow, made.webhook.id)
        assert made.secret.removeprefix("whsec_").encode() not in row.sealed_secret
    assert made.secret.removeprefix("whsec_") not in repr(made.webhook)


def test_a_tenant_has_so_many_webhooks_and_another_tenants_is_not_found(desk: Desk):
    made, store = desk.add("/in"), desk.lake.store
    for _ in range(MOST_WEBHOOKS - 1):
        desk.add("/in")
    with pytest.raises(TooLarge):
        desk.add("/in")
    assert list_webhooks(store, STAFF, GLOBEX) == []
    for ask in (get_webhook, end_webhook):
        with pytest.raises(NotFound):
            ask(store, STAFF, GLOBEX, made.webhook.id)
    end_webhook(store, STAFF, ACME, made.webhook.id)
    desk.add("/in")


def test_a_person_that_is_erased_is_in_no_message_that_was_told_or_waits(desk: Desk):
    desk.add("/in")
    desk.happen(token="a" * 64)
    desk.happen(token="b" * 64)
    assert forget_told(desk.lake.store, GLOBEX, {"a" * 64}) == 0
    assert forget_told(desk.lake.store, ACME, {"a" * 64}) == 1
    with desk.lake.store.reading() as session:
        kept = list(session.scalars(select(WebhookMessageRow.person_token)))
    assert kept == ["b" * 64]
    assert deliver_due(desk.lake) == 1


def test_what_ended_long_ago_is_let_go_and_what_waits_is_not(desk: Desk):
    made = desk.add("/in")
    desk.happen(times=2)
    deliver_due(desk.lake)
    desk.happen()
    with desk.lake.store.session() as session:
        session.execute(
            update(WebhookMessageRow).values(happened_at=utc_now() - timedelta(days=60))
        )
        ended = WebhookDeliveryRow.state == "delivered"
        long_ago = utc_now() - timedelta(days=31)
        session.execute(update(WebhookDeliveryRow).where(ended).values(ended_at=long_ago))
    assert prune(desk.lake.store) == 2
    assert [one.state for one in deliveries(desk, made.webhook.id)] == ["waiting"]


@pytest.mark.parametrize("events", [[], ["incident.deleted"], ["webhook.test"]])
def test_an_event_that_there_is_not_is_refused(desk: Desk, events: list[str]):
    with pytest.raises(InvalidRequest, match=r"incident\.registered, incident\.high_risk"):
        subscribe(desk.lake, STAFF, ACME, desk.receiver.url("/in"), events)


def test_how_each_attempt_ended_is_told(desk: Desk):
    told: list[tuple[str, str]] = []
    for path in ("/in", "/410"):
        desk.add(path)
    courier = Courier(desk.lake, 0.05, lambda *one: told.append(one)).start()
    try:
        desk.happen()
        desk.receiver.wait_for(1, "/in")
        desk.receiver.wait_for(1, "/410")
    finally:
        courier.stop()
    deadline = time.monotonic() + 5
    while len(told) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sorted(told) == [("acme", "delivered"), ("acme", "given_up")]


def test_an_attempt_that_failed_comes_again_until_it_is_given_up():
    failed = Attempt(500, "status")
    assert [outcome_of(failed, made, (5, 30)) for made in (1, 2, 3)] == [
        "failed", "failed", "given_up",
    ]  # fmt: skip
