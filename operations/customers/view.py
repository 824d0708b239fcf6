"""All that an agent's screen needs of one customer (360°), from the online store, in one language.

What it may say follows the customer: who objects to being scored has no predictions and no offer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_contracts.contract import Contract
from features.online_store import PersonFacts
from foundation.texts import Language, text
from models.offers import DO_NOT_DISTURB
from operations.customers.cases import Cases
from operations.customers.importance import importance
from operations.customers.live_cases import live_case
from operations.customers.words import Json, as_json, fields, personal_fields, word
from tenancy.consents import Consent
from tenancy.incidents import StoredIncident
from tenancy.keys import TenantKeys
from tenancy.screen_texts import Texts, filled, phrases_in
from tenancy.tenant import Tenant

MONEY = ("expected_margin_without", "expected_margin_with", "expected_cost")


@dataclass(frozen=True)
class Known:
    """What is known of a customer.

    Attributes
    ----------
    personal
        Of the vault, in the clear: whoever makes this has seen to the audit.
    said
        What the customer told the company about models.
    live
        Cases that came in over the service (see ``Cases``).
    """

    tenant: Tenant
    contract: Contract
    person: PersonFacts
    keys: TenantKeys
    personal: Mapping[str, str | None] = field(default_factory=dict)
    said: Consent = field(default_factory=Consent)
    texts: Texts = field(default_factory=dict)
    live: Sequence[StoredIncident] = ()


def customer_view(known: Known, language: Language, agent: str | None = None) -> Json:
    """Return the view, predictions as rows of ``gold.score``; texts are masked.

    Parameters
    ----------
    agent
        Who speaks with the customer, for greeting and closing.
    """
    person, row = known.person, known.person.current or {}
    preferences = _preferences(known, row, language)
    may_profile = preferences["profiling"]
    live = [live_case(one, known.keys, known.contract, language) for one in known.live]
    cases = Cases(known.contract, person, language, live)
    open_cases = cases.open()
    if not may_profile:
        open_cases = [case | {"probability": None, "risk_class": None} for case in open_cases]
    return {
        "person_token": person.token,
        "customer": fields(known.contract.table("customers"), row, language),
        "valid_from": row.get("valid_from"),
        "personal": personal_fields(known.contract, known.personal, language),
        "importance": _importance(known, row, open_cases, language) if may_profile else None,
        "open_cases": open_cases,
        "conversations": cases.conversations(),
        "predictions": _predictions(known, language) if may_profile else [],
        "offer": _offer(known, language) if may_profile else None,
        "preferences": preferences,
        "notice": None if may_profile else text("customers.objects", language),
        "screen": _screen(known, language, agent),
        "versions": person.facts.versions,
    }


def _preferences(known: Known, row: Mapping[str, Any], language: Language) -> Json:
    """Return channel, language, and what the customer lets models do; None: nobody said."""
    channel = Cases(known.contract, known.person, language).channel()
    declared = known.contract.table("incidents").column("channel")
    files = {role: _by_role(known.contract, row, role) for role in ("consent", "objection")}
    learns = [said for said in (files["consent"], known.said.training) if said is not None]
    return {
        "channel": channel,
        "channel_text": None if channel is None else word(declared, channel, language),
        "language": known.tenant.language,
        "training": all(learns) if learns else None,
        "profiling": files["objection"] is not True and known.said.profiling is not False,
    }


def _by_role(contract: Contract, row: Mapping[str, Any], role: str) -> bool | None:
    columns = (c.name for c in contract.table("customers").columns if c.role == role)
    return next((row.get(name) for name in columns), None)


def _importance(
    known: Known, row: Mapping[str, Any], cases: Sequence[Json], language: Language
) -> Json:
    value = row.get("monthly_value")
    share = None if value is None else known.person.facts.value_share(float(value))
    found = importance(share, _leaving(known), [case["probability"] for case in cases])
    return {
        "index": found.index,
        "level": found.level,
        "text": found.say(language),
        "parts": found.parts(language),
    }


def _leaving(known: Known) -> float | None:
    """Return how probable it is that the customer leaves; no other model speaks in its place."""
    models = known.contract.models
    first = next((m.name for m in models if m.entity == "customer" and m.task == "binary"), None)
    scores = [] if first is None else known.person.scores_of(first)
    return next((score["probability"] for score in scores), None)


def _of_customer(known: Known) -> list[Json]:
    """Return the latest scores of the customer's own models, the contract's first one first."""
    models = [m.name for m in known.contract.models if m.entity == "customer"]
    scores = [score for score in known.person.scores if score["model"] in models]
    return sorted(scores, key=lambda score: models.index(score["model"]))


def _predictions(known: Known, language: Language) -> list[Json]:
    """Return the latest scores: the customer's own, then those of cases, newest first."""
    titles = {model.name: model.title[language] for model in known.contract.models}
    of_cases = [s for s in known.person.scores if s["incident_id"] and s["model"] in titles]
    of_cases.sort(key=lambda score: score["as_of_at"], reverse=True)
    return [
        score | {"title": titles[score["model"]], "incident_id": score["incident_id"] or None}
        for score in (*_of_customer(known), *of_cases)
    ]


def _offer(known: Known, language: Language) -> Json | None:
    """Return what was last decided to offer; None where nothing was."""
    decision = known.person.decision
    if decision is None:
        return None
    labels = {offer.name: offer.label[language] for offer in known.contract.offers}
    best = decision["best_offer"]
    return {
        "verdict": decision["verdict"],
        "do_not_disturb": decision["verdict"] in DO_NOT_DISTURB,
        "offer": best,
        "label": labels.get(best, best),
        "expected_value": _gain(decision),
        **{name: as_json(decision[name]) for name in MONEY},
        "currency": decision["currency"],
        "reason": decision[f"reason_{language}"],
        "decided_at": decision["decided_at"],
    }


def _gain(decision: Mapping[str, Any]) -> str | None:
    """Return what the offer is expected to bring; None where a margin is not known."""
    before, after = decision["expected_margin_without"], decision["expected_margin_with"]
    return None if before is None or after is None else str(after - before)


def _screen(known: Known, language: Language, agent: str | None) -> Json:
    """Return greeting, closing and the phrases that are to be said, with the names filled in."""
    names = {
        "company": known.tenant.name,
        "customer": known.personal.get("full_name") or text("customers.name_customer", language),
        "agent": agent or text("customers.name_agent", language),
    }
    told = {
        name: filled(words, **names)
        for (name, spoken), words in known.texts.items()
        if spoken == language
    }
    return told | {"phrases": phrases_in(told.get("phrases", ""))}
