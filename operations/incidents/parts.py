"""The parts of an answer: risk, churn, intent, urgency, replies and offer, one function each."""

from collections.abc import Callable, Sequence
from datetime import UTC
from decimal import Decimal
from secrets import token_hex
from typing import Any

from data_contracts.contract import Entity, Model
from features.offer_set import customer_model
from features.online import online_incident_frame
from features.shapes import FeatureFrame, Record
from features.text_set import SAID
from features.text_signals import signals_in
from foundation.errors import AbcallError, NotEnoughData, NotFound
from foundation.texts import LANGUAGES
from ingestion.extractors.words.language import surely
from models.champion import Champion
from models.intents import Answer as Heard
from models.offer_run import decided_rows, valued
from models.offers import DO_NOT_DISTURB, Budget
from models.replies import Asked, Suggestion
from models.score import Score
from models.score_table import features_json, money_at_risk, versions_json
from models.text_model import TextModel
from models.uplift import CONTROL
from operations.incidents.asking import Asking, Json, KeptScore, Part, Question, Say, present
from operations.incidents.intake import as_rows
from operations.incidents.standing_offers import standing_offers

SUGGESTED = 3
LIKELIEST = 3
OFFERS_RUN = "live"


def risk(asking: Asking) -> Sequence[Part | AbcallError]:
    """Say how probable the incident's outcome is, by the contract's first model of incidents."""
    model = _model(asking, "incident")
    scorer = present(asking.models.scorer(model.name))
    intakes = [question.intake for question in asking.questions]
    taken = scorer.champion.features
    rows = as_rows(asking.contract, intakes, taken)
    frame = online_incident_frame(asking.lake, asking.tenant, asking.contract, model.name, rows)
    scores = scorer.score(frame.records)
    return [
        _scored(asking, question, frame, place, score)
        for place, (question, score) in enumerate(zip(asking.questions, scores, strict=True))
    ]


def churn(asking: Asking) -> Sequence[Part | AbcallError]:
    """Say how probable it is that the customer leaves, by the first model of customers."""
    model = _model(asking, "customer")
    scorer = present(asking.models.scorer(model.name))
    frame = asking.customers(model.name)
    scores = scorer.score(frame.records)

    def say(question: Question, place: int) -> Part:
        told = _scored(asking, question, frame, place, scores[place])
        chance = scores[place].probability if model.task == "binary" else None
        amount = money_at_risk(chance, frame.monthly_values[place], model.label.horizon_days)
        return told | {"money_at_risk": _money(amount), "currency": asking.tenant.currency}

    return _by_person(asking, frame, say)


def intent(asking: Asking) -> Sequence[Part | AbcallError]:
    """Say what the incident is about."""
    return _of_text(asking, "intent")


def urgency(asking: Asking) -> Sequence[Part | AbcallError]:
    """Say how urgent it is."""
    return _of_text(asking, "urgency")


def replies(asking: Asking) -> Sequence[Part | AbcallError]:
    """Say the best replies, each with its source."""
    ranker = present(asking.models.ranker())
    asked = [Asked(q.said, q.incident_id, surely(q.said)) for q in asking.questions]
    found: list[list[Suggestion]] = ranker.rank_each(asked, SUGGESTED)
    return [[_reply(rank, one) for rank, one in enumerate(suggestions, 1)] for suggestions in found]


def offer(asking: Asking) -> Sequence[Part | AbcallError]:
    """Say which offer is worth making to the customer, or that they are best left alone."""
    if not asking.contract.offers:
        raise NotFound("incidents.no_offers")
    base = customer_model(asking.contract)
    if base is None:
        raise NotFound("incidents.no_offers")
    persons = {q.intake.person_token for q in asking.questions if q.intake.person_token}
    standing = standing_offers(asking.lake, asking.tenant, asking.contract, persons, asking.now)
    all_stand = persons and standing.keys() >= persons
    champion = None if all_stand else present(asking.models.offers())
    every = asking.customers(base.name)
    decided = {} if champion is None else _decided_now(asking, champion, every)

    def say(question: Question, _: int) -> Part | AbcallError:
        person = question.intake.person_token or ""
        if person in standing:
            return _offer(asking, standing[person], "run")
        if person in decided:
            return _offer(asking, decided[person], "now")
        return NotEnoughData("models.no_value")

    return _by_person(asking, every, say)


def _decided_now(asking: Asking, champion: Champion, every: FeatureFrame) -> dict[str, Json]:
    """Decide on customers by themselves, without a budget; person → row."""
    frame = valued(every)
    if not frame.records:
        return {}
    run = (frame, Budget(), OFFERS_RUN)
    rows = decided_rows(asking.lake, asking.tenant, asking.contract, champion, run).to_pylist()
    return {row["person_token"]: row for row in rows}


PARTS: dict[str, Say] = {
    "risk": risk,
    "churn": churn,
    "intent": intent,
    "urgency": urgency,
    "replies": replies,
    "offer": offer,
}


