"""What a single word may be: a listed name, a word of Spanish, a place or brand, or unknown."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from ingestion.extractors.persons.spanish import is_spanish
from ingestion.extractors.plain import plain

Sort = Literal["sure", "doubtful", "word", "known", "thing", "unknown"]
"""A listed name that is nothing else; one that is a word too; a word; what has a capital and is no
person; a noun that makes a name the name of something else; none of these."""

FEWEST_LETTERS = 3
"""A shorter word that is not listed is an abbreviation sooner than a name."""
LONGEST_ACRONYM = 4
"""Letters."""


class Vocabulary(NamedTuple):
    """The lists, all of them without accents."""

    sure: frozenset[str]
    doubtful: frozenset[str]
    words: frozenset[str]
    known: frozenset[str]
    places: frozenset[str]
    things: frozenset[str]


@lru_cache(maxsize=65_536)
def sort_of(word: str) -> Sort:
    """Say what a word may be, however it is written.

    >>> [sort_of(word) for word in ("María", "ROSA", "factura", "Bogotá", "barrio", "Wayra")]
    ['sure', 'doubtful', 'word', 'known', 'thing', 'unknown']
    """
    lists, low = vocabulary(), plain(word)
    if low in lists.things:
        return "thing"
    if low in lists.doubtful:
        return "doubtful"
    if low in lists.sure:
        return "sure"
    if low in lists.known:
        return "known"
    if len(low) < FEWEST_LETTERS or low in lists.words or is_spanish(low):
        return "word"
    return "unknown"


def is_acronym(word: str) -> bool:
    """Say whether an unknown word in capitals is too short for a name that nothing announces."""
    return len(word) <= LONGEST_ACRONYM and word.isupper() and sort_of(word) == "unknown"


@cache
def vocabulary() -> Vocabulary:
    """Read the lists."""
    names, known, cues = listed("names"), listed("known"), listed("cues")
    things = frozenset(known.pop("things").split())
    around = " ".join(listed("contact").values())
    words = frozenset([*known.pop("words").split(), *cues["never"].split(), *around.split()])
    return Vocabulary(
        sure=frozenset(plain(names["names"]).split()),
        doubtful=frozenset(plain(names["words_too"]).split()),
        words=words,
        places=frozenset(known["places"].split()),
        known=frozenset(word for text in known.values() for word in text.split()),
        things=things,
    )


def listed(name: str) -> dict[str, str]:
    """Return one of the files of lists."""
    lists: dict[str, str] = yaml.load(_file(f"{name}.yaml"), yaml.CSafeLoader)
    return lists


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
