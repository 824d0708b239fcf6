"""How a webhook is signed: Standard Webhooks, scheme ``v1`` (HMAC-SHA256, symmetric).

What is signed is ``{id}.{timestamp}.{body}``, so that neither an old message nor one of another id
passes for this one. Several signatures stand side by side while a secret is rotated.

Source: https://github.com/standard-webhooks/standard-webhooks, spec 1.0.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from tenancy.webhook_events import Value


def body_of(event: str, happened_at: datetime, data: Mapping[str, Value]) -> bytes:
    """Return a message's body: the same bytes each time it is sent."""
    told = {"type": event, "timestamp": happened_at.isoformat(), "data": dict(data)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return ``v1,<base64>``.

    >>> signature(b"k" * 32, "msg_1", 1674087231, b"{}")
    'v1,B5Fj4YqSrIJh67tJXirvckN4JKwy604IN+wy4sirGs4='
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(secret, signed, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def headers_of(
    secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the headers that a receiver verifies a message by.

    Parameters
    ----------
    secrets
        Raw, the newest first; each signs.
    timestamp
        Seconds since 1970 of this attempt: receivers refuse what is older than some minutes.
    """
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            signature(secret, message_id, timestamp, body) for secret in secrets
        ),
    }
