"""All that is read from the words of a text, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.extractors.words.entities import Entity, entities
from ingestion.extractors.words.language import language_of
from ingestion.extractors.words.products import products
from ingestion.extractors.words.threads import Message, messages

VERSION = 1
"""Raised whenever something else may be read from some text."""


@dataclass(frozen=True)
class Words:
    """What was read from a text.

    Attributes
    ----------
    language
        Its code; None where it is too short to tell.
    messages
        The messages of an e-mail thread, the latest first; of any other text itself.
    entities
        What the latest message names, by its characters.
    products
        Products of the catalogue that it names, by their names there.
    """

    language: str | None
    messages: tuple[Message, ...]
    entities: tuple[Entity, ...]
    products: tuple[str, ...]


def read(text: str, catalogue: Sequence[str] = ()) -> Words:
    """Read a text; ``catalogue`` holds the names of the tenant's products."""
    told = messages(text)
    latest = told[0].body
    named = products(latest, catalogue)
    places = sorted([*entities(latest), *(entity for entity, _ in named)])
    return Words(
        language=language_of(latest),
        messages=told,
        entities=tuple(places),
        products=tuple(dict.fromkeys(name for _, name in named)),
    )
