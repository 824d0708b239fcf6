"""Finding what identifies a person in a text."""

import re
from functools import lru_cache, partial

from ingestion.extractors.persons.addresses import addresses
from ingestion.extractors.persons.emails import emails
from ingestion.extractors.persons.found import Finder, Found, without
from ingestion.extractors.persons.names import names
from ingestion.extractors.persons.numbers import numbers
from ingestion.extractors.persons.own import NONE, Own
from ingestion.extractors.persons.parted import parted
from ingestion.extractors.persons.reading import read, written
from ingestion.extractors.persons.signs import DIGITS, EMAIL, NAME, SPOKEN, STREET, signs_of
from ingestion.extractors.persons.spoken import spoken

VERSION = 4
"""Raised whenever something else may be found in some text."""

MASKED = re.compile(r"\[(?:NOMBRE|DOCUMENTO|TARJETA|TELÉFONO|CORREO|DIRECCIÓN)\]")
"""What an earlier masking left."""


def find(text: str, signs: int | None = None, own: Own = NONE) -> list[Found]:
    """Return what identifies a person, in the order of the text; no two places overlap.

    Parameters
    ----------
    text
        The text.
    signs
        Its signs, where they are known already.
    own
        A company's own names, which are no person's.

    >>> [(f.kind, f.start, f.end) for f in find("Soy Ana Ruiz, cédula 1.023.456.789")]
    [('name', 4, 12), ('document', 21, 34)]
    """
    text, places = read(text)
    found: list[Found] = []
    rest = without(text, (m.span() for m in MASKED.finditer(text))) if "[" in text else text
    for finder in _finders(signs_of(text) if signs is None else signs, own):
        new = apart(list(finder(rest)))
        if new:
            rest = without(rest, ((place.start, place.end) for place in new))
            found += new
    return written(sorted(found), places)


@lru_cache(maxsize=1024)
def _finders(signs: int, own: Own) -> tuple[Finder, ...]:
    """Return those that may find something, each after those whose findings it would mistake."""
    by_sign: tuple[tuple[int, Finder], ...] = (
        (EMAIL, emails),
        (STREET, addresses),
        (DIGITS, parted),
        (DIGITS, numbers),
        (SPOKEN, spoken),
        (NAME, partial(names, own=own)),
    )
    return tuple(finder for sign, finder in by_sign if signs & sign)


def apart(found: list[Found]) -> list[Found]:
    """Return places in order, joined where they overlap; the longer one tells the kind."""
    if len(found) < 2:
        return found
    parted: list[Found] = []
    for place in sorted(found, key=lambda place: (place.start, -place.end)):
        if parted and place.start < parted[-1].end:
            last = parted.pop()
            place = Found(last.start, max(last.end, place.end), last.kind)  # noqa: PLW2901
        parted.append(place)
    return parted