def _model(asking: Asking, entity: Entity) -> Model:
    found = next((m for m in asking.contract.models if m.entity == entity), None)
    if found is None:
        raise NotFound(
            "serving.no_model_of_entity", vertical=asking.contract.vertical, entity=entity
        )
    return found


def _by_person(
    asking: Asking, frame: FeatureFrame, say: Callable[[Question, int], Part | AbcallError]
) -> list[Part | AbcallError]:
    places = {token: place for place, token in enumerate(frame.person_tokens.tolist())}
    over = asking.settled(frame.model.name)
    told: list[Part | AbcallError] = []
    for question in asking.questions:
        person = question.intake.person_token
        if person is None:
            told.append(NotEnoughData("incidents.nobody_named"))
        elif person in over:
            told.append(NotEnoughData("incidents.settled"))
        elif person not in places:
            told.append(NotEnoughData("incidents.unknown_customer"))
        else:
            told.append(say(question, places[person]))
    return told


def _scored(
    asking: Asking, question: Question, frame: FeatureFrame, place: int, score: Score
) -> Json:
    """Return what a score tells, and keep what replays it."""
    score_id = token_hex(16)
    said = {
        "probability": score.probability,
        "predicted_value": score.predicted_value,
        "risk_class": score.risk_class,
        "class_probabilities": score.class_probabilities,
    }
    row = said | {
        "model": frame.model.name,
        "reasons": [dict(vars(reason)) for reason in score.reasons],
        "features_json": features_json(score.features),
        "model_name": score.model_name,
        "model_version": score.model_version,
        "contract_version": score.contract_version,
        "table_versions_json": versions_json(frame.table_versions),
        "code_version": score.code_version,
    }
    asking.keep(question, KeptScore(score_id, frame.model.name, row))
    return {
        "score_id": score_id,
        "model": frame.model.name,
        "task": frame.model.task,
        "as_of_at": frame.as_of[place].item().replace(tzinfo=UTC).isoformat(),
        **said,
        "reasons": [
            {
                "feature": reason.feature,
                "contribution": reason.contribution,
                "text": {language: reason.say(language) for language in LANGUAGES},
            }
            for reason in score.reasons
        ],
        "versions": {
            "model": score.model_name,
            "model_version": score.model_version,
            "contract": score.contract_version,
            "code": score.code_version,
            "tables": frame.table_versions,
        },
    }


def _of_text(asking: Asking, name: str) -> list[Part | AbcallError]:
    model: TextModel = present(asking.models.text(name))
    asked = [q for q in asking.questions if q.said]
    heard = iter(model.decide([_record(one, model.taken) for one in asked]))
    version = asking.models.versions.get(name)
    silent = NotEnoughData("incidents.no_words")
    return [_heard(next(heard), version) if q.said else silent for q in asking.questions]


def _record(question: Question, signals: Sequence[str]) -> Record:
    """Return what a model of texts takes; what the words say is read where it takes that."""
    said: Record = {SAID: question.said}
    return said | signals_in(question.intake.words, signals) if signals else said


def _heard(heard: Heard, version: str | None) -> Json:
    return {
        "name": heard.name,
        "probability": heard.confidence,
        "likeliest": [
            {"name": name, "probability": share} for name, share in heard.likeliest[:LIKELIEST]
        ],
        "model_version": version,
    }


def _reply(rank: int, one: Suggestion) -> Json:
    source = one.source
    return {
        "rank": rank,
        "response_id": source.response_id,
        "incident_id": source.incident_id,
        "kind": source.kind,
        "title": source.title,
        "text": source.text,
        "language": source.language,
        "similarity": one.similarity,
        "helpfulness": one.helpfulness,
        "score": one.score,
    }


def _offer(asking: Asking, row: dict[str, Any], decided: str) -> Json:
    """Return what a decision says; ``decided`` in the latest run, or now."""
    label = {spec.name: spec.label for spec in asking.contract.offers}[row["best_offer"]]
    without, with_offer = row["expected_margin_without"], row["expected_margin_with"]
    best = next(one for one in row["options"] if one["offer"] == row["best_offer"])
    return {
        "decided": decided,
        "decided_at": row["decided_at"].isoformat(),
        "verdict": row["verdict"],
        "do_not_disturb": row["verdict"] in DO_NOT_DISTURB,
        "offer": None if row["offer"] == CONTROL else row["offer"],
        "best_offer": row["best_offer"],
        "label": dict(label),
        "expected_value": _money(with_offer - without),
        "expected_margin_without": _money(without),
        "expected_margin_with": _money(with_offer),
        "expected_cost": _money(row["expected_cost"]),
        "accepted_probability": best["accepted_probability"],
        "currency": row["currency"],
        "reason": {language: row[f"reason_{language}"] for language in LANGUAGES},
        "randomised": row["randomised"],
        "propensity_probability": row["propensity_probability"],
        "versions": {"model": row["model_name"], "model_version": row["model_version"]},
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
