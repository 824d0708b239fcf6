"""Headers and values to concepts: no accents, no case, no plurals, Spanish and English alike."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[0-9])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ANONYMOUS = re.compile(
    r"(?:c|v|x|f|col|column|columna|var|variable|campo|field|unnamed|attr|feature)?[\s_.:-]*\d+",
    re.IGNORECASE,
)


@cache
def plain(text: str) -> str:
    """Return a text as lower-case words without accents or punctuation.

    >>> plain("StreamingTV"), plain("Meses de antigüedad")
    ('streaming tv', 'meses de antiguedad')
    """
    split = _CAMEL.sub(" ", text)
    decomposed = unicodedata.normalize("NFKD", split)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", letters.lower()).strip()


def is_anonymous(header: str) -> bool:
    """Say whether a header tells nothing: ``c1``, ``col_7``, ``V3``, ``12``."""
    return _ANONYMOUS.fullmatch(header.strip()) is not None


@cache
def stem(word: str) -> str:
    """Return a word without its plural and its Spanish gender: ``cargos`` and ``cargo`` alike."""
    if word.endswith("es") and len(word) > 5:
        word = word[:-2]
    elif word.endswith("s") and len(word) > 3:
        word = word[:-1]
    return word[:-1] if word[-1:] in {"a", "o", "e"} and len(word) > 4 else word


@dataclass(frozen=True)
class Dictionary:
    """Stems of words and phrases → concept; phrases by their number of words, longest first."""

    phrases: tuple[dict[tuple[str, ...], str], ...]
    stop: frozenset[tuple[str, ...]]


@cache
def dictionary() -> Dictionary:
    """Return the dictionary of ``words.yaml``."""
    file = Path(__file__).with_suffix(".yaml")
    content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    entries: dict[tuple[str, ...], str] = {}
    for concept, writings in content["concepts"].items():
        for writing in writings:
            entries.setdefault(_stems(str(writing)), concept)
    stop = frozenset(_stems(str(word)) for word in content["stop"])
    longest = max(map(len, entries))
    by_length = tuple(
        {phrase: concept for phrase, concept in entries.items() if len(phrase) == size}
        for size in range(longest, 0, -1)
    )
    return Dictionary(by_length, stop)


def _stems(text: str) -> tuple[str, ...]:
    """Return the stems of a text's words."""
    return tuple(stem(word) for word in plain(text).split())


@cache
def concepts(text: str) -> frozenset[str]:
    """Return what a header speaks of: concepts, and stems of the words that are none.

    >>> sorted(concepts("Meses de antigüedad"))
    ['month', 'tenure']
    """
    words, known = _stems(text), dictionary()
    found: set[str] = set()
    at = 0
    while at < len(words):
        concept, size = _match(words, at, known)
        if concept is not None:
            found.add(concept)
        elif (words[at],) not in known.stop:
            found.add(words[at])
        at += size
    return frozenset(found)


def _match(words: tuple[str, ...], at: int, known: Dictionary) -> tuple[str | None, int]:
    """Return the concept of the longest phrase that begins here, and its number of words."""
    for phrases in known.phrases:
        size = len(next(iter(phrases), ("",)))
        concept = phrases.get(words[at : at + size])
        if concept is not None:
            return concept, size
    return None, 1
