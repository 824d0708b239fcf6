"""Scores over the whole way: files received, models trained, and the same answers by API key."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc
import pytest
from flask.testing import FlaskClient

from ingestion.reading import read_file
from models.registry import Registered, Registry, registered_name
from serving.app import create_app
from serving.observed.logs import JsonLines
from tests.demo_lake import LIMIT_BYTES, DemoLake

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
INCIDENTS, CUSTOMERS = "/v1/score/incidents", "/v1/score/customers"
AS_WRITTEN = ("incident_id", "customer_id", "kind", "channel", "product", "subject", "text")
SAME = 1e-9


@dataclass(frozen=True)
class Asker:
    """A client with a key of one tenant."""

    client: FlaskClient
    secret: str

    def ask(self, route: str, body: object, language: str = "es") -> list[dict]:
        headers = {"Authorization": f"Bearer {self.secret}", "Accept-Language": language}
        answer = self.client.post(route, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json["scores"]

    def refused(self, route: str, body: object) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self.secret}"}
        answer = self.client.post(route, json=body, headers=headers)
        return answer.status_code, answer.json["error"]["key"]


@pytest.fixture(scope="module")
def client(demo_lake: DemoLake) -> FlaskClient:
    return create_app(demo_lake.settings, demo_lake.lake).test_client()


@pytest.fixture(scope="module")
def andina(demo_lake: DemoLake, client: FlaskClient) -> Asker:
    return Asker(client, demo_lake.key(demo_lake.andina))


@pytest.fixture(scope="module")
def caribe(demo_lake: DemoLake, client: FlaskClient) -> Asker:
    return Asker(client, demo_lake.key(demo_lake.caribe))


def batch_scores(demo_lake: DemoLake, model: str, entity: str) -> dict[str, dict]:
    """Return what batch scoring wrote, by entity."""
    ref = demo_lake.lake.ref(demo_lake.andina, "gold", "score")
    rows = demo_lake.lake.arrow(ref, where=pc.field("model") == model).to_pylist()
    return {row[entity]: row for row in rows}


def as_written(demo_lake: DemoLake) -> dict[str, dict[str, str]]:
    """Return incidents as the tenant's files write them: words, edges and personal data."""
    found: dict[str, dict[str, str]] = {}
    for delivery in demo_lake.generated["andina-movil"].deliveries:
        if delivery.table != "incidents":
            continue
        raw = read_file(delivery.path, delivery.path.name, LIMIT_BYTES)
        rejected = {one.row_number for one in delivery.expected.rejected}
        names = {delivery.hints.columns[h]: h for h in raw.headers if h in delivery.hints.columns}
        for row in raw.rows.to_pylist():
            if row["row_number"] not in rejected:
                given = {name: row[names[name]] for name in AS_WRITTEN}
                found[row[names["incident_id"]].strip()] = given
    return found


def test_a_live_score_equals_the_batchs(demo_lake: DemoLake, andina: Asker):
    batch = batch_scores(demo_lake, "incident_risk", "incident_id")
    written = as_written(demo_lake)
    assert len(batch) >= 10
    body = [
        written[incident] | {"opened_at": row["as_of_at"].isoformat()}
        for incident, row in batch.items()
    ]
    for given, answer in zip(body, andina.ask(INCIDENTS, {"incidents": body}), strict=True):
        row = batch[given["incident_id"].strip()]
        assert answer["incident_id"] == row["incident_id"]
        assert abs(answer["probability"] - row["probability"]) <= SAME
        assert answer["risk_class"] == row["risk_class"]
        told = [reason["text"] for reason in answer["reasons"]]
        assert told == [reason["text_es"] for reason in row["reasons"]]
        assert answer["versions"]["model_version"] == row["model_version"]


def test_one_by_one_and_as_a_batch_the_answers_are_the_same(demo_lake: DemoLake, andina: Asker):
    batch = batch_scores(demo_lake, "incident_risk", "incident_id")
    written = as_written(demo_lake)
    body = [
        written[incident] | {"opened_at": batch[incident]["as_of_at"].isoformat()}
        for incident in sorted(batch)[:3]
    ]
    together = andina.ask(INCIDENTS, {"incidents": body})
    assert rounded([andina.ask(INCIDENTS, one)[0] for one in body]) == rounded(together)


def rounded(told: object) -> object:
    """Return an answer with its numbers to nine places: sums of floats depend on their order."""
    if isinstance(told, dict):
        return {name: rounded(value) for name, value in told.items()}
    if isinstance(told, list):
        return [rounded(one) for one in told]
    return round(told, 9) if isinstance(told, float) else told


def test_a_customer_has_the_latest_score_with_its_reasons(demo_lake: DemoLake, andina: Asker):
    ids = list(dict.fromkeys(demo_lake.customer_ids()))[:300]
    churn = batch_scores(demo_lake, "churn", "score_id")
    answers = andina.ask(CUSTOMERS, {"customer_ids": [*ids, "nobody"]})
    assert [one["customer_id"] for one in answers] == [*ids, "nobody"]
    scored = [one["score"] for one in answers if "score" in one]
    assert len(scored) >= 50
    for score in scored:
        row = churn[score["score_id"]]
        assert score["probability"] == row["probability"]
        assert [r["text"] for r in score["reasons"]] == [r["text_es"] for r in row["reasons"]]
    assert answers[-1]["error"]["key"] == "serving.no_such_customer"


