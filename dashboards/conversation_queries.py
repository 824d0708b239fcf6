"""What the conversation page asks of gold: one case, and what happened around it."""

from datetime import datetime, timedelta

from dashboards.gold import Gold, Row

Span = tuple[datetime, datetime]
"""From when to when a case lasted, in UTC."""

AROUND = timedelta(days=1)
"""Before a case and after it: calls and offers that belong to it."""
LONGEST = 50
"""Rows of a kind that the page shows; the oldest."""


def incident(gold: Gold, incident_id: str) -> Row | None:
    """Return a case with the contract's columns, texts masked; None where gold has none."""
    return next(iter(_of_case(gold, "incident", incident_id)), None)


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


def _of_case(gold: Gold, table: str, incident_id: str) -> list[Row]:
    if not gold.has(table):
        return []
    parameters: Row = {"incident": incident_id, "limit": LONGEST}
    return gold.rows(_CASES[table], {table: ()}, parameters, under="facts")


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
    return gold.rows(_NEAR[table], {table: ()}, parameters, under="facts")
