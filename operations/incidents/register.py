"""Registering incidents: stored, answered and on their way to the lake in one transaction.

A request that comes again – the same key, the same body – gets the very same answer; a second
incident never comes of it. The answer is made before the transaction, so that no lock is held while
models speak; of two that come at once one registers, and the other is told its answer.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from secrets import choice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from data_contracts.contract import Contract
from foundation.clock import utc_now
from foundation.errors import Conflict, InvalidRequest, UserError
from models.live import LiveModels
from operations.incidents.answer import Answer, answers
from operations.incidents.asking import Question
from operations.incidents.attachments import Attachment, attachments_in, sealed_files
from operations.incidents.events import tell_registered
from operations.incidents.intake import Desk, Intake
from operations.incidents.sealed import (
    Content,
    Json,
    answer_of,
    content_of,
    plain,
    seal_answer,
    seal_score,
)
from operations.outbox.changes import Change
from operations.outbox.drain import put_in
from tenancy.actor import Actor
from tenancy.columns import is_storable
from tenancy.incidents import (
    SealedFile,
    SealedScore,
    StoredIncident,
    add_incident,
    get_incident,
    incidents_known,
    incidents_of_person,
)

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.keys import TenantKeys
    from tenancy.store import Store
    from tenancy.tenant import Tenant

ATTACHMENTS = "attachments"
LONGEST_KEY = 200
LONGEST_NUMBER = 255
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of numbers that we give: none that is taken for another."""
GIVEN_LETTERS = 12


@dataclass(frozen=True)
class Registrar:
    """Who registers incidents at a tenant, and by what they are answered."""

    lake: "Lake"
    models: LiveModels
    tenant: "Tenant"
    contract: Contract
    actor: Actor

    @cached_property
    def keys(self) -> "TenantKeys":
        """The tenant's keys."""
        return self.lake.keys.of(self.tenant)


@dataclass(frozen=True)
class Registered:
    """An incident as it stands in the store, with its answer (words in every language).

    ``again``: the request had come before.
    """

    incident: StoredIncident
    content: Content
    answer: Json
    again: bool


@dataclass(frozen=True)
class _Draft:
    """A request to register, of which nobody knows yet whether it came before."""

    place: str
    given: Mapping[str, Any]
    key_mark: str
    body_mark: str
    has_key: bool
    intake: Intake | UserError

    @property
    def number(self) -> str | None:
        """The incident's own number, if it has one."""
        return self.intake.reference if isinstance(self.intake, Intake) else None


@dataclass(frozen=True)
class _Request:
    """A checked request to register."""

    incident_id: str
    key_mark: str
    body_mark: str
    has_key: bool
    given: Mapping[str, Any]
    intake: Intake
    files: list[Attachment]


@dataclass(frozen=True)
class _Made:
    """What is stored of a request."""

    request: _Request
    registered: Registered
    scores: Sequence[SealedScore]
    files: Sequence[SealedFile]
    change: Change


def register(
    registrar: Registrar, given: Sequence[object], places: Sequence[str], key: str | None
) -> list[Registered | UserError]:
    """Register incidents, each for itself; returns what became of each, in order.

    Parameters
    ----------
    given
        Incidents as the contract writes them, besides them ``attachments``.
    places
        Where each stands in the request, for sentences.
    key
        Names the request, so that it may come again; without it an incident's own number does.

    Returns
    -------
    list
        Of one that was not registered why: ``InvalidRequest``, ``TooLarge`` or ``Conflict``.
    """
    numbered = (_numbered(key, number, len(given)) for number in range(len(given)))
    drafts = [
        _drafted(registrar, one, place, named)
        for one, place, named in zip(given, places, numbered, strict=True)
    ]
    known = _known(registrar, [one for one in drafts if isinstance(one, _Draft)])
    checked = [_checked(registrar, one, known) for one in drafts]
    new = [one for one in checked if isinstance(one, _Request)]
    questions = [Question(one.incident_id, one.intake) for one in new]
    said = answers(
        registrar.lake, registrar.models, registrar.tenant, registrar.contract, questions
    )
    made = [_made(registrar, one, answer) for one, answer in zip(new, said, strict=True)]
    stored = iter(_stored(registrar, made))
    return [next(stored) if isinstance(one, _Request) else one for one in checked]


