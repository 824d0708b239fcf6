"""Cases that came in over the service, as the view of a customer shows them, lake or no lake."""

from collections.abc import Mapping
from typing import Any

from data_contracts.contract import Contract
from foundation.texts import Language
from operations.customers.words import Json, word_in
from operations.incidents.answer import spoken
from operations.incidents.sealed import answer_of, content_of
from tenancy.incidents import StoredIncident
from tenancy.keys import TenantKeys

SAID = ("kind", "channel", "product", "priority", "intent")
MOST_REPLIES = 3


def live_case(
    stored: StoredIncident, keys: TenantKeys, contract: Contract, language: Language
) -> Json:
    """Return a case in the shape of ``customer_cases``, with what was answered at once."""
    table, shown = contract.table("incidents"), content_of(stored, keys).shown
    answer: Json = spoken(answer_of(stored, keys), language)
    risk = answer.get("risk") or {}
    return {
        "incident_id": stored.incident_id,
        "opened_at": stored.opened_at,
        "closed_at": stored.closed_at,
        **{name: word_in(table, shown, name, language) for name in SAID},
        "subject": shown.get("subject"),
        "text": shown.get("text"),
        "probability": risk.get("probability"),
        "risk_class": risk.get("risk_class"),
        "likely_intent": _name(answer, "intent"),
        "urgency": _name(answer, "urgency"),
        "suggested_replies": [
            {name: reply[name] for name in ("response_id", "title", "text", "similarity")}
            for reply in (answer.get("replies") or ())[:MOST_REPLIES]
        ],
    }


def _name(answer: Mapping[str, Any], part: str) -> str | None:
    found = answer.get(part)
    return None if found is None else found["name"]
