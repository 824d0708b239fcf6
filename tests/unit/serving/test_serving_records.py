"""Records of features are scored as they are given, typed by the champion, and nothing is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from features.spec import FeatureSpec, FeatureType
from foundation.errors import InvalidRequest
from models.registry import Registry
from operations.incidents.values import LONGEST_TEXT
from serving.limits import MOST_RECORDS
from serving.models.feature_values import feature_records
from serving.models.schemas import RecordScores
from tests.silver_rows import TELECOM
from tests.unit.models.test_models_live import register
from tests.unit.serving.conftest import ACME, GLOBEX, Service

ROUTE = "/v1/models/churn/score"
Answer = dict[str, Any]


@dataclass(frozen=True)
class Asker:
    """A client of a tenant that has a champion of churn, which takes the tenure."""

    service: Service
    headers: dict[str, str]

    def ask(self, records: object, query: str = "", route: str = ROUTE) -> tuple[int, Answer]:
        headers = self.headers | {"Accept-Language": "en"}
        body = {"records": records}
        answer = self.service.client.post(f"{route}{query}", json=body, headers=headers)
        return answer.status_code, answer.json


@pytest.fixture(scope="module")
def acme_asks(service: Service, acme: dict[str, str]) -> Iterator[Asker]:
    registry = Registry(service.settings)
    registry.set_alias(register(service.settings, ACME), "champion")
    yield Asker(service, acme)
    registry.withdraw(ACME.id, "churn")


def test_records_are_scored_in_order_with_reasons_and_versions(acme_asks: Asker):
    status, told = acme_asks.ask([{"tenure_months": 2}, {"tenure_months": 50}, {}])
    assert status == 200
    new, old, unknown = told["scores"]
    assert old["probability"] < unknown["probability"] < new["probability"]
    assert new["reasons"][0]["feature"] == "tenure_months"
    assert new["reasons"][0]["text"] == "2 months"
    assert (told["model"], told["task"]) == ("churn", "binary")
    assert told["versions"]["model"] == "abcall.acme.churn"
    assert told["versions"]["contract"] == TELECOM.version


def test_an_answer_has_the_shape_that_is_documented(acme_asks: Asker):
    told = acme_asks.ask([{"tenure_months": 2}, {}])[1]
    assert RecordScores().validate(told) == {}
    assert RecordScores().dump(told) == told


def test_without_reasons_the_same_is_said_and_not_why(acme_asks: Asker):
    why = acme_asks.ask([{"tenure_months": 2}])[1]["scores"][0]
    bare = acme_asks.ask([{"tenure_months": 2}], "?reasons=false")[1]["scores"][0]
    assert why["reasons"]
    assert bare == why | {"reasons": []}


@pytest.mark.parametrize("given", [None, True, 7, 7.0, -1e300])
def test_what_is_a_number_or_nothing_is_taken(acme_asks: Asker, given: object):
    status, told = acme_asks.ask([{"tenure_months": given}], "?reasons=false")
    assert status == 200
    assert 0 <= told["scores"][0]["probability"] <= 1


@pytest.mark.parametrize(
    ("records", "key", "field"),
    [
        ([{"tenure_months": "7"}], "serving.not_number", "records[0].tenure_months"),
        ([{}, {"tenure_months": [7]}], "serving.not_number", "records[1].tenure_months"),
        ([{"tenure_months": 10**400}], "serving.not_number", "records[0].tenure_months"),
        ([{"tenure": 7}], "serving.unknown_field", "records[0].tenure"),
        ([{}, 7], "serving.not_record", "records[1]"),
        ([], "serving.no_records", "records"),
        ({}, "serving.no_records", "records"),
    ],
)
def test_what_the_model_does_not_take_is_refused_with_its_place(
    acme_asks: Asker, records: object, key: str, field: str
):
    status, told = acme_asks.ask(records)
    assert (status, told["error"]["key"]) == (422, key)
    assert told["error"]["details"]["field"] == field


def test_an_unknown_feature_is_told_with_those_there_are(acme_asks: Asker):
    message = acme_asks.ask([{"x" * 200: 7}])[1]["error"]["message"]
    assert message.endswith("The fields are: tenure_months.")
    assert len(message) < 200


def test_more_records_than_a_request_takes_are_refused(acme_asks: Asker):
    status, told = acme_asks.ask([{}] * (MOST_RECORDS + 1))
    assert (status, told["error"]["key"]) == (413, "serving.too_many_records")


@pytest.mark.parametrize("given", ["yes", "", "True", "0"])
def test_whether_reasons_are_told_is_true_or_false(acme_asks: Asker, given: str):
    status, told = acme_asks.ask([{}], f"?reasons={given}")
    assert (status, told["error"]["key"]) == (422, "serving.not_boolean")


@pytest.mark.parametrize(
    ("model", "key"),
    [("incident_risk", "models.no_champion"), ("nothing", "serving.no_such_model"),
     ("intent", "serving.no_such_model"), ("..%2Fchurn", "serving.no_route")],
)  # fmt: skip
def test_a_model_that_there_is_not_is_told(acme_asks: Asker, model: str, key: str):
    status, told = acme_asks.ask([{}], route=f"/v1/models/{model}/score")
    assert (status, told["error"]["key"]) == (404, key)


def test_another_tenant_is_not_answered_by_this_ones_model(acme_asks: Asker):
    other = Asker(acme_asks.service, acme_asks.service.key(GLOBEX))
    status, told = other.ask([{}])
    assert (status, told["error"]["key"]) == (404, "models.no_champion")
    assert acme_asks.ask([{}])[0] == 200


def test_the_document_says_what_the_route_takes_and_answers(service: Service):
    document = service.client.get("/openapi.json").json
    told = document["paths"]["/v1/models/{model}/score"]["post"]
    assert {one["name"] for one in told["parameters"]} == {"model", "reasons"}
    answer = told["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/RecordScores"}
    body = told["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/FeatureRecords"}
    records = document["components"]["schemas"]["FeatureRecords"]["properties"]["records"]
    assert records["maxItems"] == MOST_RECORDS


@pytest.mark.parametrize(
    ("kind", "given", "key"),
    [
        ("text", 7, "serving.not_string"),
        ("text", "x" * (LONGEST_TEXT + 1), "serving.too_long"),
        ("category", ["a"], "serving.not_string"),
        ("category", "x" * 1001, "serving.too_long"),
    ],
)
def test_texts_and_categories_are_of_their_type(kind: FeatureType, given: object, key: str):
    spec = FeatureSpec("said", kind, {"es": "{n}", "en": "{n}"})
    with pytest.raises(InvalidRequest) as refused:
        feature_records([{"said": given}], [spec])
    assert (refused.value.key, refused.value.details["field"]) == (key, "records[0].said")


def test_a_text_is_masked_before_a_model_reads_it():
    spec = FeatureSpec("said", "text", {"es": "{n}", "en": "{n}"})
    (record,) = feature_records([{"said": "escriba a ana@example.com"}], [spec])
    assert "ana@" not in str(record["said"])
