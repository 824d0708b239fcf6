"""Everything about one customer, in one answer: found by any writing, told in their words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from flask.testing import FlaskClient

from data_contracts.loader import load_contracts
from features.online_store import build_online
from foundation.errors import NotFound
from foundation.settings import Settings
from ingestion.tokens import token
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from models.answer_table import ANSWER, SUGGESTION
from models.live import LiveModels
from models.offer_table import DECISION
from models.score_table import SCORE
from operations.customers.customers import customer_known
from operations.customers.view import customer_view
from operations.incidents.asking import Asking, Question
from operations.incidents.intake import Intake
from operations.incidents.parts import offer
from operations.incidents.standing_offers import standing_offers
from serving.app import create_app
from serving.door.limiting import DOOR
from tenancy.api_keys import issue_key
from tenancy.audit import entries
from tenancy.consents import Consent, save_consent
from tenancy.keys import Keyring
from tenancy.screen_texts import save_screen_text
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.silver_rows import ACME, day, gold_of
from tests.transactions import transactions
from tests.unit.serving.conftest import STAFF

GLOBEX = replace(ACME, id="globex", name="Globex")
ANA, NIT, OTHER, GONE = "1.010.001.277", "900.123.456-8", "1010001999", "1010001888"
LETTER = "No hay señal desde ayer"
Json = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """A client company with four customers, and its service."""

    lake: Lake
    client: FlaskClient

    def token(self, identification: str) -> str:
        return token(identification, self.lake.keys.of(ACME).token_key)

    def get(
        self, path: str, scope: str = "read", language: str = "en", tenant: Tenant = ACME
    ) -> Json:
        secret = issue_key(self.lake.store, STAFF, tenant, [scope]).secret
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": language}
        answer = self.client.get(path, headers=headers)
        return answer.get_json() | {"status": answer.status_code}

    def view(self, identification: str, **more: str) -> Json:
        found = self.get(f"/v1/customers/{identification}", **more)
        assert found["status"] == 200, found
        return found


def gold(lake: Lake, person: dict[str, str]) -> None:
    """Write acme's gold: Ana has a past, the company is silent."""
    tables = {
        "customers": [
            {"person_token": person[ANA], "valid_from": day(0), "monthly_charge": 90_000,
             "contract_type": "month_to_month", "senior_citizen": True},
            {"person_token": person[NIT], "valid_from": day(0), "monthly_charge": 10_000},
            {"person_token": person[OTHER], "valid_from": day(0), "monthly_charge": 50_000},
            {"person_token": person[GONE], "valid_from": day(0), "no_profiling": True},
        ],
        "incidents": [
            {"incident_id": "I-1", "person_token": person[ANA], "opened_at": day(10),
             "channel": "chat", "kind": "claim", "text": "Gracias", "closed_at": day(11)},
            {"incident_id": "I-2", "person_token": person[ANA], "opened_at": day(60),
             "channel": "chat", "kind": "complaint", "text": LETTER},
        ],
        "calls": [{"call_id": "C-1", "person_token": person[ANA], "started_at": day(30),
                   "wait_seconds": 40.0, "answered": True}],
        "responses": [
            {"response_id": "R-1", "incident_id": "I-1", "replied_at": day(11), "text": "Listo"},
            {"response_id": "R-2", "incident_id": None, "title": "Sin señal", "text": "Reinicie"},
        ],
    }  # fmt: skip
    for name, frame in gold_of(lake.engine, **tables).frames.items():
        lake.writer.replace(lake.ref(ACME, "gold", name), frame, Commit("test:gold"))
    for name, rows in said(person).items():
        lake.writer.append(lake.ref(ACME, "gold", name), rows, Commit("test:said"))


