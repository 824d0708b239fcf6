"""What was said in a call, by whom and when: one form for every source."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["none", "supplied", "made"]
PAUSE_SECONDS = 1.5
"""After so long the same person begins another turn."""


@dataclass(frozen=True)
class Word:
    """A word with its seconds from the beginning of the recording, and how sure its source is."""

    text: str
    start_seconds: float
    end_seconds: float
    probability: float | None = None


@dataclass(frozen=True)
class Turn:
    """What one person said without another between.

    Attributes
    ----------
    speaker
        As the source names them; None where it does not.
    channel
        Of the recording, from 0; None where the source does not say.
    start_seconds, end_seconds
        None in a transcript without times.
    words
        Empty where the source times no words.
    """

    text: str
    speaker: str | None = None
    channel: int | None = None
    start_seconds: float | None = None
    end_seconds: float | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """A call's turns in order of time, and where they come from: nowhere, beside it, a model."""

    state: State
    turns: tuple[Turn, ...] = ()
    source: str = ""
    language: str | None = None

    @property
    def text(self) -> str:
        """All that was said, a turn a line."""
        return "\n".join(turn.text for turn in self.turns)


NO_TRANSCRIPT = Transcript("none")
Spoken = tuple[Word, str | None, int | None]
"""A word, its speaker and its channel."""


def turns_of(spoken: Iterable[Spoken]) -> tuple[Turn, ...]:
    """Return words as turns: another speaker, another channel or a pause begins a new one."""
    turns: list[list[Spoken]] = []
    for one in spoken:
        last = turns[-1][-1] if turns else None
        new = last is None or last[1:] != one[1:]
        if new or one[0].start_seconds - (last or one)[0].end_seconds > PAUSE_SECONDS:
            turns.append([])
        turns[-1].append(one)
    return tuple(sorted(map(_turn, turns), key=lambda turn: turn.start_seconds or 0.0))


def _turn(spoken: list[Spoken]) -> Turn:
    words = tuple(word for word, _, _ in spoken)
    _, speaker, channel = spoken[0]
    text = " ".join(word.text for word in words)
    return Turn(text, speaker, channel, words[0].start_seconds, words[-1].end_seconds, words)
