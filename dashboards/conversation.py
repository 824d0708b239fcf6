"""A case whole, from the store where it was registered and from gold: what its page tells.

The store knows at once what came in by the service; gold knows the rest, and what was told since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dashboards import answer_queries, conversation_queries
from dashboards.conversation_queries import AROUND
from dashboards.formats import duration
from dashboards.gold import Row
from dashboards.viewer import Viewer
from dashboards.words import Words
from data_contracts.contract import Contract
from features.consent import objecting
from foundation.clock import utc_now
from foundation.errors import NotFound
from operations.conversation.files import CaseFile, case_files
from operations.incidents.registered import Registered, registered_of
from tenancy.incidents import find_incident, incidents_of_person

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

RISK = "incident_risk"
HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Around:
    """What happened around a case: rows of gold, oldest first."""

    replies: Sequence[Row] = ()
    calls: Sequence[Row] = ()
    offers: Sequence[Row] = ()
    others: Sequence[Row] = ()


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes
    ----------
    row
        Columns of the contract's table of incidents, those that are shown, what was told last;
        texts masked.
    registered
        As it came in by the service; None of a case that came in a file.
    risk
        In the shape of ``gold.score``: probability, risk_class, reasons, scored_at; None where
        nobody has foretold anything, or the customer objects.
    answer, suggested
        In the shapes of ``gold.answer`` and of ``answer_queries.replies_to``.
    objects
        The customer objects to being scored: nothing is foretold of them.
    """

    incident_id: str
    person_token: str | None
    row: Row
    registered: Registered | None
    files: tuple[CaseFile, ...]
    risk: Row | None = None
    answer: Row | None = None
    suggested: Sequence[Row] = ()
    objects: bool = False
    around: Around = field(default_factory=Around)

    @property
    def told(self) -> Mapping[str, Any]:
        """What was answered at once; nothing of a case that came in a file."""
        return {} if self.registered is None or self.objects else self.registered.answer


def words_of(see: Viewer) -> Words:
    """Return how the reader is spoken to on the page of a case."""
    return replace(see.words, room="conversation")


def common(words: Words) -> Words:
    """Return the same reader's words as all pages share them."""
    return replace(words, room="dashboards")


def lasted(span: timedelta, words: Words) -> str:
    """Return how long a case lasted; of hours nobody wants to know the seconds."""
    seconds = max(0.0, span.total_seconds())
    return duration(seconds - seconds % 60 if seconds > HOUR_SECONDS else seconds, words.language)


def case_of(see: Viewer, incident_id: str) -> Case:
    """Return a case of the viewer's tenant.

    Raises
    ------
    NotFound
        The tenant has none of this number, whoever else may have.
    """
    registered = _registered(see.lake, see.tenant, incident_id)
    ended = [one.name for one in see.contract.table("incidents").by_role("outcome_time")]
    history = conversation_queries.incident(see.gold, incident_id, ended)
    if registered is None and history is None:
        raise NotFound("conversation.none")
    row = {**(history or {}), **_as_told(see.contract, registered)}
    person = registered.incident.person_token if registered else row.get("person_token")
    files = case_files(see.lake, see.tenant, incident_id) if registered else ()
    case = Case(incident_id, person, row, registered, files)
    return replace(_foretold(see, case), around=_around(see, case))


def _registered(lake: "Lake", tenant: "Tenant", incident_id: str) -> Registered | None:
    stored = find_incident(lake.store, tenant, incident_id)
    return None if stored is None else registered_of(stored, lake.keys.of(tenant), again=True)


def _as_told(contract: Contract, registered: Registered | None) -> Row:
    """Return the columns of a registered case, moments as moments."""
    if registered is None:
        return {}
    table = contract.table("incidents")
    moments = {column.name for column in table.columns if column.type == "timestamp"}
    content = registered.content
    told = {
        name: datetime.fromisoformat(value).astimezone(UTC) if name in moments else value
        for name, value in {**content.shown, **content.outcome}.items()
        if value is not None
    }
    return told | {table.by_role("event_time")[0].name: registered.incident.opened_at}


def _foretold(see: Viewer, case: Case) -> Case:
    """Return a case with what models say of it, the newest; nothing where the customer objects."""
    person = {case.person_token} if case.person_token else set()
    if objecting(see.lake, see.tenant, see.contract, person):
        return replace(case, objects=True)
    told, known = case.told, case.incident_id
    answers = answer_queries.answers_by_id(see.gold, [known])
    suggested = answer_queries.replies_to(see.gold, answers).get(known, ())
    risks = (_risk_at_once(case), conversation_queries.risk(see.gold, known, RISK))
    return replace(
        case,
        risk=max((one for one in risks if one), key=lambda one: one["scored_at"], default=None),
        answer=answers.get(known) or _answer_at_once(told),
        suggested=suggested or told.get("replies") or (),
    )


def _risk_at_once(case: Case) -> Row | None:
    """Return the risk that was told when a case was registered, in the shape of ``gold.score``."""
    risk = case.told.get("risk")
    if case.registered is None or not risk:
        return None
    reasons = [
        {"contribution": one["contribution"], **{f"text_{k}": v for k, v in one["text"].items()}}
        for one in risk["reasons"]
    ]
    return {
        **risk,
        "reasons": reasons,
        "scored_at": case.registered.incident.received_at,
        "as_of_at": datetime.fromisoformat(risk["as_of_at"]),
        "model_version": risk["versions"]["model_version"],
    }


def _answer_at_once(told: Mapping[str, Any]) -> Row | None:
    """Return intent and urgency as they were told at once, in the shape of ``gold.answer``."""
    heard = {name: told.get(name) or {} for name in ("intent", "urgency")}
    if not any(heard.values()) and not told.get("replies"):
        return None
    return {
        key: one.get(part)
        for name, one in heard.items()
        for key, part in (
            (name, "name"),
            (f"{name}_probability", "probability"),
            (f"likeliest_{name}", "likeliest"),
        )
    }


def _around(see: Viewer, case: Case) -> Around:
    """Return what happened from a day before a case until a day after it."""
    replies = conversation_queries.replies(see.gold, case.incident_id)
    opened_at = case.row.get("opened_at")
    if case.person_token is None or opened_at is None:
        return Around(replies)
    span, person = (opened_at, case.row.get("closed_at") or utc_now()), case.person_token
    return Around(
        replies,
        conversation_queries.calls(see.gold, person, span),
        conversation_queries.offers(see.gold, person, span),
        _others(see, case, person, span),
    )


def _others(see: Viewer, case: Case, person: str, span: conversation_queries.Span) -> list[Row]:
    """Return the same customer's cases around one, those too that gold does not know yet."""
    known = conversation_queries.others(see.gold, person, span)
    with see.lake.store.reading() as session:
        live = incidents_of_person(session, see.tenant, person)
    since, until = span[0] - AROUND, span[1] + AROUND
    found = {one.incident_id: vars(one) for one in live if since <= one.opened_at <= until}
    found |= {row["incident_id"]: row for row in known}
    found.pop(case.incident_id, None)
    return sorted(found.values(), key=lambda row: row["opened_at"])
