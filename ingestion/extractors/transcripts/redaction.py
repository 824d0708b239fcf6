"""Personal data taken out of a transcript and, in the same seconds, out of the sound.

Where the source times words, the masked words' seconds fall silent; where it times turns alone, the
whole turn does. A turn without times can only be masked in its text, and says so. Numbers spoken as
words («tres cero cero») are found too.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingestion.extractors.persons import Found, find
from ingestion.extractors.transcripts.together import found_together
from ingestion.extractors.transcripts.transcript import Transcript, Turn, Word
from ingestion.masking import masked
from ingestion.media.sound import FULL_SCALE, Sound

MARGIN_SECONDS = 0.1
"""Silenced before and after: times of words are off by a syllable."""


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


def redact(transcript: Transcript) -> Redacted:
    """Return a transcript without what identifies a person, and where in the sound that was."""
    turns, spans, untimed = [], list[Span](), 0
    speakers = [(turn.speaker, turn.channel) for turn in transcript.turns]
    texts = [turn.text for turn in transcript.turns]
    spoken = [" ".join(word.text for word in turn.words) for turn in transcript.turns]
    in_texts, in_words = found_together(texts, speakers), found_together(spoken, speakers)
    for turn, *found in zip(transcript.turns, in_texts, in_words, strict=True):
        text, words, hidden = _masked(turn, *found)
        turns.append(replace(turn, text=text, words=words))
        spans += hidden
        untimed += text != turn.text and not hidden
    return Redacted(replace(transcript, turns=tuple(turns)), tuple(spans), untimed)


def silenced(sound: Sound, spans: Sequence[Span]) -> Sound:
    """Return a recording without the sound of some spans, and as long as before."""
    channels = sound.channels.copy()
    for span in spans:
        start = max(0, int((span.start_seconds - MARGIN_SECONDS) * sound.rate))
        end = max(start, int(np.ceil((span.end_seconds + MARGIN_SECONDS) * sound.rate)))
        # A channel that the recording has not may be any of them.
        known = span.channel is not None and span.channel < len(channels)
        which = span.channel if known else slice(None)
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
    turn: Turn, in_text: list[Found], in_words: list[Found]
) -> tuple[str, tuple[Word, ...], list[Span]]:
    text = masked(turn.text, in_text)
    if not turn.words:
        changed = text != turn.text and turn.start_seconds is not None
        end = turn.end_seconds if turn.end_seconds is not None else turn.start_seconds
        whole = Span(turn.start_seconds or 0.0, end or 0.0, turn.channel)
        return text, (), [whole] if changed else []
    hidden = _hidden([word.text for word in turn.words], in_words)
    words = tuple(
        replace(word, text="[…]") if gone else word
        for word, gone in zip(turn.words, hidden, strict=True)
    )
    spans = [
        Span(word.start_seconds, word.end_seconds, turn.channel)
        for word, gone in zip(turn.words, hidden, strict=True)
        if gone
    ]
    if text != turn.text and not spans:
        # The text shows more than its words do: nothing is left to chance.
        start, end = turn.words[0].start_seconds, turn.words[-1].end_seconds
        words = tuple(replace(word, text="[…]") for word in words)
        spans = [Span(start, end, turn.channel)]
    return text, words, spans


def hidden_words(words: Sequence[str]) -> list[bool]:
    """Return which words the masker takes out of what they say together.

    >>> hidden_words(["Llame", "al", "300", "123", "4567", "mañana"])
    [False, False, True, True, True, False]
    """
    return _hidden(words, find(" ".join(words)))


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
