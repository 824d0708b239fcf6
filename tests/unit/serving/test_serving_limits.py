"""Limits: rate, records, day and requests at once; what is refused is told when to come again."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.clock import utc_now
from foundation.errors import OperatorError, TooMany
from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.webhooks.delivery import Courier
from serving.app import create_app
from serving.door.allowance import Allowance
from serving.door.bucket import Bucket
from serving.door.limiting import door
from serving.door.wrong_keys import A_MINUTE, MOST_ADDRESSES, WrongKeys
from serving.observed import telemetry
from serving.worker import end
from tenancy.api_keys import issue_key
from tenancy.limits import NO_LIMITS, Limits, day_of, limits_of, set_limits, used_today
from tenancy.tenant import Tenant
from tests.unit.serving.conftest import ACME, STAFF, Service

NOON = datetime(2026, 11, 26, 17, tzinfo=UTC)
"""Twelve o'clock in Bogotá."""

NOBODY: dict[str, list[str]] = {"customer_ids": []}
"""Is refused by the body's check, which comes after the limits."""


@pytest.fixture
def fresh(service: Service, request: pytest.FixtureRequest) -> Iterator[Service]:
    """Return the service with an app of its own: nobody has asked it for anything."""
    settings = service.settings
    yield Service(settings, service.lake, create_app(settings, service.lake).test_client())
    set_limits(service.lake.store, STAFF, ACME, dict.fromkeys(NO_LIMITS.__dict__))


def allowance(service: Service, tenant: Tenant = ACME, workers: int = 1, **own: int) -> Allowance:
    return Allowance(service.lake.store, tenant, replace(NO_LIMITS, **own), workers)


def refusal(one: Allowance, at: float = 0.0, now: datetime = NOON) -> tuple[str, object]:
    with pytest.raises(TooMany) as refused:
        one.admit(at, now)
    return refused.value.key, refused.value.details["seconds"]


def test_a_burst_goes_through_and_then_the_rate_holds(service: Service):
    one = allowance(service, requests_per_minute=60, burst=3)
    for _ in range(3):
        one.admit(0.0, NOON)
    assert refusal(one) == ("limits.requests", 1)
    one.admit(1.0, NOON)
    assert refusal(one, 1.5)[0] == "limits.requests"


def test_a_batch_of_a_thousand_counts_as_a_thousand(service: Service):
    one = allowance(service, records_per_minute=600)
    one.admit(0.0, NOON)
    one.finish(1_000, 0.0)
    assert refusal(one) == ("limits.records", 41)
    assert refusal(one, 40.0) == ("limits.records", 1)
    one.admit(40.2, NOON)


def test_so_many_are_worked_on_at_once_and_one_that_ended_makes_room(service: Service):
    one = allowance(service, at_once=2)
    one.admit(0.0, NOON)
    one.admit(0.0, NOON)
    assert refusal(one) == ("limits.at_once", 1)
    one.finish(1, 0.0)
    one.admit(0.0, NOON)


def test_of_large_batches_one_is_under_way_at_a_time(service: Service):
    one = allowance(service, at_once=4)
    one.admit(0.0, NOON, large=True)
    one.admit(0.0, NOON)
    with pytest.raises(TooMany) as refused:
        one.admit(0.0, NOON, large=True)
    assert refused.value.key == "limits.large_at_once"
    one.finish(1_000, 0.0, large=True)
    one.admit(0.0, NOON, large=True)


def test_each_of_several_processes_gives_out_its_share(service: Service):
    shares = [allowance(service, workers=4, requests_per_minute=240, burst=8) for _ in range(4)]
    for one in shares:
        one.admit(0.0, NOON)
        one.admit(0.0, NOON)
        assert refusal(one) == ("limits.requests", 1)


def test_a_day_is_one_count_for_all_processes_and_outlives_them(service: Service):
    tenant = Tenant("acme", "Acme", "telecom", time_zone="Asia/Tokyo")
    first, second = (allowance(service, tenant, records_per_day=10) for _ in range(2))
    for one in (first, second):
        one.admit(0.0, NOON)
        one.finish(3, 0.0)
    third = allowance(service, tenant, records_per_day=10)
    for _ in range(4):
        third.admit(0.0, NOON)
    assert used_today(service.lake.store, tenant, "2026-11-27") == 6
    first.settle()
    second.settle()
    assert used_today(service.lake.store, tenant, "2026-11-27") == 10
    key, seconds = refusal(third)
    assert (key, seconds) == ("limits.day", 22 * 3600)
    third.admit(0.0, NOON + timedelta(hours=22))


