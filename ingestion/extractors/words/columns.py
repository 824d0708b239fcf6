"""What is read from an incident's text, as columns: of its table, and of a request."""

from collections import Counter
from typing import Any

import pyarrow as pa

from ingestion.extractors.words.read import Words

_COUNTED = {
    "order": "orders",
    "contract": "contracts",
    "identification": "identifications",
    "amount": "amounts",
    "date": "dates",
}
SIGNALS = pa.schema([
    ("language", pa.string()),
    ("sentiment", pa.float64()),
    ("is_urgent", pa.bool_()),
    ("messages", pa.int64()),
    ("words", pa.int64()),
    ("questions", pa.int64()),
    ("exclamations", pa.int64()),
    *((name, pa.int64()) for name in _COUNTED.values()),
    ("products", pa.list_(pa.string())),
    ("entities", pa.list_(pa.struct([("kind", pa.string()), ("text", pa.string())]))),
])  # fmt: skip
"""Counts are of the subject and the latest message of a thread; ``entities`` as they stand there,
masked."""


def row_of(told: Words) -> dict[str, Any]:
    """Return what was read under the names of ``SIGNALS``."""
    found = Counter[str](entity.kind for entity in told.entities)
    return {
        "language": told.language,
        "sentiment": told.sentiment,
        "is_urgent": told.urgent,
        "messages": told.messages,
        "words": len(told.body.split()),
        "questions": told.body.count("?"),
        "exclamations": told.body.count("!"),
        **{name: found[kind] for kind, name in _COUNTED.items()},
        "products": list(told.products),
        "entities": [
            {"kind": entity.kind, "text": told.body[entity.start : entity.end]}
            for entity in told.entities
        ],
    }
