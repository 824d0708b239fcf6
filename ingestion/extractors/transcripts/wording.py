"""How much of a text that agents are to say was said: at the beginning of a call, or at its end.

A word counts as said where one like it was: a transcript mishears, and nobody says a text letter by
letter. Names, which stand in braces in the text, are not looked for: they are masked.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from ingestion.extractors.plain import plain
from ingestion.extractors.transcripts.transcript import Turn

OPENING_TURNS, CLOSING_TURNS = 4, 6
"""Within which a greeting, or a farewell, is expected."""
LEAST_LETTERS = 4
"""Shorter words are said in any sentence."""
LEAST_ALIKE = 80.0
"""Of 100 (normalised Levenshtein), for two words to be the same."""
BRACED = re.compile(r"\{[^{}]*\}")
WORD = re.compile(rf"\w{{{LEAST_LETTERS},}}")


def greeted(turns: Sequence[Turn], greeting: str) -> float | None:
    """Return which share of a greeting's words was said first; None where there is nothing to say.

    >>> greeted([Turn("Buenos días, gracias por llamar")], "Buenos días, gracias por su llamada")
    0.75
    """
    return _share(turns[:OPENING_TURNS], greeting)


def closed(turns: Sequence[Turn], closing: str) -> float | None:
    """Return which share of a farewell's words was said last; None as ``greeted``."""
    return _share(turns[-CLOSING_TURNS:], closing)


def _share(turns: Sequence[Turn], text: str) -> float | None:
    wanted = _words(BRACED.sub(" ", text))
    said = {word for turn in turns for word in _words(turn.text)}
    if not (wanted and turns):
        return None
    found = (
        process.extractOne(word, said, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE)
        for word in wanted
    )
    return sum(one is not None for one in found) / len(wanted)


def _words(text: str) -> set[str]:
    return set(WORD.findall(plain(text)))
