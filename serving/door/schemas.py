"""The shape of the answer about a tenant's limits."""

from apiflask import Schema
from apiflask.fields import Integer, Nested, String


class LimitsFacts(Schema):
    """A tenant's limits; 0: none."""

    requests_per_minute = Integer(required=True, metadata={"example": 1200})
    burst = Integer(required=True, metadata={"example": 600})
    records_per_minute = Integer(required=True, metadata={"example": 20000})
    records_per_day = Integer(required=True, metadata={"example": 200000})
    at_once = Integer(required=True, metadata={"example": 8})


class LimitsSaid(Schema):
    """Limits, and how many records of the day are used; each process takes a block ahead."""

    plan = String(required=True, metadata={"example": "starter"})
    limits = Nested(LimitsFacts, required=True)
    day = String(required=True, metadata={"example": "2026-11-26"})
    day_ends_in_seconds = Integer(required=True)
    records_used = Integer(required=True)
