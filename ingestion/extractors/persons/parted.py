"""Numbers parted by signs that no usual writing has: «300/123/4567», «1.020_304.050», a line's end.

A stroke also parts dates, years and numbers of cases, so only the whole form of a telephone, card,
tax number or document counts, or a word before that says what the number is.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingestion.extractors.persons.around import cue
from ingestion.extractors.persons.found import Found, Kind, Place
from ingestion.extractors.persons.groups import FORMS, ODD, Number, is_odd, kind_of
from ingestion.extractors.persons.harmless import without_times_and_files
from ingestion.extractors.persons.phones import is_given_out

_CHAIN = re.compile(rf"(?<![0-9])[0-9]+(?:(?:{ODD}|[ .-])[0-9]+)+")
_HAS_ODD = re.compile(rf"[0-9](?:{ODD})[0-9]")
_GROUP = re.compile("[0-9]+")
MOST_GROUPS = 6
OF_THINGS = frozenset({"order", "amount", "free"})
FEWEST_DIGITS, MOST_DIGITS = 6, 19
"""Digits of a number that a word announces."""


class Chain(NamedTuple):
    """Groups of digits in a row of a text, and how many digits each has."""

    text: str
    places: Sequence[Place]
    sizes: tuple[int, ...]


def parted(text: str) -> Iterator[Found]:
    """Find what odd signs part; what usual ones part is left to the other finders."""
    if not _HAS_ODD.search(text):
        return
    text = without_times_and_files(text)
    for chain in _CHAIN.finditer(text):
        if _HAS_ODD.search(chain[0]):
            places = [one.span() for one in _GROUP.finditer(text, *chain.span())]
            yield from _in(Chain(text, places, tuple(high - low for low, high in places)))


def _in(chain: Chain) -> Iterator[Found]:
    """Find numbers in groups of digits, the longest first."""
    at = 0
    while at < len(chain.places):
        start = chain.places[at][0]
        said = cue(chain.text, start)
        end, kind = at + 1, None
        if said not in OF_THINGS and (said or at or not _is_glued(chain.text, start)):
            end, kind = _from(chain, at, said)
        if kind:
            yield Found(start, chain.places[end - 1][1], kind)
        at = end


def _is_glued(text: str, start: int) -> bool:
    """Say whether a letter or sign stands right before: «IMG_2026…»."""
    sign = text[start - 1 : start]
    return sign.isalpha() or sign in {"_", "-", "/", "."}


def _from(chain: Chain, at: int, said: str) -> tuple[int, Kind | None]:
    """Return the group after the longest number from one, and its kind where odd signs part it."""
    text, places = chain.text, chain.places
    for end in range(min(at + MOST_GROUPS, len(places)), at + 1, -1):
        sizes = chain.sizes[at:end]
        if FEWEST_DIGITS <= sum(sizes) <= MOST_DIGITS if said else sizes in FORMS:
            some = places[at:end]
            joints = [text[a[1] : b[0]] for a, b in pairwise(some)]
            is_all = len(some) == len(places)
            whole = not (_goes_on(chain, at - 1) or _goes_on(chain, end - 1))
            groups = [text[low:high] for low, high in some]
            number = Number(groups, joints, sizes, said, is_all, whole)
            kind = kind_of(number)
            if kind:
                return end, kind if number.is_odd else None
    return at + 1, _of_a_list(chain, at, said)


def _goes_on(chain: Chain, at: int) -> bool:
    """Say whether a full stop joins a group to the next."""
    text, places = chain.text, chain.places
    return 0 <= at < len(places) - 1 and text[places[at][1] : places[at + 1][0]] == "."


def _of_a_list(chain: Chain, at: int, said: str) -> Kind | None:
    """Say what one of several numbers is that strokes part: «79456123/52114900»."""
    text, places = chain.text, chain.places
    start, end = places[at]
    if not 7 <= end - start <= 10:
        return None
    beside = [*places[max(0, at - 1) : at], *places[at + 1 : at + 2]]
    gaps = [text[min(p[1], end) : max(p[0], start)] for p in beside]
    odd = any(is_odd(gap) and "\n" not in gap for gap in gaps)
    if not odd or any(b - a < 7 for a, b in beside):
        return None
    if said == "phone" or is_given_out(text[start:end]):
        return "phone"
    return "document" if said == "document" or end - start in {8, 10} else None
