"""A customer's cases and conversations as the online store has them, texts masked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

from data_contracts.contract import Contract
from features.online_store import PersonFacts
from foundation.texts import Language
from operations.customers.words import Json, word_in

MOST_CASES, MOST_CONVERSATIONS, MOST_REPLIES = 20, 20, 3
SAID_OF_CASE = ("kind", "channel", "product", "priority", "intent")
SAID_OF_CALL = ("direction", "queue", "product")
SECONDS = ("wait_seconds", "talk_seconds")


@dataclass(frozen=True)
class Cases:
    """A person's cases, told in one language.

    Attributes
    ----------
    live
        Those that came in over the service (``live_cases``), newest first: gold may not know them
        yet, or not how they stand.
    """

    contract: Contract
    person: PersonFacts
    language: Language
    live: Sequence[Json] = ()

    def open(self) -> list[Json]:
        """Return the open cases, newest first; one that came in over the service as that knows."""
        live = [case for case in self.live if case["closed_at"] is None]
        rows = [
            row
            for row in self.person.incidents
            if row["closed_at"] is None and row["incident_id"] not in self._numbers
        ]
        told = [*live, *map(self._case, rows[:MOST_CASES])]
        return nlargest(MOST_CASES, told, key=lambda case: case["opened_at"])

    @property
    def _numbers(self) -> set[str]:
        return {case["incident_id"] for case in self.live}

    def conversations(self) -> list[Json]:
        """Return the last incidents, calls and replies together, newest first."""
        incidents = self.person.facts.rows("incident", self.person.token, limit=MOST_CONVERSATIONS)
        calls = self.person.facts.rows("call", self.person.token, limit=MOST_CONVERSATIONS)
        known = [row for row in incidents if row["incident_id"] not in self._numbers]
        told = [self._incident(row) for row in known]
        told += [self._came_in(case) for case in self.live]
        told += [self._call(row) for row in calls]
        told += [reply for row in incidents for reply in self._replies(row["incident_id"])]
        return nlargest(MOST_CONVERSATIONS, told, key=lambda one: one["at"])

    def channel(self) -> str | None:
        """Return the channel by which most of the cases came, the newest of equals; a value."""
        counts: dict[str, int] = {}
        for row in self.person.incidents:
            if row["channel"] is not None:
                counts[row["channel"]] = counts.get(row["channel"], 0) + 1
        return max(counts, key=lambda one: counts[one], default=None)

    def _case(self, row: Mapping[str, Any]) -> Json:
        incident = row["incident_id"]
        risk = self._risk_of(incident)
        answer = next((a for a in self.person.answers if a["incident_id"] == incident), None)
        return {
            "incident_id": incident,
            "opened_at": row["opened_at"],
            **self._said("incidents", row, SAID_OF_CASE),
            "subject": row["subject"],
            "text": row["text"],
            "probability": risk.get("probability"),
            "risk_class": risk.get("risk_class"),
            "likely_intent": answer and answer["intent"],
            "urgency": answer and answer["urgency"],
            "suggested_replies": [*self._suggested(incident)],
        }

    def _risk_of(self, incident: str | None) -> Json:
        models = (model for model in self.contract.models if model.entity == "incident")
        first = next((model.name for model in models if model.task == "binary"), None)
        scores = self.person.scores if first is not None else []
        of_case = (s for s in scores if s["incident_id"] == incident and s["model"] == first)
        return next(of_case, {})

    def _suggested(self, incident: str | None) -> Iterable[Json]:
        for one in self.person.suggestions_for(incident or "")[:MOST_REPLIES]:
            reply = self.person.facts.reply(one["response_id"])
            if reply is not None:
                yield {
                    "response_id": one["response_id"],
                    "title": reply["title"],
                    "text": reply["text"],
                    "similarity": one["similarity"],
                }

    def _incident(self, row: Mapping[str, Any]) -> Json:
        said = self._said("incidents", row, SAID_OF_CASE)
        told = {"id": row["incident_id"], "subject": row["subject"], "text": row["text"]}
        return {"what": "incident", "at": row["opened_at"], **told, **said}

    def _came_in(self, case: Mapping[str, Any]) -> Json:
        said = {name: case[name] for name in (*SAID_OF_CASE, "subject", "text")}
        return {"what": "incident", "at": case["opened_at"], "id": case["incident_id"], **said}

    def _call(self, row: Mapping[str, Any]) -> Json:
        seconds = {name: row[name] for name in SECONDS}
        said = self._said("calls", row, SAID_OF_CALL)
        told = {"id": row["call_id"], "answered": row["answered"]}
        return {"what": "call", "at": row["started_at"], **told, **said, **seconds}

    def _replies(self, incident: str | None) -> Iterable[Json]:
        rows = self.person.facts.rows("response", incident) if incident else []
        for row in rows:
            if row["replied_at"] is not None:
                told = {"id": row["response_id"], "subject": row["title"], "text": row["text"]}
                yield {"what": "reply", "at": row["replied_at"], "incident_id": incident, **told}

    def _said(self, table: str, row: Mapping[str, Any], names: Sequence[str]) -> Json:
        declared = self.contract.table(table)
        return {name: word_in(declared, row, name, self.language) for name in names}
