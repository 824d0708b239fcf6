"""The shapes of the view of one customer."""

from apiflask import Schema
from apiflask.fields import AwareDateTime, Boolean, Dict, Float, Integer, List, Nested, Raw, String

from serving.schemas import CustomerScored


class Field(Schema):
    """One thing that is known, with its label and its word in the language asked for."""

    name = String(required=True, metadata={"example": "contract_type"})
    label = String(required=True, metadata={"example": "contrato"})
    value = Raw(required=True, metadata={"example": "month_to_month"})
    text = String(required=True, metadata={"example": "contrato mensual"})


class PersonalField(Schema):
    """One thing of the vault."""

    name = String(required=True, metadata={"example": "full_name"})
    label = String(required=True, metadata={"example": "nombre"})
    value = String(required=True, metadata={"example": "María Pérez"})


class ImportancePart(Schema):
    """Value, risk or history: what it multiplies the index by, and why."""

    name = String(required=True, metadata={"enum": ["value", "risk", "history"]})
    factor = Float(required=True, metadata={"example": 1.31})
    text = String(required=True)


class ImportanceTold(Schema):
    """Value × risk × history, from 0 to 100: the product of the factors × 100 ÷ 4."""

    index = Float(required=True, metadata={"example": 50.6})
    level = String(
        required=True,
        metadata={"enum": ["ordinary", "notable", "important", "very_important"]},
    )
    text = String(required=True)
    parts = List(Nested(ImportancePart), required=True)


class SuggestedReply(Schema):
    """A reply that solved a similar case, or an article; masked."""

    response_id = String(required=True)
    title = String(required=True, allow_none=True)
    text = String(required=True, allow_none=True)
    similarity = Float(required=True)


class Case(Schema):
    """An open case; its texts are masked."""

    incident_id = String(required=True, allow_none=True, metadata={"example": "PQR-000123"})
    opened_at = AwareDateTime(required=True)
    kind = String(required=True, allow_none=True)
    channel = String(required=True, allow_none=True)
    product = String(required=True, allow_none=True)
    priority = String(required=True, allow_none=True)
    intent = String(required=True, allow_none=True)
    subject = String(required=True, allow_none=True)
    text = String(required=True, allow_none=True)
    probability = Float(required=True, allow_none=True)
    risk_class = String(required=True, allow_none=True)
    likely_intent = String(required=True, allow_none=True)
    urgency = String(required=True, allow_none=True)
    suggested_replies = List(Nested(SuggestedReply), required=True)


class Conversation(Schema):
    """An incident, a call or a reply; its texts are masked. What does not apply is left out."""

    what = String(required=True, metadata={"enum": ["incident", "call", "reply"]})
    at = AwareDateTime(required=True)
    id = String(required=True, allow_none=True)
    incident_id = String(allow_none=True)
    subject = String(allow_none=True)
    text = String(allow_none=True)
    kind = String(allow_none=True)
    channel = String(allow_none=True)
    product = String(allow_none=True)
    priority = String(allow_none=True)
    intent = String(allow_none=True)
    direction = String(allow_none=True)
    queue = String(allow_none=True)
    answered = Boolean(allow_none=True)
    wait_seconds = Float(allow_none=True)
    talk_seconds = Float(allow_none=True)


class Prediction(CustomerScored):
    """The latest score of a model, of the customer or of one of their cases."""

    title = String(required=True, metadata={"example": "Clientes en riesgo de irse"})
    incident_id = String(required=True, allow_none=True)


class OfferTold(Schema):
    """What was last decided to offer."""

    verdict = String(
        required=True,
        metadata={"enum": ["offer", "hold_out", "over_budget", "harm", "loss"]},
    )
    do_not_disturb = Boolean(required=True)
    offer = String(required=True)
    label = String(required=True)
    expected_value = String(required=True, allow_none=True, metadata={"example": "12500.00"})
    expected_margin_without = String(required=True, allow_none=True)
    expected_margin_with = String(required=True, allow_none=True)
    expected_cost = String(required=True, allow_none=True)
    currency = String(required=True)
    reason = String(required=True)
    decided_at = AwareDateTime(required=True)


class Preferences(Schema):
    """How the customer is reached, and what they let models do; null: nobody said."""

    channel = String(required=True, allow_none=True, metadata={"example": "chat"})
    channel_text = String(required=True, allow_none=True)
    language = String(required=True, metadata={"enum": ["es", "en"]})
    training = Boolean(required=True, allow_none=True)
    profiling = Boolean(required=True)


class Screen(Schema):
    """What the agent says, names filled in."""

    greeting = String(required=True)
    closing = String(required=True)
    phrases = List(String(), required=True, metadata={"example": ["Su llamada será grabada"]})


class CustomerView(Schema):
    """All that an agent needs of one customer."""

    person_token = String(required=True)
    customer = List(Nested(Field), required=True)
    valid_from = AwareDateTime(required=True, allow_none=True)
    personal = List(Nested(PersonalField), required=True)
    importance = Nested(ImportanceTold, required=True, allow_none=True)
    open_cases = List(Nested(Case), required=True)
    conversations = List(Nested(Conversation), required=True)
    predictions = List(Nested(Prediction), required=True)
    offer = Nested(OfferTold, required=True, allow_none=True)
    preferences = Nested(Preferences, required=True)
    notice = String(required=True, allow_none=True)
    screen = Nested(Screen, required=True)
    versions = Dict(keys=String(), values=Integer(), required=True)


class CustomerFound(CustomerView):
    """One of the customers of a phone or an address."""


class CustomerViews(Schema):
    """The customers of a phone or an address."""

    customers = List(Nested(CustomerFound), required=True)
