"""The shapes of answers about incidents."""

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

from operations.transcripts.state import STATES
from serving.schemas import ErrorFact, Scored


class Likely(Schema):
    """A name and how probable it is."""

    name = String(required=True, metadata={"example": "outage"})
    probability = Float(required=True, metadata={"example": 0.81})


class Heard(Schema):
    """What a text is about, or how urgent it is; no name: "I don't know"."""

    name = String(required=True, allow_none=True, metadata={"example": "outage"})
    probability = Float(required=True, metadata={"example": 0.81})
    likeliest = List(Nested(Likely), required=True)
    model_version = String(required=True, allow_none=True, metadata={"example": "3"})


class ChurnSaid(Scored):
    """How probable it is that the customer leaves, and what that is worth."""

    money_at_risk = String(required=True, allow_none=True, metadata={"example": "85900.00"})
    currency = String(required=True, metadata={"example": "COP"})


class ReplySaid(Schema):
    """A reply in its rank, with its source."""

    rank = Integer(required=True, metadata={"example": 1})
    response_id = String(required=True, metadata={"example": "R-000421"})
    incident_id = String(required=True, allow_none=True, metadata={"example": "PQR-000099"})
    kind = String(required=True, metadata={"enum": ["reply", "article"]})
    title = String(required=True)
    text = String(required=True)
    language = String(required=True, allow_none=True)
    similarity = Float(required=True)
    helpfulness = Float(required=True)
    score = Float(required=True)


class OfferVersions(Schema):
    """The model that decided."""

    model = String(required=True)
    model_version = String(required=True)


VERDICTS = ["offer", "hold_out", "over_budget", "harm", "loss"]


class OfferSaid(Schema):
    """What to offer the customer, or why they are left alone; amounts in the currency."""

    decided = String(required=True, metadata={"enum": ["run", "now"]})
    decided_at = AwareDateTime(required=True)
    verdict = String(required=True, metadata={"enum": VERDICTS})
    do_not_disturb = Boolean(required=True)
    offer = String(required=True, allow_none=True, metadata={"example": "discount_20"})
    best_offer = String(required=True, metadata={"example": "discount_20"})
    label = String(required=True, metadata={"example": "20 % de descuento por tres meses"})
    expected_value = String(required=True, metadata={"example": "41200.00"})
    expected_margin_without = String(required=True)
    expected_margin_with = String(required=True)
    expected_cost = String(required=True)
    accepted_probability = Float(required=True)
    currency = String(required=True, metadata={"example": "COP"})
    reason = String(required=True)
    randomised = Boolean(required=True)
    propensity_probability = Float(required=True)
    versions = Nested(OfferVersions, required=True)


class AbsentPart(Schema):
    """A part of which nothing is said, and why."""

    part = String(required=True, metadata={"example": "churn"})
    key = String(required=True, metadata={"example": "models.no_champion"})
    message = String(required=True)


class AnswerVersions(Schema):
    """What spoke: contract, code, and each model's version."""

    contract = String(required=True)
    code = String(required=True)
    models = Dict(keys=String(), values=String(allow_none=True), required=True)


class AnswerSaid(Schema):
    """All that the models say of an incident; a part that is null is told in ``absent``."""

    risk = Nested(Scored, required=True, allow_none=True)
    churn = Nested(ChurnSaid, required=True, allow_none=True)
    intent = Nested(Heard, required=True, allow_none=True)
    urgency = Nested(Heard, required=True, allow_none=True)
    replies = List(Nested(ReplySaid), required=True, allow_none=True)
    offer = Nested(OfferSaid, required=True, allow_none=True)
    absent = List(Nested(AbsentPart), required=True)
    versions = Nested(AnswerVersions, required=True)


class CameBefore(Schema):
    """An earlier incident with which a photo came: byte for byte, or nearly the same."""

    incident_id = String(required=True, metadata={"example": "PQR-000099"})
    received_at = AwareDateTime(required=True)
    is_same = Boolean(required=True)


class TranscriptSaid(Schema):
    """How it stands with a recording's transcript; when it was registered, it waits."""

    state = String(required=True, metadata={"enum": list(STATES), "example": "read"})
    message = String(required=True, metadata={"example": "La transcripción ya se leyó."})


class AttachmentSaid(Schema):
    """A file that came with an incident.

    ``repeat`` asks for a better photo where it is useless; ``transcript`` is of recordings.
    ``label`` is by the company's own classifier of photos, null where it is not sure.
    ``came_before`` names earlier incidents. Both are known once a photo has been read.
    """

    name = String(required=True, metadata={"example": "factura.png"})
    media_type = String(required=True, metadata={"example": "image/png"})
    sha256 = String(required=True, allow_none=True)
    size_bytes = Integer(required=True, allow_none=True)
    url = String(required=True, allow_none=True)
    repeat = String(
        required=True,
        allow_none=True,
        metadata={"example": "La foto está borrosa, por favor repita."},
    )
    label = String(required=True, allow_none=True, metadata={"example": "dañado"})
    label_probability = Float(required=True, allow_none=True, metadata={"example": 0.93})
    came_before = List(Nested(CameBefore), required=True)
    transcript = Nested(TranscriptSaid, required=True, allow_none=True)


class IncidentSaid(Schema):
    """A registered incident, texts masked, with its answer."""

    incident_id = String(required=True, metadata={"example": "PQR-7K2M9QXA4TBC"})
    status = String(required=True, metadata={"enum": ["open", "closed"]})
    opened_at = AwareDateTime(required=True)
    received_at = AwareDateTime(required=True)
    closed_at = AwareDateTime(required=True, allow_none=True)
    said = Dict(keys=String(), values=Raw(), required=True)
    outcome = Dict(keys=String(), values=Raw(), required=True)
    feedback = Dict(keys=String(), values=Raw(), required=True)
    attachments = List(Nested(AttachmentSaid), required=True)
    answer = Nested(AnswerSaid, required=True)


class BatchItem(Schema):
    """What became of one incident of a batch: one of ``incident`` and ``error``."""

    status = Integer(required=True, metadata={"example": 201})
    incident = Nested(IncidentSaid)
    error = Nested(ErrorFact)


class BatchSaid(Schema):
    """One result an incident, in the order of the request."""

    results = List(Nested(BatchItem), required=True)


class ReplaySaid(Schema):
    """A score of then, computed again now."""

    score_id = String(required=True)
    verdict = String(
        required=True,
        metadata={"enum": ["same", "different", "erased", "model_gone", "model_changed"]},
    )
    message = String(required=True)
    then = Dict(keys=String(), values=Raw(), required=True)
    now = Dict(keys=String(), values=Raw(), required=True)
    differences = List(String(), required=True)
    versions = Dict(keys=String(), values=Raw(allow_none=True), required=True, allow_none=True)
