"""A transcript that came beside the audio, told by its content: plain, SRT, WebVTT or JSON."""

import json

from foundation.errors import InvalidUpload, TooLarge
from ingestion.extractors.transcripts.subtitles import is_timed, plain_turns, timed
from ingestion.extractors.transcripts.transcript import NO_TRANSCRIPT, Transcript, Turn
from ingestion.extractors.transcripts.worded import worded
from ingestion.media.filenames import shown
from ingestion.media.kinds import plain
from ingestion.media.sandbox import MIB

LARGEST_BYTES = 16 * MIB
MOST_TURNS = 50_000
"""A day of talk has fewer."""


def read_transcript(name: str, content: bytes | None) -> Transcript:
    """Return a supplied transcript; one without a word, or none at all, is ``NO_TRANSCRIPT``.

    Raises
    ------
    InvalidUpload
        It is no text, JSON of no known shape, or its times run backwards.
    TooLarge
        It is larger than 16 MiB, or of more turns than ``MOST_TURNS``.
    """
    if content is None:
        return NO_TRANSCRIPT
    if len(content) > LARGEST_BYTES:
        raise TooLarge("media.too_size", file=shown(name), limit=LARGEST_BYTES // MIB)
    text = plain(content)
    if text is None or "\x00" in text:
        raise InvalidUpload("transcripts.unreadable", file=shown(name))
    try:
        turns, source, language = _read(text.lstrip("\ufeff").strip())
        for turn in turns:  # half a letter, which JSON may name, is none
            "".join([turn.text, turn.speaker or "", *(w.text for w in turn.words)]).encode()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InvalidUpload("transcripts.unreadable", file=shown(name)) from error
    if len(turns) > MOST_TURNS:
        raise TooLarge("transcripts.too_many_turns", file=shown(name), limit=MOST_TURNS)
    return Transcript("supplied", turns, source, language) if turns else NO_TRANSCRIPT


def _read(text: str) -> tuple[tuple[Turn, ...], str, str | None]:
    if text.startswith(("{", "[{")) or (text.startswith("[") and text.endswith("]")):
        return worded_in(text)
    if text.startswith("WEBVTT") or is_timed(text):
        return tuple(timed(text)), "webvtt" if text.startswith("WEBVTT") else "srt", None
    return tuple(plain_turns(text)), "plain", None


def worded_in(text: str) -> tuple[tuple[Turn, ...], str, str | None]:
    """Return the turns of JSON, one value or one a line (as Vosk writes while it listens)."""
    try:
        told = json.loads(text)
    except json.JSONDecodeError:
        told = [json.loads(line) for line in text.splitlines() if line.strip()]
    turns, language = worded(told)
    return turns, "json", language