def test_a_stopped_process_gives_back_what_it_did_not_use(service: Service):
    tenant = replace(ACME, time_zone="Europe/Madrid")
    one = allowance(service, tenant, records_per_day=100_000)
    one.admit(0.0, NOON)
    day, _ = day_of(tenant, NOON)
    assert used_today(service.lake.store, tenant, day) >= 1_000
    before = used_today(service.lake.store, tenant, day)
    one.settle()
    assert used_today(service.lake.store, tenant, day) == before - 999


@given(
    steps=st.lists(st.tuples(st.floats(0, 30), st.integers(1, 2_000)), min_size=1, max_size=60),
    rate=st.floats(0.5, 100),
    size=st.integers(1, 200),
)
def test_no_more_is_let_through_than_size_and_rate_give_and_one_debt(
    steps: list[tuple[float, int]], rate: float, size: int
):
    bucket, now, through = Bucket(rate, float(size)), 0.0, [0.0]
    for passed, tokens in steps:
        now += passed
        if bucket.wait(now) == 0:
            # What came before the last one that was let in is within size and rate.
            assert sum(through) <= size + rate * now + 1e-6
            bucket.take(tokens, now)
            through.append(tokens)
        else:
            later = now + bucket.wait(now) + 1e-6
            assert copy(bucket).wait(later) == 0


def test_a_refusal_says_when_to_come_again_and_what_the_limits_are(fresh: Service):
    set_limits(fresh.lake.store, STAFF, ACME, {"requests_per_minute": 1, "burst": 2})
    key = fresh.key(ACME, "score") | {"Accept-Language": "en"}
    told = [fresh.client.post("/v1/score/customers", json=NOBODY, headers=key) for _ in range(3)]
    assert [one.status_code for one in told] == [422, 422, 429]
    seconds = int(told[2].headers["Retry-After"])
    assert 30 < seconds <= 60
    assert told[2].json["error"] == {
        "key": "limits.requests",
        "message": "Too many requests: this company may send 1 a minute. "
        f"Wait {seconds} s and send this one again.",
        "details": {"limit": 1, "seconds": seconds},
    }
    assert told[0].headers["RateLimit-Policy"].startswith('"requests";q=1;w=60, "records";q=')
    assert told[0].headers["RateLimit"].startswith('"requests";r=1;t=')
    assert told[2].headers["RateLimit"].startswith('"requests";r=0;t=')


def test_one_tenants_limit_is_nothing_to_another(fresh: Service):
    from tests.unit.serving.conftest import GLOBEX

    set_limits(fresh.lake.store, STAFF, ACME, {"burst": 1, "requests_per_minute": 1})
    acme, globex = fresh.key(ACME), fresh.key(GLOBEX)
    for headers, expected in ((acme, 422), (acme, 429), (globex, 422), (globex, 422)):
        answer = fresh.client.post("/v1/score/customers", json=NOBODY, headers=headers)
        assert answer.status_code == expected


