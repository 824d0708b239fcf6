"""What is known of an incident beside what its row in the store shows: sealed, and opened again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenancy.incidents import SealedScore, StoredIncident

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys

Json = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """What was said of an incident.

    Attributes
    ----------
    row
        The fields as they came, for the lake: the customer's own number is among them.
    shown
        The fields as the platform may show them: typed, identifiers tokens, texts masked.
    attachments
        What is told of its files.
    outcome
        What became of it since, by column of the contract.
    feedback
        What was told of the answer's use.
    """

    row: Json
    shown: Json
    attachments: list[Json] = field(default_factory=list)
    outcome: Json = field(default_factory=dict)
    feedback: Json = field(default_factory=dict)

    def seal(self, keys: "TenantKeys", incident_id: str) -> bytes:
        """Return it sealed."""
        return keys.encrypt(_dumped(vars(self)), _context("content", incident_id))


def content_of(incident: StoredIncident, keys: "TenantKeys") -> Content:
    """Return what was said of an incident."""
    context = _context("content", incident.incident_id)
    return Content(**json.loads(keys.decrypt(incident.sealed, context)))


def seal_answer(answer: Mapping[str, Any], keys: "TenantKeys", incident_id: str) -> bytes:
    """Return an answer sealed."""
    return keys.encrypt(_dumped(answer), _context("answer", incident_id))


def answer_of(incident: StoredIncident, keys: "TenantKeys") -> Json:
    """Return what was answered, its words in every language."""
    context = _context("answer", incident.incident_id)
    told: Json = json.loads(keys.decrypt(incident.sealed_answer, context))
    return told


def seal_score(row: Mapping[str, Any], keys: "TenantKeys", score_id: str) -> bytes:
    """Return what replays a score, sealed."""
    return keys.encrypt(_dumped(row), _context("score", score_id))


def score_of(score: SealedScore, keys: "TenantKeys") -> Json:
    """Return what replays a score."""
    row: Json = json.loads(keys.decrypt(score.sealed, _context("score", score.score_id)))
    return row


def plain(value: object) -> Any:  # noqa: ANN401 - JSON's
    """Return a typed value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _dumped(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _context(what: str, incident_id: str) -> bytes:
    return f"incident/{what}/{incident_id}".encode()