def said(person: dict[str, str]) -> dict[str, pa.Table]:
    """Return what models said: of Ana twice, of her open case, and of whom to leave alone."""
    score = {"task": "binary", "reasons": [], "currency": "COP", "table_versions_json": "{}",
             "model_name": "m", "model_version": "1", "contract_version": "1", "code_version": "1",
             "class_probabilities": [], "run_id": "r", "features_json": "{}"}  # fmt: skip
    reason = {"feature": "tenure_days", "value": "3", "contribution": 0.4,
              "text_es": "antigüedad: 3 días", "text_en": "tenure: 3 days"}  # fmt: skip
    churn = score | {"model": "churn", "entity": "customer"}
    scores = [
        churn | {"score_id": f"{who[-1]}{n}", "person_token": person[who], "probability": chance,
                 "scored_at": day(n), "as_of_at": day(n), "risk_class": "high",
                 "money_at_risk": Decimal("12.50"), "reasons": [reason]}
        for who, chance, n in ((ANA, 0.9, 60), (ANA, 0.5, 61), (GONE, 0.9, 60))
    ]  # fmt: skip
    scores.append(churn | {
        "model": "purchased", "score_id": "p", "person_token": person[NIT], "probability": 0.9,
        "scored_at": day(60), "as_of_at": day(60)})  # fmt: skip
    scores.append(score | {
        "model": "incident_risk", "entity": "incident", "score_id": "i", "incident_id": "I-2",
        "person_token": person[ANA], "probability": 0.5, "risk_class": "critical",
        "scored_at": day(61), "as_of_at": day(60)})  # fmt: skip
    decision = {"decision_id": "d", "run_id": "r", "person_token": person[ANA],
                "as_of_at": day(61), "decided_at": day(61), "verdict": "harm", "offer": "none",
                "best_offer": "discount_20", "expected_margin_without": Decimal("10.00"),
                "expected_margin_with": Decimal("8.00"), "reason_es": "No", "reason_en": "Do not",
                "currency": "COP", "randomised": False, "propensity_probability": 1.0,
                "model_name": "m", "model_version": "4", "expected_cost": Decimal("1.00"),
                "options": [{"offer": "discount_20", "accepted_probability": 0.25}],
                }  # fmt: skip
    answer = {"answer_id": "a", "run_id": "r", "person_token": person[ANA], "incident_id": "I-2",
              "answered_at": day(61), "intent": "no_signal", "urgency": "high"}  # fmt: skip
    suggestion = {"run_id": "r", "person_token": person[ANA], "asked_incident_id": "I-2",
                  "response_id": "R-2", "similarity": 0.8}  # fmt: skip
    suggestions = [
        suggestion | {"suggestion_id": "old", "rank": 2, "suggested_at": day(60)},
        suggestion | {"suggestion_id": "new", "rank": 1, "suggested_at": day(61)},
    ]
    return {
        "score": pa.Table.from_pylist(scores, schema=SCORE),
        "offer_decision": pa.Table.from_pylist([decision], schema=DECISION),
        "answer": pa.Table.from_pylist([answer], schema=ANSWER),
        "suggestion": pa.Table.from_pylist(suggestions, schema=SUGGESTION),
    }


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[Desk]:
    settings = blank_installation(tmp_path_factory.mktemp("customers") / "data")
    with Lake.open(settings) as lake:
        Keyring(settings, lake.store).create_master()
        for tenant in (ACME, GLOBEX):
            create_tenant(lake.store, STAFF, tenant)
        desk = Desk(lake, create_app(settings, lake).test_client())
        person = {one: desk.token(one) for one in (ANA, NIT, OTHER, GONE)}
        gold(lake, person)
        phones = pa.table({
            "person_token": [person[ANA], person[OTHER]], "full_name": ["Ana Ruiz", "Luz Gil"],
            "phone": ["+57 (300) 555-0101", "3005550101"],
            "email": ["Ana@Example.com", None],
        })  # fmt: skip
        lake.vault.save(ACME, phones, "upload")
        early = desk.get(f"/v1/customers/{ANA}")
        assert (early["status"], early["error"]["key"]) == (503, "customers.not_ready")
        assert build_online(lake, ACME, lake.contract_of(ACME))
        yield desk


@pytest.mark.parametrize(
    ("written", "whose"),
    [
        ("1010001277", ANA),
        ("1.010.001.277", ANA),
        ("1010-001-277", ANA),
        ("C.C. 1 010 001 277", ANA),
        ("900123456", NIT),
        ("9001234568", NIT),
        ("NIT 900.123.456-8", NIT),
    ],
)
def test_a_customer_is_found_in_any_usual_writing(desk: Desk, written: str, whose: str):
    assert desk.view(written)["person_token"] == desk.token(whose)


