"""What was said in a call as a row of ``silver.extract_transcript``: redacted, with its seconds."""

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

import pyarrow as pa

from ingestion.extractors.persons import NONE, Own
from ingestion.extractors.transcripts.feeling import by_quarter
from ingestion.extractors.transcripts.redaction import redact
from ingestion.extractors.transcripts.transcript import Transcript, Turn, Word
from ingestion.extractors.transcripts.wording import closed, greeted, phrases_of, phrases_share
from ingestion.masking import MASKER_VERSION, mask

NAME = "transcript"
VERSION = 2
"""Raised whenever the output for the same content may change."""
MEDIA_TYPES = ("audio/",)

_TIMES = (("start_seconds", pa.float64()), ("end_seconds", pa.float64()))
_WORD = pa.struct([("text", pa.string()), *_TIMES])
_PHRASE = pa.struct([("text", pa.string()), ("share", pa.float64()), ("is_said", pa.bool_())])
_TURN = pa.struct([
    ("speaker", pa.string()),
    ("channel", pa.int64()),
    *_TIMES,
    ("text", pa.string()),
    ("words", pa.list_(_WORD)),
])  # fmt: skip
COLUMNS = pa.schema([
    ("state", pa.string()),
    ("source", pa.string()),
    ("language", pa.string()),
    ("source_object_id", pa.string()),
    ("turns", pa.list_(_TURN)),
    ("spans", pa.list_(pa.struct([*_TIMES, ("channel", pa.int64())]))),
    ("untimed", pa.int64()),
    ("greeting_share", pa.float64()),
    ("closing_share", pa.float64()),
    ("phrases", pa.list_(_PHRASE)),
    ("phrases_share", pa.float64()),
    ("sentiment", pa.list_(pa.float64())),
    ("beside", pa.string()),
    ("masker_version", pa.string()),
])  # fmt: skip
"""Grain: one recording. ``state``: ``none``, ``supplied`` (``source_object_id`` names the file that
came beside it) or ``made``. ``spans``: seconds to silence for a listener; ``untimed``: turns with
something personal whose seconds nobody knows. ``words`` is empty where the source times none.
``greeting_share``, ``closing_share``: of the words of the company's texts what was said.
``phrases``: those that agents are to say, ``share`` of the words of each; ``phrases_share``: how
many of them were said. ``sentiment``: by quarter of the call, see ``feeling``. ``beside``: which
texts lay beside the recording when it was read, see ``operations.transcripts.beside``.
"""


def row_of(
    transcript: Transcript,
    source_object_id: str | None = None,
    *,
    greeting: str = "",
    closing: str = "",
    own: Own = NONE,
    phrases: Sequence[str] = (),
    seconds: float | None = None,
) -> dict[str, Any]:
    """Return a transcript under the names of ``COLUMNS``.

    Parameters
    ----------
    greeting, closing
        What agents are to say at the beginning and at the end.
    phrases
        What they are to say anywhere.
    seconds
        How long the recording is, where that is known.
    own
        The company's own names, which are no person's.
    """
    found, told = redact(transcript, own), phrases_of(transcript.turns, phrases)
    return {
        "state": transcript.state,
        "source": transcript.source,
        "language": transcript.language,
        "source_object_id": source_object_id,
        "turns": [_turn(one, own) for one in found.transcript.turns],
        "spans": [vars(one) for one in found.spans],
        "untimed": found.untimed,
        "greeting_share": greeted(transcript.turns, greeting),
        "closing_share": closed(transcript.turns, closing),
        "phrases": told and [{**vars(one), "is_said": one.is_said} for one in told],
        "phrases_share": phrases_share(told),
        "sentiment": by_quarter(transcript, seconds),
        "masker_version": MASKER_VERSION,
    }


def _turn(turn: Turn, own: Own) -> dict[str, Any]:
    return {
        "speaker": turn.speaker and mask(turn.speaker, own),
        "channel": turn.channel,
        "start_seconds": turn.start_seconds,
        "end_seconds": turn.end_seconds,
        "text": normalize("NFC", turn.text),
        "words": [_word(one) for one in turn.words],
    }


def _word(word: Word) -> dict[str, Any]:
    times = {"start_seconds": word.start_seconds, "end_seconds": word.end_seconds}
    return {"text": normalize("NFC", word.text), **times}
