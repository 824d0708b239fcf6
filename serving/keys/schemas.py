"""The shapes of answers about API keys."""

from apiflask import Schema
from apiflask.fields import AwareDateTime, Boolean, List, Nested, String


class KeyFacts(Schema):
    """What may be shown of a key."""

    id = String(required=True, metadata={"example": "0c6a4f0f6e5d4b0f9b7c2f1f5f0d8c11"})
    name = String(required=True, metadata={"example": "CRM"})
    prefix = String(required=True, metadata={"example": "4be1d67a90c2"})
    scopes = List(String(), required=True, metadata={"example": ["score", "read"]})
    created_at = AwareDateTime(required=True)
    expires_at = AwareDateTime(required=True, allow_none=True)
    ends_soon = Boolean(required=True)
    previous_ends_at = AwareDateTime(required=True, allow_none=True)
    revoked_at = AwareDateTime(required=True, allow_none=True)
    used_at = AwareDateTime(required=True, allow_none=True)


class KeyList(Schema):
    """A tenant's keys, newest first."""

    keys = List(Nested(KeyFacts), required=True)


class KeyEnded(KeyFacts):
    """A key that holds no more."""


class KeyWithSecret(KeyFacts):
    """A key with its secret, which is shown this once."""

    secret = String(required=True, metadata={"example": "abk_4be1d67a90c2_…"})