@pytest.mark.parametrize("nobody", ["1010001278", "9001234567", "x" * 200, "0", "' OR 1=1"])
def test_nobody_is_told_in_a_sentence(desk: Desk, nobody: str):
    found = desk.get(f"/v1/customers/{nobody}")
    assert (found["status"], found["error"]["key"]) == (404, "customers.unknown")
    assert "No customer of the company" in found["error"]["message"]


def test_another_company_finds_nobody_and_a_key_without_the_scope_is_refused(desk: Desk):
    assert desk.get(f"/v1/customers/{ANA}", tenant=GLOBEX)["status"] == 404
    assert desk.get(f"/v1/customers/{ANA}", scope="score")["status"] == 403


def test_a_phone_or_address_leads_to_its_customers(desk: Desk):
    by_phone = desk.get("/v1/customers?phone=300%20555%2001%2001")["customers"]
    assert {one["person_token"] for one in by_phone} == {desk.token(ANA), desk.token(OTHER)}
    (by_mail,) = desk.get("/v1/customers?email=ana@example.com")["customers"]
    assert by_mail["person_token"] == desk.token(ANA)
    assert desk.get("/v1/customers?phone=3005550102")["status"] == 404
    for wrong in (
        "",
        "?phone=abc",
        "?phone=1&email=a@b.co",
        "?city=Cali",
        "?phone=3&agent=Luz&x=1",
    ):
        found = desk.get(f"/v1/customers{wrong}")
        assert (found["status"], found["error"]["key"]) == (422, "customers.one_way"), wrong


def test_data_come_with_labels_and_words_of_the_language_asked_for(desk: Desk):
    told = {one["name"]: one for one in desk.view(ANA, language="es")["customer"]}
    assert told["contract_type"]["label"] == "contrato"
    assert told["contract_type"]["text"] == "contrato mensual"
    assert told["senior_citizen"]["text"] == "sí"
    assert told["monthly_charge"]["value"] == "90000.0000"
    english = {one["name"]: one["text"] for one in desk.view(ANA)["customer"]}
    assert english["contract_type"] == "month-to-month contract"
    assert "city" not in english, "what is unknown is left out"


def test_personal_data_are_opened_and_who_read_them_is_audited_soon_after(desk: Desk):
    afterwards = desk.client.application.extensions[DOOR].afterwards
    afterwards.write()
    before = len(entries(desk.lake.store, ACME, limit=1000))
    personal = {one["name"]: one["value"] for one in desk.view(ANA)["personal"]}
    assert personal == {
        "full_name": "Ana Ruiz", "phone": "+57 (300) 555-0101", "email": "Ana@Example.com",
    }  # fmt: skip
    afterwards.write()
    added = entries(desk.lake.store, ACME, limit=1000)[: -before or None]
    (read,) = [one for one in added if one.action == "person.read"]
    assert read.subject == desk.lake.keys.of(ACME).mark("person", desk.token(ANA))
    assert read.details == {"through": "/v1/customers/<customer_id>"}
    assert desk.view(NIT)["personal"] == []


def test_a_view_asks_the_store_once_and_waits_for_no_writer(desk: Desk):
    secret = issue_key(desk.lake.store, STAFF, ACME, ["read"]).secret
    headers = {"Authorization": f"Bearer {secret}"}
    desk.client.get(f"/v1/customers/{ANA}", headers=headers)
    with transactions(desk.lake.store) as begun:
        answer = desk.client.get(f"/v1/customers/{ANA}", headers=headers)
    assert (answer.status_code, begun) == (200, ["BEGIN DEFERRED"])


def test_importance_is_value_times_risk_times_history(desk: Desk):
    told = desk.view(ANA)["importance"]
    assert [part["factor"] for part in told["parts"]] == [1.0, 1.5, 1.5]
    assert told["index"] == pytest.approx(100 * 1.0 * 1.5 * 1.5 / 4, abs=0.05)
    assert told["level"] == "very_important"
    assert told["parts"][2]["text"] == "1 open case, which goes wrong with a probability of 50 %."
    silent = desk.view(NIT)["importance"]
    assert (silent["level"], silent["parts"][1]["factor"]) == ("ordinary", 1.0)


