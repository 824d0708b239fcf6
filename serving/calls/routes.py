"""``/v1/calls/…``: what happens to calls comes in, figures of calls go out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from apiflask import APIFlask, Schema
from flask import Response, g, make_response, request

from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from foundation.texts import Language, text
from operations.calls.event import FIELDS, IDENTIFIER, LONGEST, SOURCE, TYPES
from operations.calls.history import BY, history
from operations.calls.live_figures import live_figures
from operations.calls.taking import Taken, take_events
from serving.body import json_object, records_under
from serving.caller import caller_of
from serving.calls.schemas import CallHistory, EventsRefused, EventsTaken, LiveCalls
from serving.docs.document import (
    SECURITY,
    Json,
    add_schemas,
    describe,
    json_body,
    refusals,
)
from serving.errors import error_fact
from serving.house import House
from serving.limits import MOST_RECORDS
from serving.scores.answers import Answer

RINGING: Json = {
    "source": "pbx-1",
    "event_id": "1764165600.12-1",
    "call_id": "1764165600.12",
    "type": "ringing",
    "at": "2026-11-26T14:00:00Z",
    "direction": "inbound",
    "queue": "soporte",
    "phone": "+57 300 555 0101",
}
ANSWERED: Json = {
    "source": "pbx-1",
    "event_id": "1764165600.12-2",
    "call_id": "1764165600.12",
    "type": "answered",
    "at": "2026-11-26T14:00:11Z",
    "agent_id": "A-07",
}
"""Made-up examples."""

LONGEST_SPAN = timedelta(days=366 * 11)


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    _add_events(app, house)
    _add_figures(app, house)


def _add_events(app: APIFlask, house: House) -> None:
    lake, failure = house.lake, {"$ref": "#/components/schemas/Failure"}
    said: dict[int, Any] = {
        **refusals(house),
        207: _answer(house, "calls.docs_207", EventsTaken),
        422: _answer(house, "serving.docs_422", {"anyOf": [failure, EventsRefused]}),
    }

    @app.post("/v1/calls/events")
    @app.output(EventsTaken)
    @app.doc(
        summary=house.said("calls.docs_events"),
        operation_id="take_call_events",
        responses=said,
        security=SECURITY,
    )
    def events() -> tuple[Answer, int] | Response:
        caller = caller_of(request, lake, "feed")
        body = json_object(request)
        given = records_under(body, "events") if "events" in body else [body]
        g.records = len(given)
        taken = take_events(lake, caller.tenant, caller.actor, caller.contract, given)
        answer, status = told(taken, caller.language)
        # A refusal has a shape of its own, which that of the other answers would cut.
        return (answer, status) if status < 400 else make_response(answer, status)

    either = [{"$ref": f"#/components/schemas/{name}"} for name in ("CallEvent", "CallEvents")]
    examples = {"one": RINGING, "several": {"events": [RINGING, ANSWERED]}}
    describe(app, "/v1/calls/events", "post", json_body({"oneOf": either}, examples))
    add_schemas(app, _schemas(house))


def told(taken: Sequence[Taken], language: Language) -> tuple[Answer, int]:
    """Return the answer and its status: 200 all taken, 207 some of them, 422 none."""
    counts = Counter(one.outcome for one in taken)
    answer: Answer = {
        "accepted": counts["accepted"],
        "duplicates": counts["duplicate"],
        "rejected": counts["rejected"],
        "results": [_result(one, language) for one in taken],
    }
    if not counts["rejected"]:
        return answer, 200
    if counts["rejected"] < len(taken):
        return answer, 207
    key = "calls.none_taken"
    return answer | {"error": {"key": key, "message": text(key, language), "details": {}}}, 422


def _result(one: Taken, language: Language) -> Answer:
    result: Answer = {"event_id": one.event_id, "outcome": one.outcome}
    if one.error is not None:
        result["error"] = error_fact(one.error, language)
    return result


def _add_figures(app: APIFlask, house: House) -> None:
    lake, said = house.lake, refusals(house)

    @app.get("/v1/calls/live")
    @app.output(LiveCalls)
    @app.doc(
        summary=house.said("calls.docs_live"),
        operation_id="live_calls",
        responses=said,
        security=SECURITY,
    )
    def live() -> dict[str, Any]:
        caller = caller_of(request, lake, "read")
        hours = lake.settings.call_lost_hours
        return asdict(live_figures(lake.store, caller.tenant, utc_now(), hours))

    @app.get("/v1/calls/figures")
    @app.output(CallHistory)
    @app.doc(
        summary=house.said("calls.docs_figures"),
        operation_id="call_figures",
        responses=said,
        security=SECURITY,
    )
    def figures() -> dict[str, Any]:
        caller = caller_of(request, lake, "read")
        span = _moment("from"), _moment("to")
        if not timedelta(0) < span[1] - span[0] <= LONGEST_SPAN:
            raise InvalidRequest("calls.bad_span")
        groups = history(lake, caller.tenant, span, request.args.get("by", "day"))
        return {"groups": [{"value": name, "figures": asdict(one)} for name, one in groups]}

    parameters = [
        _parameter(house, "from", {"type": "string", "format": "date-time"}),
        _parameter(house, "to", {"type": "string", "format": "date-time"}),
        _parameter(house, "by", {"type": "string", "enum": list(BY), "default": "day"}),
    ]
    describe(app, "/v1/calls/figures", "get", None, parameters)


def _moment(name: str) -> datetime:
    """Return a moment of the query; one that names no zone is UTC."""
    try:
        moment = datetime.fromisoformat(request.args.get(name, ""))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("calls.bad_moment", field=name) from error


def _parameter(house: House, name: str, schema: Json) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": "default" not in schema,
        "description": house.said(f"calls.docs_{name}"),
        "schema": schema,
    }


def _answer(house: House, key: str, schema: Json | type[Schema]) -> Json:
    content = {"application/json": {"schema": schema}}
    return {"description": house.said(key), "content": content}


def _schemas(house: House) -> Json:
    """Return the shapes of one event and of several."""
    identifier = {"type": "string", "pattern": f"^{IDENTIFIER.pattern}$"}
    shapes: Json = {
        "source": {"type": ["string", "null"], "pattern": f"^{SOURCE.pattern}$"},
        "event_id": identifier,
        "call_id": identifier,
        "type": {"type": "string", "enum": list(TYPES)},
        "at": {"type": "string", "format": "date-time"},
    }
    words = {"type": ["string", "null"], "maxLength": LONGEST}
    fields = {
        name: shapes.get(name, words) | {"description": house.said(f"calls.field_{name}")}
        for name in FIELDS
    }
    one = {"$ref": "#/components/schemas/CallEvent"}
    events = {"type": "array", "minItems": 1, "maxItems": MOST_RECORDS, "items": one}
    return {
        "CallEvent": {
            "type": "object",
            "properties": fields,
            "required": ["event_id", "call_id", "type", "at"],
            "additionalProperties": False,
        },
        "CallEvents": {
            "type": "object",
            "properties": {
                "events": events | {"items": {"$ref": "#/components/schemas/CallEvent"}}
            },
            "required": ["events"],
            "additionalProperties": False,
        },
    }
