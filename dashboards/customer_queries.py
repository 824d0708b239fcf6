"""What the customer's page asks of gold: everything about one person token of one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.gold import Gold, Row

LONGEST = 50
"""Rows of a kind that the page shows; the newest."""


@dataclass(frozen=True)
class Change:
    """A version of a customer and what it changed: column → before, after."""

    valid_from: datetime
    valid_to: datetime | None
    changes: dict[str, tuple[object, object]]


def versions(gold: Gold, token: str) -> list[Row]:
    """Return a customer's versions, oldest first; none where the tenant has no such person."""
    if not gold.has("customer"):
        return []
    return gold.rows(
        "select * from customer where person_token = $token order by valid_from",
        {"customer": ()},
        {"token": token},
    )


def changes(history: Sequence[Row], columns: Sequence[str]) -> list[Change]:
    """Return what each version changed of the one before it, newest first."""
    told = []
    for before, after in zip([None, *history], history, strict=False):
        changed = {
            name: (before[name], after[name])
            for name in columns
            if before is not None and before[name] != after[name]
        }
        told.append(Change(after["valid_from"], after["valid_to"], changed))
    return told[::-1]


def incidents(gold: Gold, token: str) -> list[Row]:
    """Return a person's incidents, newest first, texts masked."""
    return _newest(gold, _INCIDENTS, "incident", token)


def calls(gold: Gold, token: str) -> list[Row]:
    """Return a person's calls, newest first."""
    return _newest(gold, _CALLS, "call", token)


def offers(gold: Gold, token: str) -> list[Row]:
    """Return the offers that were made to a person, or withheld, newest first."""
    return _newest(gold, _OFFERS, "offer", token)


def scores(gold: Gold, token: str, model: str) -> list[Row]:
    """Return a person's scores by a model of customers, newest first, each with its reasons."""
    if not gold.has("score"):
        return []
    return gold.rows(
        """
        select * from score where person_token = $token and model = $model
        order by scored_at desc, as_of_at desc limit $limit
        """,
        {"score": _SCORES},
        {"token": token, "model": model, "limit": LONGEST},
    )


_INCIDENTS = """
select * from facts where person_token = $token order by opened_at desc limit $limit
"""
_CALLS = "select * from facts where person_token = $token order by started_at desc limit $limit"
_OFFERS = "select * from facts where person_token = $token order by offered_at desc limit $limit"
_SCORES = (
    "person_token", "model", "scored_at", "as_of_at", "probability", "risk_class", "reasons",
    "money_at_risk", "model_name", "model_version", "contract_version",
)  # fmt: skip


def _newest(gold: Gold, sql: str, table: str, token: str) -> list[Row]:
    if not gold.has(table):
        return []
    parameters: Row = {"token": token, "limit": LONGEST}
    return gold.rows(sql, {table: ()}, parameters, under="facts")