def test_an_incident_brings_its_customers_own_score(demo_lake: DemoLake, andina: Asker):
    ids = list(dict.fromkeys(demo_lake.customer_ids()))[:100]
    known = {
        one["customer_id"]: one["score"]
        for one in andina.ask(CUSTOMERS, {"customer_ids": ids})
        if "score" in one
    }
    who = next(iter(known))
    body = {"incidents": [{"customer_id": f" {who} ", "text": "Hola"}, {"text": "Hola"}]}
    answers = andina.ask(INCIDENTS, body)
    assert answers[0]["customer"] == known[who]
    assert answers[1]["customer"] is None


def test_reasons_are_said_in_the_language_asked_for(andina: Asker):
    body = {"kind": "claim", "channel": "chat", "opened_at": "2026-10-01T12:00:00Z"}
    spanish, english = (andina.ask(INCIDENTS, body, lang)[0] for lang in ("es", "en"))
    said = {reason["feature"]: reason["text"] for reason in english["reasons"]}
    assert said != {reason["feature"]: reason["text"] for reason in spanish["reasons"]}
    assert spanish["probability"] == english["probability"]


def test_the_same_incident_has_the_same_score_id_and_another_one_another(andina: Asker):
    body = {"text": "No hay señal", "opened_at": "2026-10-01T12:00:00Z"}
    ids = [andina.ask(INCIDENTS, one)[0]["score_id"] for one in (body, body)]
    assert ids[0] == ids[1]
    assert andina.ask(INCIDENTS, body | {"text": "Gracias"})[0]["score_id"] != ids[0]


def test_another_tenants_customers_are_as_unknown_as_nobodys(
    demo_lake: DemoLake, andina: Asker, caribe: Asker
):
    ids = list(dict.fromkeys(demo_lake.customer_ids()))[:50]
    assert any("score" in one for one in andina.ask(CUSTOMERS, {"customer_ids": ids}))
    foreign = caribe.ask(CUSTOMERS, {"customer_ids": ids})
    nobody = caribe.ask(CUSTOMERS, {"customer_ids": ["nobody"]})[0]
    assert [one["error"] for one in foreign] == [nobody["error"]] * len(ids)


def test_a_token_is_no_way_in(demo_lake: DemoLake, andina: Asker, caribe: Asker):
    ref = demo_lake.lake.ref(demo_lake.caribe, "gold", "score")
    tokens = demo_lake.lake.arrow(ref, ["person_token"]).column(0).to_pylist()[:5]
    for asker in (andina, caribe):
        answers = asker.ask(CUSTOMERS, {"customer_ids": tokens})
        assert {one["error"]["key"] for one in answers} == {"serving.no_such_customer"}


def test_a_tenant_without_incidents_has_no_model_of_them(andina: Asker, caribe: Asker):
    body = {"text": "No hay señal"}
    assert andina.ask(INCIDENTS, body)[0]["probability"] > 0
    assert caribe.refused(INCIDENTS, body) == (404, "models.no_champion")


@pytest.fixture
def second_version(demo_lake: DemoLake) -> Iterator[Registered]:
    """Register the same model again, and put the alias back afterwards."""
    from mlflow import MlflowClient

    name = registered_name(demo_lake.andina.id, "incident_risk")
    client = MlflowClient(tracking_uri=demo_lake.settings.mlflow_uri)
    first = client.get_model_version_by_alias(name, "champion")
    second = client.create_model_version(name, source=first.source, run_id=first.run_id)
    yield Registered(name, str(second.version), str(second.run_id))
    back = Registered(name, str(first.version), str(first.run_id))
    Registry(demo_lake.settings).set_alias(back, "champion")


def test_the_next_request_is_scored_by_the_new_champion(
    demo_lake: DemoLake, andina: Asker, second_version: Registered
):
    body = {"text": "No hay señal", "opened_at": "2026-10-01T12:00:00Z"}
    before = andina.ask(INCIDENTS, body)[0]
    assert before["versions"]["model_version"] != second_version.version
    Registry(demo_lake.settings).set_alias(second_version, "champion")
    after = andina.ask(INCIDENTS, body)[0]
    assert after["versions"]["model_version"] == second_version.version
    assert after["probability"] == before["probability"]


def test_what_was_scored_stands_in_no_log(andina: Asker, caplog: pytest.LogCaptureFixture):
    body = {"text": "Soy Juan Pérez, cédula 1.023.456.789", "customer_id": "1010062303"}
    with caplog.at_level(logging.INFO):
        answer = andina.ask(INCIDENTS, body)
    told = " ".join(JsonLines().format(record) for record in caplog.records)
    assert '"records": 1' in told
    for personal in ("Juan", "1.023.456.789", "1010062303", "[NOMBRE]"):
        assert personal not in told
        assert personal not in str(answer)
