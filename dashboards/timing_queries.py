"""What the pages ask of ``gold.timing``: by when an outcome comes, as it was last told."""

from collections.abc import Sequence
from datetime import datetime

from dashboards.gold import Gold, Row

_TOLD = ("model", "scored_at", "as_of_at", "days", "probabilities", "median_days")


def timing_of_person(gold: Gold, token: str, model: str, as_of: datetime) -> Row | None:
    """Return by when the outcome of a model of customers comes to a person.

    None where nothing was told of this moment: what was told of an earlier one, by a model that
    may not speak any more, does not go with today's score.
    """
    if not gold.has("timing"):
        return None
    found = gold.rows(
        """
        select * from timing where person_token = $token and model = $model and as_of_at = $as_of
        order by scored_at desc limit 1
        """,
        {"timing": ("person_token", *_TOLD)},
        {"token": token, "model": model, "as_of": as_of},
    )
    return found[0] if found else None


def timing_by_incident(gold: Gold, model: str, ids: Sequence[str]) -> dict[str, Row]:
    """Return by when incidents come to their end: days, probabilities, median."""
    if not gold.has("timing"):
        return {}
    rows = gold.rows(
        """
        select * from timing where model = $model and list_contains($ids, incident_id)
        order by scored_at
        """,
        {"timing": ("incident_id", *_TOLD)},
        {"ids": list(ids), "model": model},
    )
    return {row["incident_id"]: row for row in rows}
