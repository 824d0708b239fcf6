"""A tenant's replies out of the lake, ready to be ranked.

Suggested are articles of the knowledge base, and replies to incidents that ended or whose outcome
is known. Nothing of a person who refuses that models learn from them is among them. The index is
made when it is needed and never stored.
"""

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from features.build import PERSON
from features.consent import left_out, mark_of
from features.text_set import said_in
from models.replies import Kind, Reply, ReplyRanker

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

MOST_REPLIES = 20_000
"""Replies that are read, the newest; articles are always read."""
ARTICLE: Kind = "article"
REPLY = (
    "response_id", "incident_id", "replied_at", "kind", "title", "text", "language", "used",
    "solved",
)  # fmt: skip
QUESTION = ("incident_id", PERSON, "subject", "text", "closed_at", "solved")


def ranker_of(lake: "Lake", tenant: "Tenant", contract: Contract) -> ReplyRanker:
    """Return the index of a tenant's replies; empty where it sent none."""
    return ReplyRanker().fit(replies_of(lake, tenant, contract))


def replies_of(lake: "Lake", tenant: "Tenant", contract: Contract) -> list[Reply]:
    """Return articles and replies with the questions they answered, the oldest first."""
    ref = lake.ref(tenant, "gold", "response")
    if not lake.exists(ref):
        return []
    rows = lake.arrow(ref, list(REPLY)).sort_by(
        [("replied_at", "descending"), ("response_id", "ascending")]
    )
    articles = pc.fill_null(pc.equal(rows["kind"], ARTICLE), False)
    replies = rows.filter(pc.invert(articles))[:MOST_REPLIES]
    questions = _questions(lake, tenant, contract, replies)
    told = [_article(row) for row in rows.filter(articles).to_pylist()]
    found = (_reply(row, questions) for row in reversed(replies.to_pylist()))
    return [*told, *(reply for reply in found if reply is not None)]


def refusing_mark(lake: "Lake", tenant: "Tenant", contract: Contract) -> str:
    """Return a mark of who refuses that models learn from them: without them the index differs."""
    told = lake.arrow(lake.ref(tenant, "gold", "incident"), [PERSON])[PERSON]
    persons = told.drop_null().unique().to_pylist()
    return mark_of(lake, tenant, left_out(lake, tenant, contract, persons, "training"))


def _questions(
    lake: "Lake", tenant: "Tenant", contract: Contract, replies: pa.Table
) -> dict[str, dict[str, Any]]:
    """Return the incidents that were answered, by their number."""
    ref = lake.ref(tenant, "gold", "incident")
    if not lake.exists(ref):
        return {}
    answered = pc.field("incident_id").isin(replies["incident_id"].drop_null().unique())
    rows = lake.arrow(ref, list(QUESTION), answered)
    persons = rows[PERSON].drop_null().unique().to_pylist()
    silent = left_out(lake, tenant, contract, persons, "training")
    rows = rows.append_column("said", said_in(rows))
    return {row["incident_id"]: row | {"silent": row[PERSON] in silent} for row in rows.to_pylist()}


def _article(row: dict[str, Any]) -> Reply:
    return Reply(
        row["response_id"],
        row["text"],
        kind=ARTICLE,
        title=row["title"] or "",
        language=row["language"],
        used=row["used"],
        solved=row["solved"],
    )


def _reply(row: dict[str, Any], questions: dict[str, dict[str, Any]]) -> Reply | None:
    """Return a reply; None where nobody knows yet what it is worth, or where it may not be used."""
    question = questions.get(row["incident_id"] or "", {})
    ended = bool(question) and (question["closed_at"] is not None or question["solved"] is True)
    if question.get("silent") or not (ended or row["used"] is not None):
        return None
    return Reply(
        row["response_id"],
        row["text"],
        title=row["title"] or "",
        question=question.get("said") or "",
        incident_id=row["incident_id"],
        language=row["language"],
        used=row["used"],
        solved=row["solved"],
    )
