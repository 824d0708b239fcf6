"""The catalogue: names, words in both languages, and what a contract's declarations become."""

from dataclasses import replace

import pytest

from data_contracts.contract import CUSTOMER_MEASURES, Contract, Model
from data_contracts.loader import load_contracts
from features.build import declared
from features.catalogue import features
from features.measures import measures, phrase
from features.spec import FeatureSpec, say_number
from foundation.errors import InvalidContract
from foundation.texts import LANGUAGES
from tests.silver_rows import TELECOM

CONTRACTS = load_contracts()
MODELS = [(contract, model) for contract in CONTRACTS.values() for model in contract.models]
NOT_FEATURES = {"entity", "event_time", "effective_time", "outcome", "outcome_time", "reference"}


def spec_of(name: str) -> FeatureSpec:
    found = {f.name: f for f in declared(TELECOM.model("churn"), TELECOM)}
    found |= {f.name: f for f in declared(TELECOM.model("incident_risk"), TELECOM)}
    return found[name].spec(TELECOM)


def test_every_feature_of_the_catalogue_is_known_by_its_functions_name():
    assert set(features()) == {
        "tenure_days",
        "incidents_last_30_days",
        "incidents_last_90_days",
        "complaints_last_90_days",
        "escalations_last_180_days",
        "days_since_last_incident",
        "calls_last_30_days",
        "calls_last_90_days",
        "mean_wait_last_90_days",
        "abandoned_calls_last_90_days",
        "offers_accepted_last_365_days",
        "customer_monthly_value",
        "incident_text",
        "incident_subject",
        "incident_kind",
        "incident_channel",
        "incident_product",
        "incident_hour",
        "incident_weekday",
        "text_sentiment",
        "text_is_urgent",
        "text_words",
        "text_amounts",
        "text_questions",
        "text_exclamations",
        "text_language",
        "sound_quality",
        "sound_silence_share",
        "sound_talk_share",
        "sound_interruptions_per_minute",
    }


@pytest.mark.parametrize(("contract", "model"), MODELS, ids=lambda one: getattr(one, "name", ""))
def test_every_declared_feature_exists_and_speaks_both_languages(contract: Contract, model: Model):
    for feature in declared(model, contract):
        spec = feature.spec(contract)
        for value in (None, 0.0, 1.0, 7.25, "no_such_value"):
            told = {language: spec.say(value, language) for language in LANGUAGES}
            assert all(sentence.strip() for sentence in told.values())
            assert not any("{" in sentence for sentence in told.values())


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_no_outcome_identifier_date_or_personal_column_is_a_measure(contract: Contract):
    customers = contract.table("customers")
    learned = [customers.column(measure.name) for measure in measures(contract)]
    assert learned
    assert not [c.name for c in learned if c.role in NOT_FEATURES]
    assert not [c.name for c in learned if c.type in {"date", "timestamp"}]
    assert not [c.name for c in learned if c.classification in {"identifier", "personal"}]


def test_a_contract_that_names_no_known_feature_is_refused():
    model = replace(TELECOM.model("churn"), features=(CUSTOMER_MEASURES, "phase_of_the_moon"))
    with pytest.raises(InvalidContract) as refused:
        declared(model, TELECOM)
    assert "«phase_of_the_moon»" in refused.value.say("es")


def test_a_measure_of_the_incidents_is_a_feature_of_the_incident_itself_in_its_words():
    contract = CONTRACTS["public_services"]
    found = {f.name: f for f in declared(contract.model("incident_risk"), contract)}
    office = found["office"]
    assert (office.source, office.type, office.entities) == ("self", "category", ("incident",))
    assert office.spec(contract).say("norte", "es") == "oficina: norte"
    assert not {"closed_at", "escalated", "disputed", "incident_id", "opened_at"} & set(found)


def test_an_incidents_feature_is_not_one_of_customers():
    model = replace(TELECOM.model("churn"), features=("incident_text",))
    with pytest.raises(InvalidContract):
        declared(model, TELECOM)


@pytest.mark.parametrize(
    ("name", "value", "spanish", "english"),
    [
        (
            "complaints_last_90_days",
            3.0,
            "3 quejas y reclamos en 90 días",
            "3 complaints and claims in 90 days",
        ),
        ("calls_last_30_days", 1.0, "1 llamada en 30 días", "1 call in 30 days"),
        ("calls_last_30_days", 0.0, "ninguna llamada en 30 días", "no call in 30 days"),
        ("tenure_days", 1234.4, "1.234 días como cliente", "1,234 days as a customer"),
        ("tenure_days", float("nan"), "antigüedad desconocida", "unknown time as a customer"),
        ("contract_type", "month_to_month", "contrato mensual", "month-to-month contract"),
        ("partner", True, "pareja: sí", "partner: yes"),
        ("partner", 0.0, "pareja: no", "partner: no"),
        ("monthly_charge", 70.35, "cargo mensual: 70,35", "monthly charge: 70.35"),
        ("monthly_charge", None, "cargo mensual: sin dato", "monthly charge: unknown"),
        ("incident_kind", "claim", "tipo: reclamo", "kind: claim"),
        ("incident_weekday", "0", "registrado un lunes", "registered on a Monday"),
    ],
)
def test_a_reason_is_told_in_words(name: str, value: object, spanish: str, english: str):
    spec = spec_of(name)
    assert spec.say(value, "es") == spanish
    assert spec.say(value, "en") == english


def test_a_spec_travels_as_json_and_says_the_same():
    spec = spec_of("contract_type")
    assert FeatureSpec.from_json(spec.to_json()) == spec


def test_a_phrase_names_its_column_once():
    assert phrase("contrato", "contrato mensual") == "contrato mensual"
    assert phrase("internet", "fibra óptica") == "internet: fibra óptica"


@pytest.mark.parametrize(
    ("number", "spanish"),
    [(0.0, "0"), (30.5, "30,5"), (99.994, "99,99"), (100.6, "101"), (1234567.0, "1.234.567")],
)
def test_numbers_are_written_as_people_do(number: float, spanish: str):
    assert say_number(number, "es") == spanish