def test_no_other_models_word_is_taken_for_that_of_leaving(desk: Desk):
    retail = load_contracts()["retail"]
    known = customer_known(desk.lake, ACME, STAFF, retail, NIT)
    view = customer_view(known, "en")
    assert [one["model"] for one in view["predictions"]] == ["purchased"]
    assert view["importance"]["parts"][1]["text"].startswith("Whether the customer may leave has")


def test_open_cases_come_with_risk_intent_urgency_and_the_latest_suggestions(desk: Desk):
    (case,) = desk.view(ANA)["open_cases"]
    assert (case["incident_id"], case["text"], case["kind"]) == ("I-2", LETTER, "complaint")
    assert (case["probability"], case["risk_class"]) == (0.5, "critical")
    assert (case["likely_intent"], case["urgency"]) == ("no_signal", "high")
    (reply,) = case["suggested_replies"]
    assert (reply["response_id"], reply["text"]) == ("R-2", "Reinicie")


def test_conversations_are_told_newest_first(desk: Desk):
    told = desk.view(ANA)["conversations"]
    assert [(one["what"], one["id"]) for one in told] == [
        ("incident", "I-2"), ("call", "C-1"), ("reply", "R-1"), ("incident", "I-1"),
    ]  # fmt: skip
    assert told[0]["at"] == day(60).isoformat()


def test_predictions_are_the_latest_with_reasons_and_versions(desk: Desk):
    churn, case = desk.view(ANA, language="es")["predictions"]
    assert (churn["score_id"], churn["probability"], churn["money_at_risk"]) == (
        "761",
        0.5,
        "12.50",
    )
    assert churn["title"] == "Clientes en riesgo de irse"
    assert churn["reasons"][0]["text"] == "antigüedad: 3 días"
    assert (case["model"], case["incident_id"]) == ("incident_risk", "I-2")


def test_the_offer_says_whom_not_to_disturb(desk: Desk):
    offer = desk.view(ANA)["offer"]
    assert (offer["verdict"], offer["do_not_disturb"]) == ("harm", True)
    assert offer["expected_value"] == "-2.00"
    assert offer["label"] == "20 % off for three months"
    assert (offer["expected_margin_with"], offer["reason"]) == ("8.00", "Do not")
    assert desk.view(NIT)["offer"] is None


def test_who_objects_in_the_file_is_not_profiled(desk: Desk):
    view = desk.view(GONE)
    assert (view["predictions"], view["importance"], view["offer"]) == ([], None, None)
    assert view["preferences"]["profiling"] is False
    assert view["notice"].startswith("The customer objects")


def test_an_objection_told_to_the_company_holds_at_once(desk: Desk):
    mark = desk.lake.keys.of(ACME).mark("person", desk.token(ANA))
    assert desk.view(ANA)["preferences"]["profiling"] is True
    manager = replace(STAFF, roles=frozenset({"manager"}))
    save_consent(desk.lake.store, manager, ACME, mark, Consent(False, False))
    view = desk.view(ANA)
    save_consent(desk.lake.store, manager, ACME, mark, Consent(True, True))
    assert (view["predictions"], view["preferences"]["training"]) == ([], False)
    assert view["open_cases"][0]["probability"] is None
    assert desk.view(ANA)["predictions"] != []


def test_greeting_and_closing_are_the_companys_own_with_names(desk: Desk):
    screen = desk.view(f"{ANA}?agent=Luis")["screen"]
    assert (
        screen["greeting"]
        == "Good day, Ana Ruiz. This is Luis of Acme S. A. S.. How can I help you?"
    )
    own = "Bienvenida, {customer}: {company}"
    save_screen_text(desk.lake.store, STAFF, ACME, name="greeting", language="es", words=own)
    assert (
        desk.view(ANA, language="es")["screen"]["greeting"] == "Bienvenida, Ana Ruiz: Acme S. A. S."
    )
    assert desk.view(NIT)["screen"]["greeting"].startswith("Good day, dear customer. This is your")


def test_preferences_say_the_usual_channel(desk: Desk):
    told = desk.view(ANA, language="es")["preferences"]
    assert (told["channel"], told["channel_text"], told["language"]) == ("chat", "chat", "es")
    assert desk.view(NIT)["preferences"]["channel"] is None


