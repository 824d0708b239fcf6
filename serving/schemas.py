"""The shapes of answers: what is documented is what is sent, since answers go through them."""

from apiflask import Schema
from apiflask.fields import (
    AwareDateTime,
    Boolean,
    Dict,
    Float,
    Integer,
    List,
    Nested,
    Raw,
    String,
)


class ErrorFact(Schema):
    """What went wrong: a stable key for programs, a sentence for people."""

    key = String(required=True, metadata={"example": "serving.unknown_field"})
    message = String(required=True)
    details = Dict(keys=String(), values=Raw(), required=True)


class Failure(Schema):
    """The body of every answer that is no success."""

    error = Nested(ErrorFact, required=True)


class Reason(Schema):
    """One feature's part in a score."""

    feature = String(required=True, metadata={"example": "complaints_last_90_days"})
    contribution = Float(required=True, metadata={"example": 0.41})
    text = String(required=True, metadata={"example": "3 quejas y reclamos en 90 días"})


class Versions(Schema):
    """What the score was made with."""

    model = String(required=True, metadata={"example": "abcall.andina-movil.incident_risk"})
    model_version = String(required=True, metadata={"example": "3"})
    contract = String(required=True, metadata={"example": "1.0.0"})
    code = String(required=True)
    tables = Dict(keys=String(), values=Integer(), required=True)


class Scored(Schema):
    """What a model says."""

    score_id = String(required=True, metadata={"example": "6f1d0c9a5b7e4f2d8c3b1a0e9d8f7a6b"})
    model = String(required=True, metadata={"example": "incident_risk"})
    task = String(required=True, metadata={"enum": ["binary", "multiclass", "number"]})
    as_of_at = AwareDateTime(required=True)
    probability = Float(required=True, allow_none=True, metadata={"example": 0.42})
    predicted_value = Float(required=True, allow_none=True)
    class_probabilities = Dict(keys=String(), values=Float(), required=True)
    risk_class = String(required=True, allow_none=True, metadata={"example": "high"})
    reasons = List(Nested(Reason), required=True)
    versions = Nested(Versions, required=True)


class CustomerScored(Scored):
    """A customer's latest score, as the last batch wrote it."""

    scored_at = AwareDateTime(required=True)
    money_at_risk = String(required=True, allow_none=True, metadata={"example": "85900.00"})
    currency = String(required=True, metadata={"example": "COP"})


class IncidentScored(Scored):
    """The score of one incident, with its customer's own where there is one."""

    incident_id = String(required=True, allow_none=True, metadata={"example": "PQR-000123"})
    customer = Nested(CustomerScored, required=True, allow_none=True)


class IncidentScores(Schema):
    """One score an incident, in the order of the request."""

    scores = List(Nested(IncidentScored), required=True)


class CustomerAnswer(Schema):
    """A customer's score, or why there is none: one of ``score`` and ``error``."""

    customer_id = String(required=True, metadata={"example": "1000000001"})
    score = Nested(CustomerScored)
    error = Nested(ErrorFact)


class CustomerScores(Schema):
    """One answer a customer, in the order of the request."""

    scores = List(Nested(CustomerAnswer), required=True)


class Alive(Schema):
    """The process answers."""

    status = String(required=True, metadata={"example": "alive"})


class ReadyPart(Schema):
    """A part of the installation."""

    name = String(required=True, metadata={"example": "store"})
    ready = Boolean(required=True)
    message = String()


class Readiness(Schema):
    """Whether every part that a score needs answers."""

    ready = Boolean(required=True)
    parts = List(Nested(ReadyPart), required=True)
