"""``gold.answer`` and ``gold.suggestion``: what is told of each incident that waits. Append only.

A suggestion names its source by ``response_id`` and ``incident_id``, as ``gold.response`` does; the
incident that it is for is ``asked_incident_id``. It holds no words: they are read where they lie,
and go with their person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain

import pyarrow as pa

from features.text_set import TextSet
from models.intents import Answer
from models.replies import Suggestion
from models.score_table import TIME, digest

LIKELY = pa.list_(pa.struct([("name", pa.string()), ("probability", pa.float64())]))
ANSWER = pa.schema(
    [
        ("answer_id", pa.string()),
        ("run_id", pa.string()),
        ("person_token", pa.string()),
        ("incident_id", pa.string()),
        ("as_of_at", TIME),
        ("answered_at", TIME),
        ("intent", pa.string()),
        ("intent_probability", pa.float64()),
        ("likeliest_intent", LIKELY),
        ("urgency", pa.string()),
        ("urgency_probability", pa.float64()),
        ("likeliest_urgency", LIKELY),
        ("intent_version", pa.string()),
        ("urgency_version", pa.string()),
        ("contract_version", pa.string()),
        ("table_versions_json", pa.string()),
        ("code_version", pa.string()),
    ]
)
"""One row an incident and run. A probability without a name is "I don't know"; without a
probability there is no model."""
SUGGESTION = pa.schema(
    [
        ("suggestion_id", pa.string()),
        ("run_id", pa.string()),
        ("person_token", pa.string()),
        ("asked_incident_id", pa.string()),
        ("suggested_at", TIME),
        ("rank", pa.int64()),
        ("response_id", pa.string()),
        ("incident_id", pa.string()),
        ("kind", pa.string()),
        ("similarity", pa.float64()),
        ("helpfulness", pa.float64()),
        ("score", pa.float64()),
    ]
)
"""One row an incident, run and rank, from 1."""


def answer_rows(
    run_id: str,
    texts: TextSet,
    told: Mapping[str, Sequence[Answer | None]],
    versions: Mapping[str, str | None],
    *,
    same: Mapping[str, object],
) -> pa.Table:
    """Return a run's rows for ``gold.answer``.

    Parameters
    ----------
    told, versions
        Model (``intent``, ``urgency``) → its answers in the texts' order, and its version.
    same
        The columns that are equal in every row.
    """
    moments = texts.opened_at.astype("datetime64[us]")
    rows = [
        {
            "answer_id": digest(run_id, incident),
            "run_id": run_id,
            "person_token": texts.tokens[at],
            "incident_id": incident,
            "as_of_at": moments[at].item(),
            **_told("intent", told["intent"][at]),
            **_told("urgency", told["urgency"][at]),
            **{f"{name}_version": version for name, version in versions.items()},
            **same,
        }
        for at, incident in enumerate(texts.incident_ids.tolist())
    ]
    return pa.Table.from_pylist(rows, schema=ANSWER)


def _told(model: str, answer: Answer | None) -> dict[str, object]:
    if answer is None:
        return {}
    likeliest = [{"name": name, "probability": share} for name, share in answer.likeliest]
    return {
        model: answer.name,
        f"{model}_probability": answer.confidence,
        f"likeliest_{model}": likeliest,
    }


def suggestion_rows(
    run_id: str, texts: TextSet, found: Sequence[Sequence[Suggestion]], now: datetime
) -> pa.Table:
    """Return a run's rows for ``gold.suggestion``."""
    incidents = zip(texts.incident_ids.tolist(), texts.tokens, found, strict=True)
    rows = chain.from_iterable(
        (
            {
                "suggestion_id": digest(run_id, incident, str(rank)),
                "run_id": run_id,
                "person_token": token,
                "asked_incident_id": incident,
                "suggested_at": now,
                "rank": rank,
                "response_id": one.source.response_id,
                "incident_id": one.source.incident_id,
                "kind": one.source.kind,
                "similarity": one.similarity,
                "helpfulness": one.helpfulness,
                "score": one.score,
            }
            for rank, one in enumerate(suggestions, 1)
        )
        for incident, token, suggestions in incidents
    )
    return pa.Table.from_pylist(list(rows), schema=SUGGESTION)