def incident(lake: "Lake", tenant: "Tenant", incident_id: str) -> Registered:
    """Return an incident as it stands, with its answer.

    Raises
    ------
    NotFound
        The tenant registered none of this number.
    """
    stored = get_incident(lake.store, tenant, incident_id)
    return _registered(stored, lake.keys.of(tenant), again=True)


def open_incidents_of(
    store: "Store", tenant: "Tenant", person_token: str, limit: int = 100
) -> list[StoredIncident]:
    """Return a person's incidents that are not closed, newest first."""
    return incidents_of_person(store, tenant, person_token, limit, still_open=True)


def _numbered(key: str | None, number: int, count: int) -> str | None:
    """Return what names one incident of a request."""
    return key if key is None or count == 1 else f"{key}/{number}"


def _drafted(
    registrar: Registrar, given: object, place: str, key: str | None
) -> _Draft | UserError:
    """Return a request as far as it can be read without the store."""
    try:
        if not isinstance(given, dict):
            raise InvalidRequest("serving.not_incident", field=place)
        keys, named = registrar.keys, _key_of(registrar, given, key, place)
        key_mark = keys.mark("incident key", named)
        body_mark = keys.mark("incident body", json.dumps(given, sort_keys=True))
    except UserError as refused:
        return refused
    intake = _taken_in(registrar, given, place)
    return _Draft(place, given, key_mark, body_mark, key is not None, intake)


def _taken_in(registrar: Registrar, given: Mapping[str, object], place: str) -> Intake | UserError:
    """Return what an incident says, or what is wrong with it."""
    fields = {name: value for name, value in given.items() if name != ATTACHMENTS}
    table, key = registrar.contract.table("incidents"), registrar.keys.token_key
    try:
        return Desk(registrar.tenant, table, key, utc_now()).take(fields, place)
    except UserError as refused:
        return refused


def _known(registrar: Registrar, drafts: Sequence[_Draft]) -> list[StoredIncident]:
    """Return what was registered under the requests' keys or numbers."""
    marks = [one.key_mark for one in drafts]
    numbers = [one.number for one in drafts if one.number is not None]
    return incidents_known(registrar.lake.store, registrar.tenant, marks, numbers) if marks else []


def _checked(
    registrar: Registrar, draft: _Draft | UserError, known: Sequence[StoredIncident]
) -> _Request | Registered | UserError:
    """Return a new request; or what became of it when it came before, or why it is none."""
    if isinstance(draft, UserError):
        return draft
    before = next((one for one in known if one.key_mark == draft.key_mark), None)
    try:
        if before is not None:
            return _again(before, draft, registrar.keys)
        return _request(draft, {one.incident_id for one in known})
    except UserError as refused:
        return refused


def _request(draft: _Draft, taken: Collection[str]) -> _Request:
    """Return a new request, checked.

    Parameters
    ----------
    taken
        Numbers of incidents that there are.
    """
    if isinstance(draft.intake, UserError):
        raise draft.intake
    fields = {name: value for name, value in draft.given.items() if name != ATTACHMENTS}
    place, number = draft.place, draft.number
    files = attachments_in(draft.given.get(ATTACHMENTS), f"{place}.{ATTACHMENTS}")
    if number is not None and len(number) > LONGEST_NUMBER:
        raise InvalidRequest("serving.too_long", field=place, limit=LONGEST_NUMBER)
    if number in taken:
        raise Conflict("incidents.exists", incident=number)
    marks = (draft.key_mark, draft.body_mark, draft.has_key)
    return _Request(number or _new_number(), *marks, fields, draft.intake, files)


def _key_of(registrar: Registrar, given: Mapping[str, Any], key: str | None, place: str) -> str:
    """Return what names the request; a key and a number are never taken for each other."""
    if key is not None:
        if not key.strip() or len(key) > LONGEST_KEY or not is_storable(key):
            raise InvalidRequest("incidents.bad_key", limit=LONGEST_KEY)
        return f"key:{key}"
    own = [given.get(column.name) for column in registrar.contract.table("incidents").keys]
    if not all(isinstance(one, str | int) and str(one).strip() for one in own):
        raise InvalidRequest("incidents.no_key", field=place)
    return f"number:{json.dumps([str(one).strip() for one in own])}"


