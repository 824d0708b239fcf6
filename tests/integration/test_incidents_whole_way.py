"""Incidents over the whole way: answered by real models, into the lake, and back into learning."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from flask.testing import FlaskClient

from features.online_store import build_online
from ingestion.gold.refine import refine
from ingestion.persons import person_named
from ingestion.receive import receive
from lakehouse.lake import Lake
from lakehouse.online_file import online_file
from models.erasure import erase_person
from models.reply_index import ranker_of
from operations.outbox.drain import drain, pending
from serving.app import create_app
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.consents import Consent, save_consent
from tenancy.tenant import Tenant
from tests.demo_lake import STAFF, DemoLake

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
ROUTE = "/v1/incidents"
TEXT = "El internet se cae todas las noches y nadie responde; quiero cancelar el servicio."
SAME = 1e-12
REPLIES = """response_id,kind,title,text,language
A1,article,Internet,Reinicie el módem y espere dos minutos a que el internet vuelva.,es
A2,article,Señal,Un técnico revisa la señal de internet que se cae por las noches.,es
A3,article,Factura,El cobro doble de la factura se devuelve en cinco días.,es
"""


@dataclass(frozen=True)
class Shop:
    """An installation that the tests may write to, and a key of its first tenant."""

    lake: Lake
    client: FlaskClient
    tenant: Tenant
    customers: list[str]
    headers: dict[str, str]

    def register(self, key: str, **more: object) -> dict[str, Any]:
        body = {"text": TEXT, "kind": "claim", "channel": "chat", **more}
        answer = self.client.post(ROUTE, json=body, headers=self.headers | {"Idempotency-Key": key})
        assert answer.status_code == 201, answer.text
        return answer.json

    def told(self, told: dict[str, Any], **body: object) -> dict[str, Any]:
        path = f"{ROUTE}/{told['incident_id']}/feedback"
        answer = self.client.post(path, json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json


@pytest.fixture(scope="module")
def shop(demo_lake: DemoLake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop") / "data"
    shutil.copytree(demo_lake.settings.data_dir, folder)
    settings = replace(
        demo_lake.settings, data_dir=folder, store_url=f"sqlite:///{folder / 'operations.db'}"
    )
    with Lake.open(settings) as lake:
        tenant = demo_lake.andina
        path = folder / "articles.csv"
        path.write_text(REPLIES, encoding="utf-8")
        receive(lake, tenant, STAFF, path, "responses")
        refine(lake, tenant)
        build_online(lake, tenant, lake.contract_of(tenant))
        secret = issue_key(lake.store, STAFF, tenant, ("score", "read")).secret
        client = create_app(settings, lake).test_client()
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "es"}
        customers = list(dict.fromkeys(demo_lake.customer_ids()))
        yield Shop(lake, client, tenant, customers, headers)


def absent(told: dict[str, Any]) -> dict[str, str]:
    return {one["part"]: one["key"] for one in told["answer"]["absent"]}


def test_an_incident_is_answered_in_one_call_and_its_scores_replay(shop: Shop):
    told = shop.register("whole", customer_id=shop.customers[0])
    answer = told["answer"]
    assert set(absent(told)) <= {"intent", "urgency", "offer"}
    assert 0 < answer["risk"]["probability"] < 1 and answer["risk"]["risk_class"]
    assert 0 < answer["churn"]["probability"] < 1
    assert answer["risk"]["reasons"] and answer["churn"]["reasons"][0]["text"]
    assert "A2" in {one["response_id"] for one in answer["replies"]}
    assert all(one["text"] and one["score"] > 0 for one in answer["replies"])
    for part in ("risk", "churn"):
        path = f"/v1/scores/{answer[part]['score_id']}"
        replayed = shop.client.get(path, headers=shop.headers).json
        assert replayed["verdict"] == "same", replayed
        assert abs(replayed["now"]["probability"] - answer[part]["probability"]) < SAME
    scored = shop.client.post(
        "/v1/score/incidents",
        json={"customer_id": shop.customers[0], "text": TEXT, "kind": "claim", "channel": "chat",
              "opened_at": told["opened_at"]},
        headers=shop.headers,
    ).json  # fmt: skip
    assert abs(scored["scores"][0]["probability"] - answer["risk"]["probability"]) < SAME


def test_of_a_stranger_what_can_be_said_is_said(shop: Shop):
    told = shop.register("stranger", customer_id="9999999999")
    assert told["answer"]["risk"] is not None
    assert absent(told)["churn"] == "incidents.unknown_customer"
    nobody = shop.register("nobody")
    assert absent(nobody)["churn"] == "incidents.nobody_named"


def test_who_has_left_is_not_asked_about_leaving_and_made_no_offer(shop: Shop):
    left = pc.field("is_current") & pc.field("churned")
    rows = shop.lake.arrow(
        shop.lake.ref(shop.tenant, "gold", "customer"), ["person_token"], where=left
    )
    gone = set(rows["person_token"].to_pylist())
    whose = next(
        c for c in shop.customers if gone & set(person_named(shop.lake, shop.tenant, c).tokens)
    )
    told = shop.register("left", customer_id=whose)
    assert told["answer"]["risk"] is not None
    assert (told["answer"]["churn"], told["answer"]["offer"]) == (None, None)
    assert absent(told)["churn"] == "incidents.settled"


def test_who_objects_is_registered_and_not_scored(shop: Shop):
    person = person_named(shop.lake, shop.tenant, shop.customers[1])
    save_consent(
        shop.lake.store, STAFF, shop.tenant, person.mark, Consent(training=None, profiling=False)
    )
    told = shop.register("objects", customer_id=shop.customers[1])
    assert set(absent(told).values()) == {"models.objects"}
    assert told["answer"]["risk"] is None and told["answer"]["replies"] is None


def test_whatever_breaks_the_incident_is_registered(shop: Shop):
    file = online_file(shop.lake, shop.tenant)
    whole = file.read_bytes()
    file.write_bytes(b"no database at all" * 1000)
    try:
        told = shop.register("broken", customer_id=shop.customers[2])
    finally:
        file.unlink()
        file.write_bytes(whole)
    assert set(absent(told).values()) == {"incidents.part_failed"}
    path = f"{ROUTE}/{told['incident_id']}"
    assert shop.client.get(path, headers=shop.headers).json == told


def test_a_killed_service_tells_the_same_answer_when_asked_again(tmp_path: Path):
    from tests.ingestion_lake import TENANT, installation

    settings = installation(tmp_path)
    with Lake.open(settings) as lake:
        secret = issue_key(lake.store, STAFF, TENANT, ("score",)).secret
        body = {"text": TEXT, "kind": "claim"}
        worker = [sys.executable, "-m", "tests.incident_worker", str(settings.data_dir), secret]
        died = subprocess.run([*worker, json.dumps(body)], check=False, capture_output=True)
        assert died.returncode == -9, died.stderr.decode()[-2000:]
        assert pending(lake.store, TENANT).count == 1
        client = create_app(settings, lake).test_client()
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}
        again = client.post(ROUTE, json=body, headers=headers)
        assert again.status_code == 200
        assert client.post(ROUTE, json=body, headers=headers).json == again.json
        assert pending(lake.store, TENANT).count == 1


def test_registered_ended_and_fed_back_it_reaches_the_lake_and_is_learned_from(shop: Shop):
    lake, tenant, contract = shop.lake, shop.tenant, shop.lake.contract_of(shop.tenant)
    before = {one.source.response_id: one for one in ranker_of(lake, tenant, contract).rank(TEXT)}
    for number in range(8):
        own = f"{number:x}" * 64  # as long as the contract allows: its replies' numbers fit, too
        told = shop.register(
            f"fed {number}", customer_id=shop.customers[10 + number], incident_id=own
        )
        assert "A2" in {one["response_id"] for one in told["answer"]["replies"]}
        shop.told(told, reply="A2", solved=True, offer=None)
    later = shop.told(told, offer="discount_20", accepted=True, margin=120000)
    assert later["status"] == "closed"
    drain(lake, tenant)
    assert pending(lake.store, tenant).count == 0
    refine(lake, tenant)
    is_ours = pc.field("incident_id") == told["incident_id"]
    (incident,) = lake.arrow(lake.ref(tenant, "gold", "incident"), where=is_ours).to_pylist()
    assert (incident["solved"], incident["kind"], incident["channel"]) == (True, "claim", "chat")
    used = lake.arrow(lake.ref(tenant, "gold", "response"), where=is_ours).to_pylist()
    assert sorted(row["used"] for row in used) == [False] * (len(used) - 1) + [True]
    after = {one.source.text: one for one in ranker_of(lake, tenant, contract).rank(TEXT)}
    best = max(after.values(), key=lambda one: one.score)
    assert best.source.text == before["A2"].source.text
    assert best.helpfulness > before["A2"].helpfulness
    offers = lake.arrow(
        lake.ref(tenant, "gold", "offer"), where=pc.field("offer_id") == told["incident_id"]
    ).to_pylist()
    assert [(one["offer"], one["accepted"]) for one in offers] == [("discount_20", True)]
    decided = told["answer"]["offer"]
    if decided is not None and decided["offer"] == "discount_20":
        assert offers[0]["propensity_probability"] == decided["propensity_probability"]


def test_erasing_a_person_reaches_their_incidents_and_scores(shop: Shop):
    told = shop.register("erased", customer_id=shop.customers[30])
    officer = Actor("u:officer", "user", shop.tenant.id, frozenset({"privacy_officer"}))
    person = person_named(shop.lake, shop.tenant, shop.customers[30])
    receipt = erase_person(shop.lake, shop.tenant, officer, person, request="R-77")
    assert receipt.places["incidents"] == {"rows": 1} and receipt.places["outbox"] == {"rows": 1}
    path = f"{ROUTE}/{told['incident_id']}"
    assert shop.client.get(path, headers=shop.headers).status_code == 404
    score = f"/v1/scores/{told['answer']['risk']['score_id']}"
    assert shop.client.get(score, headers=shop.headers).json["verdict"] == "erased"
