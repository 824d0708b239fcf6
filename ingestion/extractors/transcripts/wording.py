"""How much of what agents are to say was said: first, last, and anywhere in a call.

A word counts as said where one like it was: a transcript mishears, and nobody says a text letter by
letter. Names, which stand in braces in the text, are not looked for: they are masked.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ingestion.extractors.plain import plain
from ingestion.extractors.transcripts.transcript import Turn

OPENING_TURNS, CLOSING_TURNS = 4, 6
"""Within which a greeting, or a farewell, is expected."""
PHRASE_TURNS = 2
"""Over which a phrase may go: subtitles cut where a line is full."""
LEAST_SAID = 0.75
"""From this share of its words on, a phrase was said."""
LEAST_LETTERS = 4
"""Shorter words are said in any sentence."""
LEAST_ALIKE = 80.0
"""Of 100 (normalised Levenshtein), for two words to be the same."""
BRACED = re.compile(r"\{[^{}]*\}")
WORD = re.compile(rf"\w{{{LEAST_LETTERS},}}")
ANY_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Phrase:
    """A phrase that agents are to say, and which share of its words was said together."""

    text: str
    share: float

    @property
    def is_said(self) -> bool:
        """Whether so much of it was said that it counts."""
        return self.share >= LEAST_SAID


def greeted(turns: Sequence[Turn], greeting: str) -> float | None:
    """Return which share of a greeting's words was said first; None where there is nothing to say.

    >>> greeted([Turn("Buenos días, gracias por llamar")], "Buenos días, gracias por su llamada")
    0.75
    """
    return _share(turns[:OPENING_TURNS], greeting)


def closed(turns: Sequence[Turn], closing: str) -> float | None:
    """Return which share of a farewell's words was said last; None as ``greeted``."""
    return _share(turns[-CLOSING_TURNS:], closing)


def phrases_of(turns: Sequence[Turn], phrases: Iterable[str]) -> tuple[Phrase, ...] | None:
    """Return how far each phrase was said, wherever in the call; None where nobody says anything.

    >>> phrases_of([Turn("Le informo: su llamada está"), Turn("siendo grabada")],
    ...            ["Su llamada está siendo grabada"])
    (Phrase(text='Su llamada está siendo grabada', share=1.0),)
    """
    if not turns:
        return None
    near = [turns[at : at + PHRASE_TURNS] for at in range(max(1, len(turns) - PHRASE_TURNS + 1))]
    shares = ((one, [_share(some, one) for some in near]) for one in phrases)
    return tuple(Phrase(one, max(share or 0.0 for share in told)) for one, told in shares)


def phrases_share(told: Sequence[Phrase] | None) -> float | None:
    """Return which share of the phrases was said; None where there is none to say."""
    return sum(one.is_said for one in told) / len(told) if told else None


def _share(turns: Sequence[Turn], text: str) -> float | None:
    wanted, word = plain(BRACED.sub(" ", text)), WORD
    if not word.search(wanted):  # «sí, ya»: short words are all it has
        word = ANY_WORD
    words = set(word.findall(wanted))
    said = {one for turn in turns for one in word.findall(plain(turn.text))}
    if not (words and turns):
        return None
    found = (
        process.extractOne(one, said, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE) for one in words
    )
    return sum(one is not None for one in found) / len(words)
