"""Personal data taken out of a transcript and, in the same seconds, out of the sound.

Where the source times words, the masked words' seconds fall silent; where it times turns alone, the
whole turn does. A turn without times can only be masked in its text, and says so. Numbers spoken as
words («tres cero cero») are found too.
"""

import struct
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from ingestion.extractors.persons import NONE, Found, Own
from ingestion.extractors.transcripts.together import found_together
from ingestion.extractors.transcripts.transcript import Transcript, Turn, Word
from ingestion.masking import masked
from ingestion.media.sound import FULL_SCALE, Sound

MARGIN_SECONDS = 0.1
"""Silenced before and after: times of words are off by a syllable."""
HIDDEN = "[…]"
"""In the place of a word that says who somebody is."""


@dataclass(frozen=True)
class Span:
    """Seconds of a recording that say personal data; channel None: all of them."""

    start_seconds: float
    end_seconds: float
    channel: int | None = None


@dataclass(frozen=True)
class Redacted:
    """A masked transcript, the seconds to silence, and turns whose sound could not be found."""

    transcript: Transcript
    spans: tuple[Span, ...]
    untimed: int


def redact(transcript: Transcript, own: Own = NONE) -> Redacted:
    """Return a transcript without what identifies a person, and where in the sound that was.

    Turns are read with those around them: «¿su cédula?», says one, and the other says a number.
    """
    told, spans, untimed = transcript.turns, list[Span](), 0
    speakers = [(turn.speaker, turn.channel) for turn in told]
    places = found_together([turn.text for turn in told], speakers, own)
    words = [[word.text for word in turn.words] or turn.text.split() for turn in told]
    turns = []
    for turn, found, gone in zip(told, places, hidden_words(words, speakers, own), strict=True):
        shown, silent = _masked(turn, found, gone)
        turns.append(replace(turn, text=masked(turn.text, found), words=shown))
        spans += silent
        untimed += bool(found) and not silent
    return Redacted(replace(transcript, turns=tuple(turns)), tuple(spans), untimed)


def silenced(sound: Sound, spans: Sequence[Span]) -> Sound:
    """Return a recording without the sound of some spans, and as long as before."""
    channels = sound.channels.copy()
    for span in spans:
        start = max(0, int((span.start_seconds - MARGIN_SECONDS) * sound.rate))
        end = max(start, int(np.ceil((span.end_seconds + MARGIN_SECONDS) * sound.rate)))
        # A channel that the recording lacks may be any of it: a transcript of both sides, in mono.
        one = span.channel if span.channel in range(len(channels)) else None
        which = slice(None) if one is None else one
        channels[which, start:end] = 0
    return Sound(channels, sound.rate)


def wav_of(sound: Sound) -> bytes:
    """Return a recording as a WAV of 16 bits."""
    count = len(sound.channels)
    whole = np.clip(np.rint(sound.channels.T * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    data = whole.astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, count, sound.rate, 2 * count * sound.rate, 2 * count, 16)
    head = b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16)
    return head + form + b"data" + struct.pack("<I", len(data)) + data


def _masked(
    turn: Turn, found: Sequence[Found], gone: Sequence[bool]
) -> tuple[tuple[Word, ...], list[Span]]:
    """Return a turn's words as they are shown, and the seconds in which something is hidden."""
    if not turn.words:
        end = turn.end_seconds if turn.end_seconds is not None else turn.start_seconds
        whole = Span(turn.start_seconds or 0.0, end or 0.0, turn.channel)
        return (), [whole] if found and turn.start_seconds is not None else []
    if len(found) > sum(hides for hides, _ in groupby(gone)):
        # The text shows more than its words do: nothing is left to chance.
        gone = [True] * len(turn.words)
    pairs = list(zip(turn.words, gone, strict=True))
    words = tuple(replace(word, text=HIDDEN) if hides else word for word, hides in pairs)
    times = [(word.start_seconds, word.end_seconds) for word, hides in pairs if hides]
    return words, [Span(start, end, turn.channel) for start, end in times]


def hidden_words(
    lines: Sequence[Sequence[str]],
    speakers: Sequence[Hashable] | None = None,
    own: Own = NONE,
) -> list[list[bool]]:
    """Return which words of lines identify a person, by their line and by those around it.

    >>> hidden_words([["Llame", "al", "300"], ["123", "4567", "mañana"]])
    [[False, False, True], [True, True, False]]
    """
    texts = [" ".join(words) for words in lines]
    found = found_together(texts, speakers or [None] * len(texts), own)
    return [_hidden(words, places) for words, places in zip(lines, found, strict=True)]


def _hidden(words: Sequence[str], found: Sequence[Found]) -> list[bool]:
    """Return which words hold something of what was found in them joined."""
    gone = [False] * sum(len(word) + 1 for word in words)
    for place in found:
        gone[place.start : place.end] = [True] * (place.end - place.start)
    hidden, start = [], 0
    for word in words:
        hidden.append(any(gone[start : start + len(word)]))
        start += len(word) + 1
    return hidden
