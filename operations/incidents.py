"""Registering incidents: stored, answered and on their way to the lake in one transaction.

A request that comes again – the same key, the same body – gets the very same answer; a second
incident never comes of it. The answer is made before the transaction, so that no lock is held while
models speak; of two that come at once one registers, and the other is told its answer.
"""

import json
from collections.abc import Mapping, Sequence
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
from operations.answer import Answer, answers
from operations.asking import Question
from operations.attachments import Attachment, attachments_in, sealed_files
from operations.changes import Change
from operations.incident_events import tell_registered
from operations.intake import Desk, Intake
from operations.outbox import put_in
from operations.sealed_incident import (
    Content,
    Json,
    answer_of,
    content_of,
    plain,
    seal_answer,
    seal_score,
)
from tenancy.actor import Actor
from tenancy.columns import is_storable
from tenancy.incidents import (
    SealedScore,
    StoredIncident,
    add_incident,
    find_incident,
    get_incident,
    incident_by_key,
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
class _Request:
    """A checked request to register."""

    incident_id: str
    key_mark: str
    body_mark: str
    given: Mapping[str, Any]
    intake: Intake
    files: list[Attachment]


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
    checked = [
        _checked(registrar, one, place, _numbered(key, number, len(given)))
        for number, (one, place) in enumerate(zip(given, places, strict=True))
    ]
    new = [one for one in checked if isinstance(one, _Request)]
    questions = [Question(one.incident_id, one.intake) for one in new]
    said = iter(
        answers(registrar.lake, registrar.models, registrar.tenant, registrar.contract, questions)
    )
    return [
        _stored(registrar, one, next(said)) if isinstance(one, _Request) else one for one in checked
    ]


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


def _checked(
    registrar: Registrar, given: object, place: str, key: str | None
) -> "_Request | Registered | UserError":
    try:
        return _request(registrar, given, place, key)
    except UserError as refused:
        return refused


def _request(
    registrar: Registrar, given: object, place: str, key: str | None
) -> "_Request | Registered":
    """Return a new request, checked; or what became of it when it came before."""
    if not isinstance(given, dict):
        raise InvalidRequest("serving.not_incident", field=place)
    keys, named = registrar.keys, _key_of(registrar, given, key, place)
    key_mark = keys.mark("incident key", named)
    body_mark = keys.mark("incident body", json.dumps(given, sort_keys=True))
    before = incident_by_key(registrar.lake.store, registrar.tenant, key_mark)
    if before is not None:
        return _again(before, body_mark, keys)
    fields = {name: value for name, value in given.items() if name != ATTACHMENTS}
    table = registrar.contract.table("incidents")
    intake = Desk(registrar.tenant, table, keys.token_key, utc_now()).take(fields, place)
    files = attachments_in(given.get(ATTACHMENTS), f"{place}.{ATTACHMENTS}")
    if intake.reference is not None:
        _require_free(registrar, intake.reference, place)
    incident_id = intake.reference or _new_number()
    return _Request(incident_id, key_mark, body_mark, fields, intake, files)


def _require_free(registrar: Registrar, number: str, place: str) -> None:
    if len(number) > LONGEST_NUMBER:
        raise InvalidRequest("serving.too_long", field=place, limit=LONGEST_NUMBER)
    if find_incident(registrar.lake.store, registrar.tenant, number) is not None:
        raise Conflict("incidents.exists", incident=number)


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


def _again(before: StoredIncident, body_mark: str, keys: "TenantKeys") -> Registered:
    if before.body_mark != body_mark:
        raise InvalidRequest("incidents.key_reused", incident=before.incident_id)
    return _registered(before, keys, again=True)


def _registered(stored: StoredIncident, keys: "TenantKeys", *, again: bool) -> Registered:
    return Registered(stored, content_of(stored, keys), answer_of(stored, keys), again)


def _stored(registrar: Registrar, request: _Request, answer: Answer) -> "Registered | UserError":
    """Store incident, answer, scores, files and the change for the lake in one transaction."""
    lake, tenant, keys = registrar.lake, registrar.tenant, registrar.keys
    row = _lake_row(registrar.contract, request)
    shown = {name: plain(value) for name, value in request.intake.values.items()}
    content = Content(row, shown, [one.told() for one in request.files])
    stored = _row_of(registrar, request, content, answer)
    scores = [
        SealedScore(one.score_id, one.model, seal_score(one.row, keys, one.score_id))
        for one in answer.scores
    ]
    person = request.intake.person_token
    change = Change(uuid4().hex, "incidents", row, person_token=person)
    try:
        with lake.store.session() as session:
            files = sealed_files(request.incident_id, request.files, keys)
            add_incident(session, tenant, stored, scores, files)
            contract = registrar.contract
            put_in(session, tenant, registrar.actor, [change], contract=contract, keys=keys)
            tell_registered(session, tenant, stored, answer.told)
    except IntegrityError:
        return _taken(registrar, request)
    return Registered(stored, content, answer.told, again=False)


def _taken(registrar: Registrar, request: _Request) -> "Registered | UserError":
    """Return what another request told that came at the same moment."""
    before = incident_by_key(registrar.lake.store, registrar.tenant, request.key_mark)
    if before is None:
        return Conflict("incidents.exists", incident=request.incident_id)
    try:
        return _again(before, request.body_mark, registrar.keys)
    except InvalidRequest as reused:
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
