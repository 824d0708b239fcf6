"""Keyed tokens in the engine: two nested ``sha2``, with no Python per row.

What a token is, and its twin for one identifier, stand in ``tenancy.tokens``.
"""

import hashlib
from typing import TYPE_CHECKING

from foundation.spelling import EDGES
from tenancy.tokens import STEPS, UNSEEN, Canonical, canonical, token

if TYPE_CHECKING:
    from pyspark.sql import Column as Expression

__all__ = ["Canonical", "canonical", "hmac_expression", "token", "token_expression"]

BLOCK_BYTES = 64


def token_expression(text: "Expression", key: bytes, form: Canonical = "plain") -> "Expression":
    """Return the engine's twin of ``token`` for text in normal form C; NULL stays NULL."""
    from pyspark.sql import functions as fn

    spelled = fn.upper(fn.btrim(fn.regexp_replace(text, UNSEEN, ""), fn.lit(EDGES)))
    for pattern, replacement in STEPS[form]:
        spelled = fn.regexp_replace(spelled, pattern, replacement)
    return hmac_expression(spelled, key)


def hmac_expression(text: "Expression", key: bytes) -> "Expression":
    """Return HMAC-SHA256 of a text, in hex, computed by the engine."""
    from pyspark.sql import functions as fn

    inner, outer = _pads(key)
    inside = fn.sha2(fn.concat(fn.lit(inner), fn.encode(text, "utf-8")), 256)
    return fn.sha2(fn.concat(fn.lit(outer), fn.unhex(inside)), 256)


def _pads(key: bytes) -> tuple[bytes, bytes]:
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(
        BLOCK_BYTES, b"\0"
    )
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
