"""All that is read from the words of a masked text, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.extractors.words.entities import Entity, entities
from ingestion.extractors.words.language import language_of
from ingestion.extractors.words.products import products
from ingestion.extractors.words.sentiment import felt
from ingestion.extractors.words.threads import messages
from ingestion.extractors.words.urgency import is_urgent

VERSION = 2
"""Raised whenever something else may be read from some text."""

SPANISH = ("es", None)
"""What the lexicons read: Spanish, and what is too short to tell."""


@dataclass(frozen=True)
class Words:
    """What was read from a text.

    Attributes
    ----------
    body
        What was read: the subject, and the latest message of a thread without signature and quotes.
    messages
        How many messages the thread has; 1 of any other text.
    language
        Its code; None where it is too short to tell.
    sentiment
        From -1 (complains) to 1 (praises); None of a text in another language than Spanish.
    urgent
        Whether it says that it cannot wait; None as before.
    entities
        What it names, by the characters of ``body``.
    products
        Products and services of the catalogue that it names, by their names there.
    """

    body: str
    messages: int
    language: str | None
    sentiment: float | None
    urgent: bool | None
    entities: tuple[Entity, ...]
    products: tuple[str, ...]


def read(text: str, subject: str | None = None, catalogue: Sequence[str] = ()) -> Words:
    """Read a masked text; ``catalogue`` holds the names of the tenant's products and services."""
    told = messages(text)
    body = "\n".join(part for part in (subject, told[0]) if part)
    language, named = language_of(body), products(body, catalogue)
    spanish = language in SPANISH and bool(body)
    return Words(
        body=body,
        messages=len(told),
        language=language,
        sentiment=felt(body) if spanish else None,
        urgent=is_urgent(body) if spanish else None,
        entities=tuple(sorted([*entities(body), *(entity for entity, _ in named)])),
        products=tuple(dict.fromkeys(name for _, name in named)),
    )