def _again(before: StoredIncident, asked: _Draft | _Request, keys: "TenantKeys") -> Registered:
    if before.body_mark != asked.body_mark:
        # Whoever sent no key knows of none: their incident's number is taken.
        if not asked.has_key:
            raise Conflict("incidents.exists", incident=before.incident_id)
        raise InvalidRequest("incidents.key_reused", incident=before.incident_id)
    return _registered(before, keys, again=True)


def _registered(stored: StoredIncident, keys: "TenantKeys", *, again: bool) -> Registered:
    return Registered(stored, content_of(stored, keys), answer_of(stored, keys), again)


def _made(registrar: Registrar, request: _Request, answer: Answer) -> _Made:
    """Return all that is stored of an incident, sealed."""
    keys = registrar.keys
    row = _lake_row(registrar.contract, request)
    shown = {name: plain(value) for name, value in request.intake.values.items()}
    content = Content(row, shown, [one.told() for one in request.files])
    stored = _row_of(registrar, request, content, answer)
    scores = [
        SealedScore(one.score_id, one.model, seal_score(one.row, keys, one.score_id))
        for one in answer.scores
    ]
    files = sealed_files(request.incident_id, request.files, keys)
    change = Change(uuid4().hex, "incidents", row, person_token=request.intake.person_token)
    registered = Registered(stored, content, answer.told, again=False)
    return _Made(request, registered, scores, files, change)


def _stored(registrar: Registrar, made: Sequence[_Made]) -> list[Registered | UserError]:
    """Store incidents, answers, scores, files and the changes for the lake in one transaction.

    Where a key or a number of theirs was taken meanwhile, each is stored for itself.
    """
    if not made:
        return []
    try:
        _write(registrar, made)
    except IntegrityError:
        if len(made) == 1:
            return [_taken(registrar, made[0].request)]
        return [told for one in made for told in _stored(registrar, [one])]
    return [one.registered for one in made]


def _write(registrar: Registrar, made: Sequence[_Made]) -> None:
    tenant, contract = registrar.tenant, registrar.contract
    changes = [one.change for one in made]
    with registrar.lake.store.session() as session:
        for one in made:
            add_incident(session, tenant, one.registered.incident, one.scores, one.files)
            tell_registered(session, tenant, one.registered.incident, one.registered.answer)
        put_in(session, tenant, registrar.actor, changes, contract=contract, keys=registrar.keys)


def _taken(registrar: Registrar, request: _Request) -> Registered | UserError:
    """Return what another request told that came at the same moment."""
    before = incidents_known(registrar.lake.store, registrar.tenant, [request.key_mark], [])
    if not before:
        return Conflict("incidents.exists", incident=request.incident_id)
    try:
        return _again(before[0], request, registrar.keys)
    except UserError as reused:
        return reused


def _lake_row(contract: Contract, request: _Request) -> Json:
    """Return the row for the lake: the fields as they came, their number, and when it was."""
    table = contract.table("incidents")
    number, time = table.keys[0].name, table.by_role("event_time")[0].name
    opened_at = request.intake.opened_at.isoformat()
    return {**request.given, number: request.incident_id, time: opened_at}


def _row_of(
    registrar: Registrar, request: _Request, content: Content, answer: Answer
) -> StoredIncident:
    keys, values = registrar.keys, request.intake.values
    return StoredIncident(
        incident_id=request.incident_id,
        key_mark=request.key_mark,
        body_mark=request.body_mark,
        person_token=request.intake.person_token,
        opened_at=request.intake.opened_at,
        received_at=utc_now(),
        kind=_word(values.get("kind")),
        channel=_word(values.get("channel")),
        product=_word(values.get("product")),
        sealed=content.seal(keys, request.incident_id),
        sealed_answer=seal_answer(answer.told, keys, request.incident_id),
        actor_id=registrar.actor.id,
    )


def _word(value: object) -> str | None:
    return value[:255] if isinstance(value, str) else None


def _new_number() -> str:
    return "PQR-" + "".join(choice(LETTERS) for _ in range(GIVEN_LETTERS))
