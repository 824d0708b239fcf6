"""A recording's sound as a row of ``silver.extract_audio``: figures and moments, nothing said."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from ingestion.extractors.audio.report import CallSound

_SPAN = pa.struct([("start_seconds", pa.float64()), ("end_seconds", pa.float64())])
_FAULT = pa.struct([
    ("kind", pa.string()),
    ("start_seconds", pa.float64()),
    ("end_seconds", pa.float64()),
    ("channel", pa.int64()),
])  # fmt: skip
_REASON = pa.struct([("kind", pa.string()), ("amount", pa.float64()), ("points", pa.float64())])
_NUMBERS = (
    "talk_seconds",
    "talk_share",
    "response_seconds",
    "slow_response_seconds",
    "syllables_per_second",
    "loudness_lufs",
    "over_noise_decibels",
)
_BY_QUARTER = ("pitch_hertz", "pitch_range_semitones", "level_decibels")
_SIDE = pa.struct([
    ("channel", pa.int64()),
    ("voice", pa.list_(_SPAN)),
    ("interruptions", pa.int64()),
    *((name, pa.float64()) for name in _NUMBERS),
    *((name, pa.list_(pa.float64())) for name in _BY_QUARTER),
])  # fmt: skip
COLUMNS = pa.schema([
    ("seconds", pa.float64()),
    ("rate", pa.int64()),
    ("layout", pa.string()),
    ("sides", pa.list_(_SIDE)),
    ("overlap", pa.list_(_SPAN)),
    ("overlap_seconds", pa.float64()),
    ("silence", pa.list_(_SPAN)),
    ("silence_seconds", pa.float64()),
    ("hold", pa.list_(_SPAN)),
    ("hold_seconds", pa.float64()),
    ("faults", pa.list_(_FAULT)),
    ("quality", pa.float64()),
    ("reasons", pa.list_(_REASON)),
    ("waveform", pa.list_(pa.list_(pa.int64()))),
])  # fmt: skip
SPANS = ("overlap", "silence", "hold", "voice")


def row_of(sound: CallSound) -> dict[str, Any]:
    """Return a recording's sound under the names of ``COLUMNS``."""
    told = _spanned(asdict(sound))
    return told | {"sides": [_spanned(side) for side in told["sides"]]}


def _spanned(told: dict[str, Any]) -> dict[str, Any]:
    named = {name: _spans(told[name]) for name in SPANS if name in told}
    return told | named


def _spans(spans: tuple[tuple[float, float], ...] | None) -> list[dict[str, float]] | None:
    if spans is None:
        return None
    return [{"start_seconds": start, "end_seconds": end} for start, end in spans]