def test_versions_say_what_the_answer_was_made_of(desk: Desk):
    versions = desk.view(ANA)["versions"]
    assert versions["incident"] == desk.lake.version(desk.lake.ref(ACME, "gold", "incident"))
    assert datetime.fromisoformat(desk.view(ANA)["valid_from"]) == day(0).astimezone(UTC)


def register(desk: Desk, number: str, text: str) -> None:
    secret = issue_key(desk.lake.store, STAFF, ACME, ["score"]).secret
    body = {"incident_id": number, "customer_id": OTHER, "kind": "claim", "text": text,
            "channel": "web"}  # fmt: skip
    answer = desk.client.post(
        "/v1/incidents", json=body, headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code in (200, 201), answer.text


def test_a_case_that_came_in_today_is_there_at_once_and_masked(desk: Desk):
    assert desk.view(OTHER)["open_cases"] == []
    register(desk, "I-9", "Soy Ana, cédula 1.023.456.789, sigo sin señal")
    view = desk.view(OTHER, language="es")
    (case,) = view["open_cases"]
    assert (case["incident_id"], case["kind"], case["channel"]) == ("I-9", "reclamo", "página web")
    assert "[DOCUMENTO]" in case["text"]
    assert "1.023.456.789" not in str(view)
    assert (case["probability"], case["urgency"]) == (None, None), "no model speaks here"
    assert [(one["what"], one["id"]) for one in view["conversations"]] == [("incident", "I-9")]


def test_a_case_that_gold_knows_too_is_told_once(desk: Desk):
    rows = desk.view(ANA)["open_cases"]
    secret = issue_key(desk.lake.store, STAFF, ACME, ["score"]).secret
    again = {"incident_id": "I-2", "customer_id": ANA, "kind": "claim", "text": "Otra vez"}
    desk.client.post("/v1/incidents", json=again, headers={"Authorization": f"Bearer {secret}"})
    view = desk.view(ANA)
    assert (
        [case["incident_id"] for case in view["open_cases"]]
        == ["I-2"]
        == [case["incident_id"] for case in rows]
    )
    assert view["open_cases"][0]["text"] == "Otra vez"
    assert [one["id"] for one in view["conversations"]].count("I-2") == 1


@pytest.mark.parametrize(("days", "stands"), [(29, True), (31, False)])
def test_an_answer_says_the_offer_of_the_last_run_while_it_holds(
    desk: Desk, days: int, stands: bool
):
    contract, now = desk.lake.contract_of(ACME), day(61) + timedelta(days=days)
    intake = Intake({}, desk.token(ANA), now, None)
    asking = Asking(desk.lake, LiveModels(desk.lake), ACME, contract, [Question("I", intake)], now)
    if not stands:
        with pytest.raises(NotFound):  # nobody decided lately, and there is no model to decide by
            offer(asking)
        return
    (said,) = offer(asking)
    assert (said["decided"], said["decided_at"]) == ("run", day(61).isoformat())
    assert (said["verdict"], said["offer"], said["do_not_disturb"]) == ("harm", None, True)
    assert (said["expected_value"], said["accepted_probability"]) == ("-2.00", 0.25)


def test_an_offer_that_the_contract_no_longer_makes_does_not_stand(desk: Desk):
    contract, now = desk.lake.contract_of(ACME), day(62)
    assert standing_offers(desk.lake, ACME, contract, [desk.token(ANA)], now)
    other = replace(contract, offers=())
    assert standing_offers(desk.lake, ACME, other, [desk.token(ANA)], now) == {}
    assert standing_offers(desk.lake, ACME, contract, [desk.token(NIT)], now) == {}


def test_who_came_for_the_first_time_is_known_by_their_cases(desk: Desk):
    new = "1.010.007.777"
    assert desk.get(f"/v1/customers/{new}")["error"]["key"] == "customers.unknown"
    secret = issue_key(desk.lake.store, STAFF, ACME, ["score"]).secret
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "first"}
    body = {"customer_id": "1010007777", "text": LETTER}
    assert desk.client.post("/v1/incidents", json=body, headers=headers).status_code == 201
    told = desk.view(new)
    assert [case["text"] for case in told["open_cases"]] == [LETTER]
    assert (told["predictions"], told["offer"], told["personal"]) == ([], None, [])
    assert desk.get(f"/v1/customers/{new}", tenant=GLOBEX)["status"] in {404, 503}
