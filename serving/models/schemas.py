"""Shapes of the scores of records that a request brings itself."""

from apiflask import Schema
from apiflask.fields import Dict, Float, List, Nested, String

from serving.schemas import Reason, Versions


class RecordScored(Schema):
    """What a model says of one record of features."""

    probability = Float(required=True, allow_none=True, metadata={"example": 0.42})
    predicted_value = Float(required=True, allow_none=True)
    class_probabilities = Dict(keys=String(), values=Float(), required=True)
    risk_class = String(required=True, allow_none=True, metadata={"example": "high"})
    reasons = List(Nested(Reason), required=True)


class RecordScores(Schema):
    """One score a record, in the order of the request; all by the same versions."""

    model = String(required=True, metadata={"example": "churn"})
    task = String(required=True, metadata={"enum": ["binary", "multiclass", "number"]})
    scores = List(Nested(RecordScored), required=True)
    versions = Nested(Versions, required=True)
