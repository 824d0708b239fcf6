"""What the conversation page asks of gold: one case, and what happened around it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dashboards.gold import Gold, Row

Span = tuple[datetime, datetime]
"""From when to when a case lasted, in UTC."""

AROUND = timedelta(days=1)
"""Before a case and after it: calls and offers that belong to it."""
LONGEST = 50
"""Rows of a kind that the page shows; the oldest."""


def incident(gold: Gold, incident_id: str, moments: Iterable[str] = ()) -> Row | None:
    """Return what is shown of a case, texts masked; None where gold has none.

    Parameters
    ----------
    moments
        Columns that say when it ended in which way.
    """
    more = ("subject", "text", "solved", "closed_at", *moments)
    return next(iter(_of_case(gold, "incident", incident_id, more)), None)


def risk(gold: Gold, incident_id: str, model: str) -> Row | None:
    """Return the newest score of a case by a model, with its reasons."""
    if not gold.has("score"):
        return None
    found = gold.rows(
        """
        select * from score where incident_id = $incident and model = $model
        order by scored_at desc, as_of_at desc limit 1
        """,
        {"score": _SCORE},
        {"incident": incident_id, "model": model},
    )
    return next(iter(found), None)


def replies(gold: Gold, incident_id: str) -> list[Row]:
    """Return the replies that were sent on a case, oldest first.

    A suggestion that nobody used was not sent.
    """
    rows = _of_case(gold, "response", incident_id)
    return [row for row in rows if row["replied_at"] is not None and row["used"] is not False]


def calls(gold: Gold, person: str, span: Span) -> list[Row]:
    """Return a person's calls around a case, oldest first."""
    return _around(gold, "call", person, span)


def offers(gold: Gold, person: str, span: Span) -> list[Row]:
    """Return what a person was offered around a case, oldest first."""
    return _around(gold, "offer", person, span)


def others(gold: Gold, person: str, span: Span) -> list[Row]:
    """Return a person's cases that were opened around one, itself among them, oldest first."""
    return _around(gold, "incident", person, span)


_SCORE = (
    "incident_id", "model", "scored_at", "as_of_at", "probability", "risk_class", "reasons",
    "model_version", "contract_version",
)  # fmt: skip


_SHOWN = {
    "incident": ("incident_id", "person_token", "opened_at", "kind", "channel", "product"),
    "response": ("incident_id", "replied_at", "used", "title", "text"),
    "call": ("person_token", "started_at", "abandoned", "handle_seconds", "direction", "queue"),
    "offer": ("person_token", "offered_at", "offer", "accepted"),
}
"""Table → what the page shows of its rows, of those columns that a company has."""

_CASES = {
    "incident": """
        select * from facts where incident_id = $incident order by opened_at limit $limit
    """,
    "response": """
        select * from facts where incident_id = $incident order by replied_at limit $limit
    """,
}
_NEAR = {
    "incident": """
        select * from facts where person_token = $person and opened_at between $since and $until
        order by opened_at limit $limit
    """,
    "call": """
        select * from facts where person_token = $person and started_at between $since and $until
        order by started_at limit $limit
    """,
    "offer": """
        select * from facts where person_token = $person and offered_at between $since and $until
        order by offered_at limit $limit
    """,
}


def _of_case(gold: Gold, table: str, incident_id: str, more: Iterable[str] = ()) -> list[Row]:
    if not gold.has(table):
        return []
    parameters: Row = {"incident": incident_id, "limit": LONGEST}
    return gold.rows(_CASES[table], {table: _shown(gold, table, more)}, parameters, under="facts")


def _around(gold: Gold, table: str, person: str, span: Span) -> list[Row]:
    if not gold.has(table):
        return []
    since, until = span[0] - AROUND, span[1] + AROUND
    parameters: Row = {
        "person": person,
        "since": since.replace(tzinfo=None),
        "until": until.replace(tzinfo=None),
        "limit": LONGEST,
    }
    return gold.rows(_NEAR[table], {table: _shown(gold, table)}, parameters, under="facts")


def _shown(gold: Gold, table: str, more: Iterable[str] = ()) -> list[str]:
    there = set(gold.columns(table))
    return [name for name in dict.fromkeys([*_SHOWN[table], *more]) if name in there]