def test_records_of_a_batch_count_once_the_body_is_read(fresh: Service):
    set_limits(fresh.lake.store, STAFF, ACME, {"records_per_minute": 60})
    key, body = fresh.key(ACME), {"incidents": [{"escalated": True}] * 200}
    first, second = (
        fresh.client.post("/v1/score/incidents", json=body, headers=key) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (422, 429)
    assert second.json["error"]["key"] == "limits.records"
    assert 130 <= int(second.headers["Retry-After"]) <= 141


def test_a_request_that_fails_makes_room_again(fresh: Service):
    set_limits(fresh.lake.store, STAFF, ACME, {"at_once": 1})
    key = fresh.key(ACME)
    for body in (b"{", b"{}", b'{"customer_ids": []}') * 2:
        answer = fresh.client.post(
            "/v1/score/customers", data=body, headers=key, content_type="application/json"
        )
        assert answer.status_code == 422


def test_limits_follow_the_plan_the_settings_and_what_was_agreed(service: Service):
    store, settings = service.lake.store, {"starter.burst": 7, "business.burst": 8}
    assert limits_of(store, ACME, settings).burst == 7
    assert limits_of(store, replace(ACME, plan="business"), settings).burst == 8
    set_limits(store, STAFF, ACME, {"burst": 9})
    assert limits_of(store, ACME, settings).burst == 9
    set_limits(store, STAFF, ACME, {"burst": None})
    assert limits_of(store, ACME, settings) == replace(limits_of(store, ACME, {}), burst=7)


def test_a_limit_that_there_is_not_stops_the_service(tmp_path: Path):
    settings = replace(Settings.at(tmp_path / "data"), limits=(("starter.cups", 1),))
    with pytest.raises(OperatorError, match=r"starter\.cups"):
        create_app(settings, Lake.open(settings))


def test_wrong_keys_of_an_address_are_told_to_wait_and_right_ones_are_not(fresh: Service):
    wrong = {"Authorization": f"Bearer abk_{'0' * 12}_{'a' * 43}"}
    told = [
        fresh.client.post("/v1/score/customers", json=NOBODY, headers=wrong)
        for _ in range(A_MINUTE + 1)
    ]
    assert {one.status_code for one in told[:-1]} == {401}
    assert (told[-1].status_code, told[-1].json["error"]["key"]) == (429, "limits.wrong_keys")
    neighbour = fresh.client.post("/v1/score/customers", json=NOBODY, headers=fresh.key(ACME))
    assert neighbour.status_code == 422


def test_addresses_are_forgotten_before_they_fill_the_memory():
    wrong = WrongKeys()
    for number in range(MOST_ADDRESSES + 50):
        wrong.count(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(wrong._buckets) == MOST_ADDRESSES


def test_reading_a_person_is_audited_under_a_mark_and_once_a_second_at_most(service: Service):
    from flask import request

    from serving.caller import caller_of, note_person_read
    from tenancy.audit import entries

    app, token = create_app(service.settings, service.lake), "a" * 64
    secret = issue_key(service.lake.store, STAFF, ACME, ["read"]).secret
    headers = {"Authorization": f"Bearer {secret}"}
    with app.test_request_context("/v1/keys", headers=headers):
        caller = caller_of(request, service.lake, "read")
        for _ in range(3):
            note_person_read(caller, service.lake, token)
        door().afterwards.write()
    newest, before = entries(service.lake.store, ACME, limit=2)
    mark = service.lake.keys.of(ACME).mark("person", token)
    assert (newest.action, newest.subject, newest.actor_id) == (
        "person.read", mark, caller.actor.id,
    )  # fmt: skip
    assert newest.details == {"through": "/v1/keys"}
    assert before.action != "person.read"


def test_limits_of_every_plan_grow_and_let_the_peak_of_the_service_through():
    from tenancy.limits import BY_PLAN

    plans = [Limits(*plan.__dict__.values()) for plan in BY_PLAN.values()]
    for smaller, larger in pairwise(plans):
        assert all(getattr(smaller, name) < getattr(larger, name) for name in NO_LIMITS.__dict__)
    assert plans[0].burst >= 500


def test_a_tenant_reads_its_limits_and_its_day(fresh: Service):
    set_limits(fresh.lake.store, STAFF, ACME, {"burst": 7, "records_per_day": 0})
    told = fresh.client.get("/v1/limits", headers=fresh.key(ACME, "read")).json
    plan = limits_of(fresh.lake.store, ACME, {}).__dict__
    assert told["limits"] == plan and told["limits"]["burst"] == 7
    assert (told["plan"], told["day"]) == (ACME.plan, day_of(ACME, utc_now())[0])
    assert 0 <= told["day_ends_in_seconds"] <= 86_400
    assert told["records_used"] == used_today(fresh.lake.store, ACME, told["day"])
    assert fresh.client.get("/v1/limits", headers=fresh.key(ACME, "score")).status_code == 403


def test_a_refusal_is_counted_by_its_limit(fresh: Service):
    key, labels = fresh.key(ACME, "read"), {"tenant": "acme", "limit": "requests"}
    before = telemetry.OWN.get_sample_value("abcall_rate_limited_total", labels) or 0
    set_limits(fresh.lake.store, STAFF, ACME, {"requests_per_minute": 1, "burst": 1})
    statuses = [fresh.client.get("/v1/limits", headers=key).status_code for _ in range(3)]
    assert statuses == [200, 429, 429]
    assert telemetry.OWN.get_sample_value("abcall_rate_limited_total", labels) == before + 2


def test_workers_share_a_tenants_rate(service: Service):
    set_limits(service.lake.store, STAFF, ACME, {"requests_per_minute": 4, "burst": 4})
    app = create_app(service.settings, service.lake, workers=4)
    key = service.key(ACME, "read")
    told = [app.test_client().get("/v1/limits", headers=key).status_code for _ in range(2)]
    set_limits(service.lake.store, STAFF, ACME, {"requests_per_minute": None, "burst": None})
    assert told == [200, 429]


def test_a_worker_that_ends_gives_back_what_it_took_and_writes_what_it_noted(fresh: Service):
    set_limits(fresh.lake.store, STAFF, ACME, {"records_per_day": 10_000})
    app, key = create_app(fresh.settings, fresh.lake), fresh.key(ACME, "read")
    day = day_of(ACME, utc_now())[0]
    before = used_today(fresh.lake.store, ACME, day)
    courier = Courier(fresh.lake, poll_seconds=0.05).start()
    assert app.test_client().get("/v1/limits", headers=key).status_code == 200
    assert used_today(fresh.lake.store, ACME, day) > before + 1
    end(app, courier)
    assert used_today(fresh.lake.store, ACME, day) == before + 1
    assert not courier._thread.is_alive()
