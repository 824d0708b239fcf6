"""Whether a text complains, praises or neither: a lexicon of Spanish with its negations.

Switched off: on sentences written after the lexicon its macro F1 is far below what would be of use
(``benchmarks/multimodal/words.py``). A tenant that labels texts has a trained model instead.
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from ingestion.extractors.persons.plain import plain

Sentiment = Literal["negative", "neutral", "positive"]

ON = False
"""Whether what it tells reaches a table."""

REACH = 3
"""Words over which a «no» turns what follows."""
_WORD = re.compile(r"[a-z]+")
_GREETING = re.compile(r"\bbuen[oa]?s? (?:dias?|tardes|noches)\b")


class Lexicon(NamedTuple):
    """Beginnings of words."""

    positive: re.Pattern[str]
    negative: re.Pattern[str]
    wanted: re.Pattern[str]
    negation: frozenset[str]


def sentiment_of(text: str) -> Sentiment:
    """Return what a text's words weigh.

    >>> sentiment_of("no funciona nada y nadie responde"), sentiment_of("no tengo ninguna queja")
    ('negative', 'positive')
    """
    weight = score(text)
    return "negative" if weight < 0 else "positive" if weight > 0 else "neutral"


def score(text: str) -> int:
    """Return praise less complaints, each word of either counted once where it stands."""
    words = _WORD.findall(_GREETING.sub(" ", plain(text)))
    lexicon = _lexicon()
    total = 0
    for at, word in enumerate(words):
        turned = bool(lexicon.negation & set(words[max(0, at - REACH) : at]))
        if lexicon.wanted.fullmatch(word) and turned:
            total -= 1
        elif lexicon.negative.fullmatch(word):
            total += 1 if turned else -1
        elif lexicon.positive.fullmatch(word):
            total += -1 if turned else 1
    return total


@cache
def _lexicon() -> Lexicon:
    file = Path(__file__).with_suffix(".yaml")
    told = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    positive, negative, wanted = (
        _beginnings(told[kind]) for kind in ("positive", "negative", "wanted")
    )
    return Lexicon(positive, negative, wanted, frozenset(told["negation"].split()))


def _beginnings(words: str) -> re.Pattern[str]:
    """Match words; one of five letters or more also with another ending."""
    ways = [f"{word}[a-z]*" if len(word) > 4 else word for word in words.split()]
    return re.compile("|".join(ways))
