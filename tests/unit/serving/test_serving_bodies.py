"""What a body may say: the contract's fields known at intake, and nothing else."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.incidents.values import LONGEST_TEXT
from serving.limits import BODY_LIMIT_BYTES, MOST_RECORDS
from tests.unit.serving.conftest import Service

INCIDENTS, CUSTOMERS = "/v1/score/incidents", "/v1/score/customers"
TELLING = {"text": "No hay señal"}


def refusal(service: Service, acme: dict[str, str], body: object, route: str = INCIDENTS):
    answer = service.client.post(route, json=body, headers=acme | {"Accept-Language": "en"})
    return answer.status_code, answer.json["error"]["key"], answer.json["error"]["message"]


@pytest.mark.parametrize(
    "name", ["closed_at", "escalated", "escalated_at", "disputed", "satisfaction", "solved"]
)
def test_what_is_known_only_later_is_refused_with_a_sentence(
    service: Service, acme: dict[str, str], name: str
):
    assert refusal(service, acme, TELLING | {name: None}) == (
        422,
        "serving.known_later",
        f"“incident.{name}” is known only after the incident was handled, so it cannot be sent to "
        "compute its risk. Remove it.",
    )


@pytest.mark.parametrize("name", ["tenant_id", "person_token", "operation", "", "text "])
def test_a_field_that_the_contract_does_not_know_is_refused(
    service: Service, acme: dict[str, str], name: str
):
    status, key, message = refusal(service, acme, TELLING | {name: "x"})
    assert (status, key) == (422, "serving.unknown_field")
    assert (
        "incident_id, customer_id, opened_at, kind, channel, product, intent, subject, text"
        in message
    )


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("kind", "poema", "serving.not_allowed"),
        ("channel", "paloma", "serving.not_allowed"),
        ("opened_at", "ayer", "serving.not_timestamp"),
        ("opened_at", 20261123, "serving.not_timestamp"),
        ("opened_at", "0001-01-01T00:00:00Z", "serving.not_timestamp"),
        ("opened_at", "9999-12-31T23:59:59-14:00", "serving.not_timestamp"),
        ("opened_at", "2199-01-01T00:00:00Z", "serving.in_future"),
        ("text", ["No"], "serving.not_string"),
        ("text", True, "serving.not_string"),
        ("text", 1.5, "serving.not_string"),
        ("text", "a" * (LONGEST_TEXT + 1), "serving.too_long"),
        ("text", "\ud800", "serving.not_text"),
        ("text", "a\u0000b", "serving.not_text"),
        ("product", "a" * 121, "serving.too_long"),
        ("customer_id", "9" * 65, "serving.too_long"),
    ],
)
def test_a_value_that_the_contract_does_not_allow_is_refused(
    service: Service, acme: dict[str, str], field: str, value: object, key: str
):
    status, found, message = refusal(service, acme, {"incidents": [TELLING, {field: value}]})
    assert (status, found) == (422, key)
    assert f"“incidents[1].{field}”" in message


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "serving.not_json"),
        (b"{", "serving.not_json"),
        (b"\xff\xfe", "serving.not_json"),
        (b'{"text": NaN}', "serving.not_json"),
        (b"[" * 100_000, "serving.not_json"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "serving.not_json"),
        (b"[]", "serving.not_object"),
        (b'"text"', "serving.not_object"),
        (b'{"text": "a", "text": "b"}', "serving.field_twice"),
        (b"{}", "serving.says_nothing"),
        (b'{"incident_id": "PQR-1", "opened_at": "2026-01-01T00:00:00Z"}', "serving.says_nothing"),
        (b'{"text": "  "}', "serving.says_nothing"),
        (b'{"incidents": {}}', "serving.no_records"),
        (b'{"incidents": [], "text": "a"}', "serving.unknown_field"),
        (b'{"incidents": [1]}', "serving.not_incident"),
    ],
)
def test_a_body_that_is_none_is_refused(
    service: Service, acme: dict[str, str], body: bytes, key: str
):
    answer = service.client.post(
        INCIDENTS, data=body, headers=acme, content_type="application/json"
    )
    assert (answer.status_code, answer.json["error"]["key"]) == (422, key)


def test_a_body_of_another_type_is_refused(service: Service, acme: dict[str, str]):
    answer = service.client.post(INCIDENTS, data={"text": "a"}, headers=acme)
    assert (answer.status_code, answer.json["error"]["key"]) == (422, "serving.not_json_type")


def test_a_request_takes_a_thousand_records_and_not_one_more(
    service: Service, acme: dict[str, str]
):
    assert refusal(service, acme, {"incidents": [TELLING] * (MOST_RECORDS + 1)}) == (
        413,
        "serving.too_many_records",
        "A request takes up to 1000 items and this one has 1001. Send several.",
    )
    status, key, _ = refusal(service, acme, {"incidents": [TELLING] * MOST_RECORDS})
    assert (status, key) == (404, "models.no_champion")


def test_a_body_above_the_limit_is_refused_before_it_is_read(
    service: Service, acme: dict[str, str]
):
    body = json.dumps({"text": "a" * BODY_LIMIT_BYTES}).encode()
    answer = service.client.post(
        INCIDENTS, data=body, headers=acme, content_type="application/json"
    )
    assert (answer.status_code, answer.json["error"]["key"]) == (413, "serving.body_too_large")


@pytest.mark.parametrize("route", [INCIDENTS, CUSTOMERS])
def test_a_tenant_without_a_model_is_told_what_is_missing(
    service: Service, acme: dict[str, str], route: str
):
    body = TELLING if route == INCIDENTS else {"customer_ids": ["1000"]}
    model = "incident_risk" if route == INCIDENTS else "churn"
    answer = service.client.post(route, json=body, headers=acme)
    assert answer.status_code == 404
    assert answer.json["error"] == {
        "key": "models.no_champion",
        "message": f"Todavía no hay un modelo «{model}» entrenado. Suba datos con su resultado "
        "conocido y entrénelo.",
        "details": {"model": model},
    }


def test_a_clock_that_is_a_little_ahead_is_no_fault(service: Service, acme: dict[str, str]):
    soon = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    status, key, _ = refusal(service, acme, TELLING | {"opened_at": soon})
    assert (status, key) == (404, "models.no_champion")


@pytest.mark.parametrize(
    ("ids", "status", "key"),
    [
        ([], 422, "serving.no_records"),
        ("1000", 422, "serving.no_records"),
        ([None], 422, "serving.not_string"),
        ([["1000"]], 422, "serving.not_string"),
        ([True], 422, "serving.not_string"),
        (["9" * 257], 422, "serving.too_long"),
        (["1"] * (MOST_RECORDS + 1), 413, "serving.too_many_records"),
    ],
)
def test_what_is_no_list_of_identifiers_is_refused(
    service: Service, acme: dict[str, str], ids: object, status: int, key: str
):
    assert refusal(service, acme, {"customer_ids": ids}, CUSTOMERS)[:2] == (status, key)


NAMES = st.sampled_from(
    ["incidents", "customer_ids", "text", "kind", "opened_at", "customer_id", "escalated", "x"]
) | st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(body=JSON)
def test_no_json_whatsoever_is_a_bug(service: Service, acme: dict[str, str], body: object):
    for route in (INCIDENTS, CUSTOMERS):
        answer = service.client.post(route, json=body, headers=acme)
        assert answer.status_code in (404, 413, 422), answer.text
        assert set(answer.json["error"]) == {"key", "message", "details"}


@given(body=st.binary(max_size=200))
def test_no_bytes_whatsoever_are_a_bug(service: Service, acme: dict[str, str], body: bytes):
    answer = service.client.post(
        INCIDENTS, data=body, headers=acme, content_type="application/json"
    )
    assert answer.status_code == 422


def test_a_body_of_untold_length_has_the_limit_of_all_others(
    service: Service, acme: dict[str, str]
):
    body = BytesIO(b'{"customer_ids": ["1"]}' + b" " * BODY_LIMIT_BYTES)
    answer = service.client.post(
        "/v1/score/customers",
        input_stream=body,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        headers=acme,
        content_type="application/json",
    )
    assert (answer.status_code, answer.json["error"]["key"]) == (413, "serving.body_too_large")
