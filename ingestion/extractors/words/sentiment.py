"""Whether a Spanish text complains, praises or neither: a lexicon with its negations.

After the lexicon-based way of Taboada et al., «Lexicon-Based Methods for Sentiment Analysis»
(Computational Linguistics 37(2), 2011): words weigh, a «no» before them turns them round, phrases
weigh besides. What is asked for politely is neither praise nor complaint.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from ingestion.extractors.plain import plain

Sentiment = Literal["negative", "neutral", "positive"]

REACH = 3
"""Words over which a «no» turns what follows."""
BARE_NEGATION = 0.5
"""What a «no» weighs that turns nothing which is known."""
FELT, FELT_WHEN_ASKED = 0.45, 0.75
"""From here on a text praises or complains; more is needed of one that asks for something."""
_WORD = re.compile(r"[a-z]+")
_GREETING = re.compile(r"\bbuen[oa]?s? (?:dias?|tardes|noches|dia)\b|\bpor favor\b")
_NOT_FELT = re.compile(
    r"\bno (?:es|se|encuentro|tengo|recuerdo)\b(?! ?(?:servicio|senal|internet))"
)
_WAITING = re.compile(
    r"\b(?:llevo|llevamos|completo|completamos|van|hace) (?:ya )?(?:mas de )?"
    r"(?:[0-9]+|un|una|dos|tres|cuatro|cinco|seis|varios|varias|muchos|muchas)? ?"
    r"(?:dias?|semanas?|mes|meses|horas?|anos?|rato)\b"
)
_STILL = re.compile(r"\b(?:sigo|sigue|siguen|seguimos|todavia|aun)\b")
_RISE = re.compile(r"\bme (?:cobraron|cobran|estan cobrando|facturaron|descontaron)\b")


class Lexicon(NamedTuple):
    """Beginnings of words, whole ones with «!» at their end; and what phrases weigh."""

    positive: frozenset[str]
    negative: frozenset[str]
    wanted: frozenset[str]
    negation: frozenset[str]
    plain: frozenset[str]
    phrases: tuple[tuple[str, float], ...]


def sentiment_of(text: str) -> Sentiment:
    """Return what a text's words weigh.

    >>> sentiment_of("no funciona nada y nadie responde"), sentiment_of("no tengo ninguna queja")
    ('negative', 'positive')
    """
    weight = score(text)
    least = FELT_WHEN_ASKED if asks(text) else FELT
    return "negative" if weight <= -least else "positive" if weight >= least else "neutral"


def felt(text: str) -> float:
    """Return the score of a text between -1 and 1."""
    return bounded(score(text))


def bounded(weight: float) -> float:
    """Return a score between -1 and 1: ever more words of one kind say ever less."""
    return weight / (1 + abs(weight))


def asks(text: str) -> bool:
    """Say whether a text asks for something."""
    return "?" in text or any(kind_of(word) == "plain" for word in _WORD.findall(plain(text)))


def score(text: str) -> float:
    """Return praise less complaints; 0 where nothing is felt."""
    low = _GREETING.sub(" ", plain(text))
    weight = sum(value for phrase, value in _lexicon().phrases if phrase in low)
    weight -= 0.8 * bool(_WAITING.search(low)) + 0.3 * bool(_STILL.search(low))
    weight -= 0.6 * bool(_RISE.search(low))
    return weight + _of_words(_WORD.findall(_NOT_FELT.sub(" ", low)))


def _of_words(words: list[str]) -> float:
    """Return what words weigh where they stand; each «no» turns one word, or weighs by itself."""
    total, turning = 0.0, 0
    for word in words:
        kind = kind_of(word)
        if kind == "negation":
            turning = turning or REACH
            continue
        if kind in ("positive", "negative"):
            total += (1.0 if kind == "positive" else -1.0) * (-1 if turning else 1)
            turning = 0
        elif kind == "wanted" and turning:
            total, turning = total - 1, 0
        elif turning:
            turning -= 1
            total -= BARE_NEGATION * (turning == 0)
    return total - BARE_NEGATION * bool(turning)


@lru_cache(maxsize=65_536)
def kind_of(word: str) -> str | None:
    """Return which list of the lexicon a plain word is of; the longest beginning tells."""
    lexicon = _lexicon()
    if word in lexicon.negation:
        return "negation"
    ways = (f"{word}!", *(word[:length] for length in range(len(word), 3, -1)))
    kinds = ("positive", "negative", "wanted", "plain")
    return next((k for way in ways for k in kinds if way in getattr(lexicon, k)), None)


@cache
def _lexicon() -> Lexicon:
    file = Path(__file__).with_suffix(".yaml")
    told = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    lists = (told[kind] for kind in ("positive", "negative", "wanted", "negation", "plain"))
    positive, negative, wanted, negation, asking = (
        frozenset(plain(words).split()) for words in lists
    )
    phrases = tuple((phrase, float(weight)) for phrase, weight in told["phrases"].items())
    return Lexicon(positive, negative, wanted, negation, asking, phrases)
