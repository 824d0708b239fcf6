"""What the pages ask of answers: the newest of each incident, and its suggested replies."""

from collections.abc import Mapping, Sequence

from dashboards.gold import Gold, Row

_ANSWER = (
    "incident_id", "run_id", "answered_at", "intent", "intent_probability", "likeliest_intent",
    "urgency", "urgency_probability", "likeliest_urgency",
)  # fmt: skip
_SUGGESTION = (
    "asked_incident_id", "run_id", "rank", "response_id", "incident_id", "kind", "similarity",
    "helpfulness",
)  # fmt: skip


def answers_by_id(gold: Gold, ids: Sequence[str]) -> dict[str, Row]:
    """Return the newest answer of each incident, by its number."""
    if not gold.has("answer"):
        return {}
    rows = gold.rows(
        """
        select * from answer where list_contains($ids, incident_id)
        qualify row_number() over (partition by incident_id order by answered_at desc, run_id) = 1
        """,
        {"answer": _ANSWER},
        {"ids": list(ids)},
    )
    return {row["incident_id"]: row for row in rows}


def replies_to(gold: Gold, answers: Mapping[str, Row]) -> dict[str, list[Row]]:
    """Return the replies suggested with answers (by incident), the best first.

    Columns: response_id, incident_id (the one it answered), kind, title, text, similarity,
    helpfulness. A reply that is not there any more is left out.
    """
    if not (gold.has("suggestion") and gold.has("response")):
        return {}
    rows = gold.rows(
        """
        select s.*, r.title, r.text
        from suggestion s join response r on r.response_id = s.response_id
        where list_contains($keys, s.run_id || ' ' || s.asked_incident_id)
        order by s.asked_incident_id, s.rank
        """,
        {"suggestion": _SUGGESTION, "response": ("response_id", "title", "text")},
        {"keys": [f"{row['run_id']} {name}" for name, row in answers.items()]},
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["asked_incident_id"], []).append(row)
    return found
