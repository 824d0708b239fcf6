"""The shapes of answers about calls."""

from apiflask import Schema
from apiflask.fields import AwareDateTime, Float, Integer, List, Nested, String

from serving.schemas import ErrorFact


class EventTaken(Schema):
    """What became of one event."""

    event_id = String(required=True, allow_none=True, metadata={"example": "1764165600.12-3"})
    outcome = String(required=True, metadata={"enum": ["accepted", "duplicate", "rejected"]})
    error = Nested(ErrorFact)


class EventsTaken(Schema):
    """One result an event, in the order of the request, and how many of each."""

    accepted = Integer(required=True)
    duplicates = Integer(required=True)
    rejected = Integer(required=True)
    results = List(Nested(EventTaken), required=True)


class EventsRefused(EventsTaken):
    """None of the events could be taken."""

    error = Nested(ErrorFact, required=True)


class CallFigures(Schema):
    """Figures of some calls: shares between 0 and 1, times in seconds."""

    calls = Integer(required=True)
    offered = Integer(required=True)
    answered = Integer(required=True)
    abandoned = Integer(required=True)
    short_abandoned = Integer(required=True)
    service_level = Float(required=True, allow_none=True, metadata={"example": 0.83})
    abandonment_rate = Float(required=True, allow_none=True, metadata={"example": 0.04})
    average_speed_of_answer_seconds = Float(required=True, allow_none=True)
    average_handle_time_seconds = Float(required=True, allow_none=True)


class CallsNow(Schema):
    """Calls that go on."""

    waiting = Integer(required=True)
    longest_wait_seconds = Float(required=True, allow_none=True)
    in_progress = Integer(required=True)
    held = Integer(required=True)
    agents_on_calls = Integer(required=True)
    silent = Integer(required=True)


class CallHour(Schema):
    """An hour of the tenant's day."""

    hour_at = AwareDateTime(required=True)
    figures = Nested(CallFigures, required=True)


class CallGroup(Schema):
    """Calls of one value; null: those that say none."""

    value = String(required=True, allow_none=True, metadata={"example": "soporte"})
    figures = Nested(CallFigures, required=True)


class CallGroups(Schema):
    """Today's calls by what can be said of them."""

    direction = List(Nested(CallGroup), required=True)
    queue = List(Nested(CallGroup), required=True)
    product = List(Nested(CallGroup), required=True)
    customer_type = List(Nested(CallGroup), required=True)
    channel = List(Nested(CallGroup), required=True)


class LiveCalls(Schema):
    """Now, and today so far."""

    as_of_at = AwareDateTime(required=True)
    day_at = AwareDateTime(required=True)
    now = Nested(CallsNow, required=True)
    today = Nested(CallFigures, required=True)
    occupancy = Float(required=True, allow_none=True, metadata={"example": 0.78})
    hours = List(Nested(CallHour), required=True)
    by = Nested(CallGroups, required=True)


class CallHistory(Schema):
    """Figures of a span, grouped."""

    groups = List(Nested(CallGroup), required=True)
