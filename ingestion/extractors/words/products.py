"""Products and services of a tenant's catalogue in its texts."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from ingestion.extractors.plain import plain
from ingestion.extractors.words.entities import Entity

_PIECE = re.compile(r"[^\W\d_]+|[0-9]+")


def products(text: str, catalogue: Sequence[str]) -> list[tuple[Entity, str]]:
    """Return the places of products and their names in the catalogue.

    Accents, capitals and spaces do not count, nor «de» between a name and its size: «movil de
    40gb» is «Móvil 40 GB».
    """
    if not catalogue:
        return []
    pattern, names = _compiled(tuple(catalogue))
    return [
        (Entity(*found.span(), "product"), names[(found.lastindex or 1) - 1])
        for found in pattern.finditer(plain(text))
    ]


@lru_cache(maxsize=64)
def _compiled(catalogue: tuple[str, ...]) -> tuple[re.Pattern[str], list[str]]:
    """Return a pattern with a group for each name, longest first, and the names."""
    names = list({_key(name): name for name in catalogue if _key(name)}.values())
    names.sort(key=lambda name: _size(_pieces(name)), reverse=True)
    ways = [f"({_way(_pieces(name))})" for name in names]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways) or '(?!)'})(?!\w)"), names


def _way(pieces: list[str]) -> str:
    """Return how a name may be written."""
    way = re.escape(pieces[0])
    for before, piece in pairwise(pieces):
        joint = r"(?:[ -]| de )?" if piece.isdigit() and not before.isdigit() else r"[ -]?"
        way += joint + re.escape(piece)
    return way


def _pieces(name: str) -> list[str]:
    return _PIECE.findall(plain(name))


def _key(name: str) -> str:
    return "".join(piece for piece in _pieces(name) if piece != "de")


def _size(pieces: list[str]) -> int:
    return sum(map(len, pieces))
