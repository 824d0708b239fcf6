"""The shapes of answers about webhooks."""

from apiflask import Schema
from apiflask.fields import AwareDateTime, Boolean, Integer, List, Nested, String

from tenancy.webhook_events import SUBSCRIBABLE

URL = "https://crm.example.com/abcall"


class WebhookFacts(Schema):
    """What may be shown of a webhook."""

    id = String(required=True, metadata={"example": "5e0c1f64a8f64b3c8f9e1f0a7d2b6c35"})
    url = String(required=True, metadata={"example": URL})
    events = List(
        String(metadata={"enum": list(SUBSCRIBABLE)}),
        required=True,
        metadata={"example": ["incident.registered"]},
    )
    created_at = AwareDateTime(required=True)
    previous_ends_at = AwareDateTime(required=True, allow_none=True)
    ended_at = AwareDateTime(required=True, allow_none=True)
    ended_why = String(required=True, allow_none=True, metadata={"enum": ["removed", "gone", None]})


class WebhookList(Schema):
    """A tenant's webhooks, newest first."""

    webhooks = List(Nested(WebhookFacts), required=True)


class WebhookOne(WebhookFacts):
    """One webhook."""


class WebhookWithSecret(WebhookFacts):
    """A webhook with its secret, which is shown this once."""

    secret = String(required=True, metadata={"example": "whsec_…"})


class WebhookTrial(Schema):
    """How the test ended."""

    delivered = Boolean(required=True)
    status = Integer(required=True, allow_none=True, metadata={"example": 204})
    fault = String(required=True, allow_none=True, metadata={"example": "timeout"})


class DeliveryFacts(Schema):
    """How a delivery stands."""

    id = String(required=True)
    message_id = String(required=True, metadata={"example": "msg_2f…"})
    type = String(required=True, metadata={"example": "incident.registered"})
    state = String(required=True, metadata={"enum": ["waiting", "delivered", "dead"]})
    attempts = Integer(required=True)
    due_at = AwareDateTime(required=True)
    status = Integer(required=True, allow_none=True)
    fault = String(required=True, allow_none=True)
    ended_at = AwareDateTime(required=True, allow_none=True)


class DeliveryList(Schema):
    """A webhook's deliveries, newest first."""

    deliveries = List(Nested(DeliveryFacts), required=True)


class DeliveryOne(DeliveryFacts):
    """One delivery."""
