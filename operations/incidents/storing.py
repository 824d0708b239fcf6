"""Storing incidents: rows, answers, scores, files and changes for the lake in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from data_contracts.contract import Contract
from foundation.clock import utc_now
from foundation.errors import Conflict, UserError
from operations.incidents.answer import Answer
from operations.incidents.events import tell_registered
from operations.incidents.keeping import sealed_files
from operations.incidents.registered import Registered, Registrar
from operations.incidents.requests import Request, told_again
from operations.incidents.sealed import Content, Json, plain, seal_answer, seal_score
from operations.outbox.changes import Change
from operations.outbox.drain import put_in
from tenancy.incident_files import SealedFile
from tenancy.incidents import SealedScore, StoredIncident, add_incident, incidents_known


@dataclass(frozen=True)
class Made:
    """What is stored of a request."""

    request: Request
    registered: Registered
    scores: Sequence[SealedScore]
    files: Sequence[SealedFile]
    change: Change


def made_of(registrar: Registrar, request: Request, answer: Answer) -> Made:
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
    return Made(request, registered, scores, files, change)


def store_all(registrar: Registrar, made: Sequence[Made]) -> list[Registered | UserError]:
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
        return [told for one in made for told in store_all(registrar, [one])]
    return [one.registered for one in made]


def _write(registrar: Registrar, made: Sequence[Made]) -> None:
    tenant, contract = registrar.tenant, registrar.contract
    changes = [one.change for one in made]
    with registrar.lake.store.session() as session:
        for one in made:
            add_incident(session, tenant, one.registered.incident, one.scores, one.files)
            tell_registered(session, tenant, one.registered.incident, one.registered.answer)
        put_in(session, tenant, registrar.actor, changes, contract=contract, keys=registrar.keys)


def _taken(registrar: Registrar, request: Request) -> Registered | UserError:
    """Return what another request told that came at the same moment."""
    before = incidents_known(registrar.lake.store, registrar.tenant, [request.key_mark], [])
    if not before:
        return Conflict("incidents.exists", incident=request.incident_id)
    try:
        return told_again(before[0], request, registrar.keys)
    except UserError as reused:
        return reused


def _lake_row(contract: Contract, request: Request) -> Json:
    """Return the row for the lake: the fields as they came, their number, and when it was."""
    table = contract.table("incidents")
    number, time = table.keys[0].name, table.by_role("event_time")[0].name
    opened_at = request.intake.opened_at.isoformat()
    return {**request.given, number: request.incident_id, time: opened_at}


def _row_of(
    registrar: Registrar, request: Request, content: Content, answer: Answer
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
