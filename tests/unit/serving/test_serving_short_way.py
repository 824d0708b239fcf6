"""The short way of a question to a model answers, counts and logs as the whole way does."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.registry import Registry
from serving.door.limiting import DOOR
from serving.limits import LARGE_BODY_BYTES
from serving.models.short_way import ROUTE
from tenancy.api_keys import issue_key, revoke_key
from tests.unit.models.test_models_live import register
from tests.unit.serving.conftest import ACME, GLOBEX, STAFF, Service
from tests.unit.serving.test_serving_telemetry import figure

PATH = "/v1/models/churn/score"
WHOLE = "application/json; charset=utf-8"
"""A media type that is as good, and not usual: what carries it goes the whole way."""

SHORT = "application/json"
TENURE = {"tenure_months": 7}


@dataclass(frozen=True)
class Asker:
    """A client of a tenant that has a champion of churn."""

    service: Service
    headers: dict[str, str]

    def ask(self, body: object, kind: str, query: str = "", path: str = PATH) -> TestResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.service.client.post(
            path + query, data=data, content_type=kind, headers=self.headers
        )

    def both(self, body: object, query: str = "", path: str = PATH) -> list[TestResponse]:
        return [self.ask(body, kind, query, path) for kind in (SHORT, WHOLE)]


@pytest.fixture(scope="module")
def asker(service: Service, acme: dict[str, str]) -> Iterator[Asker]:
    registry = Registry(service.settings)
    registry.set_alias(register(service.settings, ACME), "champion")
    asker = Asker(service, acme)
    assert asker.ask({"records": [TENURE]}, WHOLE).status_code == 200  # the key is known from here
    yield asker
    registry.withdraw(ACME.id, "churn")


@pytest.fixture
def went(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return where Flask writes down what comes to it."""
    app = asker.service.client.application
    # A key is known for some seconds from when it was looked up: they begin here.
    app.extensions[DOOR].forget()
    asker.ask({"records": [TENURE]}, WHOLE)
    seen: list[str] = []
    monkeypatch.setitem(
        app.before_request_funcs, None,
        [lambda: seen.append("whole"), *app.before_request_funcs[None]],
    )  # fmt: skip
    return seen


@pytest.mark.parametrize("query", ["", "?reasons=true", "?reasons=false"])
@pytest.mark.parametrize("records", [[TENURE], [TENURE, {}, {"tenure_months": None}]])
@pytest.mark.parametrize("language", [None, "en", "fr"])
def test_both_ways_give_the_same_answer_under_the_same_headers(
    asker: Asker, went: list[str], query: str, records: list[Any], language: str | None
):
    headers = asker.headers | ({"Accept-Language": language} if language else {})
    short, whole = Asker(asker.service, headers).both({"records": records}, query)
    assert went == ["whole"]
    assert (short.status, short.data) == (whole.status, whole.data)
    assert _told(short) == _told(whole)


def _told(answer: TestResponse) -> dict[str, str]:
    """Return the headers; what is left of a rate moves from one question to the next."""
    return {name: value for name, value in answer.headers if name != "RateLimit"}


def test_each_question_takes_one_from_the_rate(asker: Asker):
    left = [
        int(answer.headers["RateLimit"].partition("r=")[2].partition(";")[0])
        for answer in asker.both({"records": [TENURE]})
    ]
    assert left[0] - left[1] in {0, 1}  # it comes back with time


def test_both_ways_count_and_log_the_same(asker: Asker, caplog: pytest.LogCaptureFixture):
    labels = {"route": ROUTE, "status": "200", "tenant": ACME.id, "method": "POST"}
    before = figure("abcall_requests_total", **labels)
    with caplog.at_level(logging.INFO, "abcall.serving"):
        asker.both({"records": [TENURE, TENURE]})
    short, whole = (
        {name: fact for name, fact in one.facts.items() if name != "seconds"}  # type: ignore[attr-defined]
        for one in caplog.records
    )
    assert short == whole
    assert short["records"] == 2
    assert figure("abcall_requests_total", **labels) == before + 2
    assert figure("abcall_requests_in_flight") == 0


@pytest.mark.parametrize(
    ("body", "address"),
    [
        (b"{", PATH),
        (b"[]", PATH),
        (b'{"records": [{"a": 1, "a": 2}]}', PATH),
        ({"records": []}, PATH),
        ({"records": [{"never": 1}]}, PATH),
        ({"records": [{"tenure_months": "seven"}]}, PATH),
        ({"records": [TENURE]}, f"{PATH}?reasons=maybe"),
        ({"records": [TENURE]}, "/v1/models/never/score"),
        ({"records": [TENURE]}, "/v1/models/a/b/score"),
    ],
)
def test_what_is_wrong_is_told_as_the_whole_way_tells_it(
    asker: Asker, went: list[str], body: object, address: str
):
    short, whole = asker.both(body, path=address)
    assert went == ["whole", "whole"]
    assert 400 <= short.status_code < 500
    assert (short.status, short.data) == (whole.status, whole.data)


def test_a_batch_goes_the_whole_way(asker: Asker, went: list[str]):
    records = [TENURE] * (LARGE_BODY_BYTES // len(json.dumps(TENURE)) + 1)
    asker.ask({"records": records[:1000], "": "x" * LARGE_BODY_BYTES}, SHORT)
    assert went == ["whole"]


def test_keys_that_may_not_ask_go_the_whole_way_and_are_refused(service: Service, went: list[str]):
    answers = {
        "reads": Asker(service, service.key(ACME, "read")).both({"records": [TENURE]}),
        "wrong": Asker(service, {"Authorization": "Bearer abk_0_x"}).both({"records": [TENURE]}),
        "none": Asker(service, {}).both({"records": [TENURE]}),
        "another tenant": Asker(service, service.key(GLOBEX)).both({"records": [TENURE]}),
    }
    told = {name: [one.status_code for one in both] for name, both in answers.items()}
    assert told == {
        "reads": [403] * 2, "wrong": [401] * 2, "none": [401] * 2, "another tenant": [404] * 2
    }  # fmt: skip
    assert went == ["whole"] * 8


def test_a_revoked_key_is_refused(asker: Asker):
    store = asker.service.lake.store
    issued = issue_key(store, STAFF, ACME, ("score",))
    other = Asker(asker.service, {"Authorization": f"Bearer {issued.secret}"})
    assert [one.status_code for one in other.both({"records": [TENURE]})] == [200, 200]
    revoke_key(store, STAFF, ACME, issued.key.id)
    asker.service.client.application.extensions[DOOR].forget()
    assert [one.status_code for one in other.both({"records": [TENURE]})] == [401, 401]
