"""``/v1/incidents…`` and ``/v1/scores/…``: register, answer, tell what came of it, replay."""

from collections.abc import Callable, Sequence
from typing import Any

from apiflask import APIFlask
from flask import g, request

from foundation.errors import UserError
from operations.incidents.feedback import tell_feedback
from operations.incidents.outcomes import tell_outcome
from operations.incidents.register import register
from operations.incidents.registered import Registered, Registrar, incident
from operations.incidents.scores import replay_score
from operations.transcripts.later import add_transcript
from serving.body import json_object, records_under
from serving.caller import Caller, caller_of
from serving.docs.document import SECURITY, refusals
from serving.house import House
from serving.incidents.docs import KEY, describe_bodies
from serving.incidents.schemas import BatchSaid, IncidentSaid, ReplaySaid
from serving.incidents.told import AGAIN, CREATED, looked_up, result_of, told_of
from serving.observed import telemetry

MIXED = 207
Answered = tuple[dict[str, Any], int]
Tell = Callable[[Registrar, str, dict[str, Any]], Registered]


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    _add_registering(app, house)
    _add_reading(app, house)
    _add_telling(app, house)
    describe_bodies(app, house)


def _add_registering(app: APIFlask, house: House) -> None:
    said = refusals(house) | {409: house.said("incidents.docs_409")}

    @app.post("/v1/incidents")
    @app.output(IncidentSaid, status_code=CREATED)
    @app.doc(
        summary=house.said("incidents.docs_register"),
        operation_id="register_incident",
        responses=said | {AGAIN: house.said("incidents.docs_again")},
        security=SECURITY,
    )
    def register_one() -> Answered:
        caller = caller_of(request, house.lake, "score")
        given = json_object(request)
        g.records = 1
        (told,) = register(_registrar(house, caller), [given], ["incident"], _key())
        _count(caller, [told])
        if isinstance(told, UserError):
            raise told
        return told_of(told, caller.language), AGAIN if told.again else CREATED

    @app.post("/v1/incidents/batch")
    @app.output(BatchSaid, status_code=MIXED)
    @app.doc(
        summary=house.said("incidents.docs_batch"),
        operation_id="register_incidents",
        responses=said,
        security=SECURITY,
    )
    def register_batch() -> Answered:
        caller = caller_of(request, house.lake, "score")
        given = records_under(json_object(request), "incidents")
        g.records = len(given)
        places = [f"incidents[{n}]" for n in range(len(given))]
        told = register(_registrar(house, caller), given, places, _key())
        _count(caller, told)
        return {"results": [result_of(one, caller.language) for one in told]}, MIXED


def _add_reading(app: APIFlask, house: House) -> None:
    said = refusals(house)

    @app.get("/v1/incidents/<incident_id>")
    @app.output(IncidentSaid)
    @app.doc(
        summary=house.said("incidents.docs_get"),
        operation_id="get_incident",
        responses=said,
        security=SECURITY,
    )
    def get(incident_id: str) -> dict[str, Any]:
        caller = caller_of(request, house.lake, "read")
        return looked_up(house, caller, incident(house.lake, caller.tenant, incident_id))

    @app.get("/v1/scores/<score_id>")
    @app.output(ReplaySaid)
    @app.doc(
        summary=house.said("incidents.docs_replay"),
        operation_id="replay_score",
        responses=said,
        security=SECURITY,
    )
    def replayed(score_id: str) -> dict[str, Any]:
        caller = caller_of(request, house.lake, "read")
        found = replay_score(house.lake, caller.tenant, score_id)
        return {
            "score_id": found.score_id,
            "verdict": found.verdict,
            "message": found.say(caller.language),
            "then": found.then,
            "now": found.now,
            "differences": list(found.differences),
            "versions": found.versions,
        }


def _add_telling(app: APIFlask, house: House) -> None:
    said = refusals(house)

    @app.patch("/v1/incidents/<incident_id>")
    @app.output(IncidentSaid)
    @app.doc(
        summary=house.said("incidents.docs_outcome"),
        operation_id="tell_outcome",
        responses=said,
        security=SECURITY,
    )
    def outcome(incident_id: str) -> dict[str, Any]:
        return _told_more(house, incident_id, tell_outcome)

    @app.post("/v1/incidents/<incident_id>/feedback")
    @app.output(IncidentSaid)
    @app.doc(
        summary=house.said("incidents.docs_feedback"),
        operation_id="tell_feedback",
        responses=said,
        security=SECURITY,
    )
    def feedback(incident_id: str) -> dict[str, Any]:
        return _told_more(house, incident_id, tell_feedback)

    @app.post("/v1/incidents/<incident_id>/transcripts")
    @app.output(IncidentSaid)
    @app.doc(
        summary=house.said("incidents.docs_transcript"),
        operation_id="add_transcript",
        responses=said,
        security=SECURITY,
    )
    def transcript(incident_id: str) -> dict[str, Any]:
        return _told_more(house, incident_id, add_transcript)


def _told_more(house: House, incident_id: str, take: Tell) -> dict[str, Any]:
    """Return what is told of an incident of which somebody tells more."""
    caller = caller_of(request, house.lake, "score")
    told = take(_registrar(house, caller), incident_id, json_object(request))
    return looked_up(house, caller, told)


def _registrar(house: House, caller: Caller) -> Registrar:
    return Registrar(house.lake, house.models, caller.tenant, caller.contract, caller.actor)


def _count(caller: Caller, told: Sequence[Registered | UserError]) -> None:
    """Count the answers that were made now; one that is given again was counted before."""
    for one in told:
        if isinstance(one, Registered) and not one.again:
            telemetry.answered(caller.tenant.id, one.answer)


def _key() -> str | None:
    return request.headers.get(KEY)
