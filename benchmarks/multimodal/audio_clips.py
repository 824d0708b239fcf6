"""Real speech cut into utterances whose beginning and end are known to the sample.

Thresholds of the extractor are set on the voices of ``MAKING`` only; ``JUDGING`` are other folders
and other speakers, for the figures alone.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.real_tables import DATA
from ingestion.media.sound import decoded

Samples = npt.NDArray[np.float32]
RATE = 8000
HOP = RATE // 100
MAKING = {
    "audio_es_asterisk_prompts": ("*",),
    "audio_two_channel_gcp": ("commercial_mono",),
    "audio_fsdd_digits": ("*_george_*", "*_jackson_*", "*_lucas_*"),
}
JUDGING = {
    "audio_es_watson_stt": ("*",),
    "audio_es_azure_customspeech": ("*",),
    "audio_callcenter_speechmatics": ("agent", "customer"),
    "audio_fsdd_digits": ("*_nicolas_*", "*_theo_*", "*_yweweler_*"),
}
MARGIN_DECIBELS = 15.9
"""Speech is what lies within this of the active speech level, as ITU-T P.56 measures it: what is
weaker lies under the noise where that is 10 dB down, and nobody could say where it ends."""
PAUSE_SECONDS = 0.2
LEAST_SECONDS = 0.3
MOST_SECONDS = 12.0
FADE_SECONDS = 0.005
ACTIVE_DECIBELS = -24.0
"""Full scale is 0: every utterance gets this level, before the speaker's own gain."""


def voices(side: dict[str, tuple[str, ...]]) -> dict[str, list[Samples]]:
    """Return the utterances of each speaker at 8 kHz; silence around them is cut away."""
    found: dict[str, list[Samples]] = {}
    for speaker, sound in _clips(side):
        found.setdefault(speaker, []).extend(_utterances(sound))
    return {speaker: pieces for speaker, pieces in found.items() if pieces}


def _clips(side: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Samples]]:
    for folder, patterns in side.items():
        for pattern in patterns:
            for file in sorted((DATA / folder).glob(f"{pattern}.wav")):
                yield _speaker(file), _narrow(file.read_bytes())
        for file in sorted((DATA / folder).glob("*.zip")):
            yield from _zipped(file)


def _zipped(file: Path) -> Iterator[tuple[str, Samples]]:
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".wav"):
                yield f"{file.stem}/{name}", _narrow(archive.read(name))


def _speaker(file: Path) -> str:
    """Return who speaks: FSDD names the speaker, the prompts are one voice, else a file is one."""
    if "fsdd" in file.parent.name:
        return file.stem.split("_")[1]
    return "prompts" if "asterisk" in file.parent.name else file.stem


def _narrow(content: bytes) -> Samples:
    sound = decoded(content)
    mixed: Samples = sound.channels.mean(axis=0)
    if sound.rate == RATE:
        return mixed
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(mixed, RATE, sound.rate), dtype=np.float32)


def _utterances(clip: Samples) -> Iterator[Samples]:
    level = levels(clip)
    loud = level > active_level(level) - MARGIN_DECIBELS
    places = np.flatnonzero(loud)
    if not len(places):
        return
    breaks = np.flatnonzero(np.diff(places) > PAUSE_SECONDS * 100)
    starts, ends = places[np.r_[0, breaks + 1]], places[np.r_[breaks, len(places) - 1]] + 1
    for start, end in zip(starts, ends, strict=True):
        if LEAST_SECONDS <= (end - start) / 100 <= MOST_SECONDS:
            yield _levelled(clip[start * HOP : end * HOP])


def _levelled(piece: Samples) -> Samples:
    """Return it at the common level, with ends that do not click."""
    loud = levels(piece)
    active = active_level(loud)
    ramp = np.minimum(1.0, np.arange(1, len(piece) + 1) / (FADE_SECONDS * RATE))
    gain = 10 ** ((ACTIVE_DECIBELS - active) / 20)
    scaled = piece * np.float32(gain) * (ramp * ramp[::-1]).astype(np.float32)
    # A crest above full scale would be a clip that nobody injected.
    return np.asarray(scaled * min(1.0, 0.8 / np.abs(scaled).max()), dtype=np.float32)


def active_level(level: npt.NDArray[np.float64]) -> float:
    """Return the level of active speech (P.56): the mean of what is within the margin of it."""
    active = float(level.max())
    for _ in range(20):
        active = float(10 * np.log10(np.mean(10 ** (level[level > active - MARGIN_DECIBELS] / 10))))
    return active


def levels(samples: Samples) -> npt.NDArray[np.float64]:
    """Return the level of each 10 ms in dB of full scale."""
    frames = samples[: len(samples) // HOP * HOP].reshape(-1, HOP).astype(np.float64)
    return np.asarray(10 * np.log10((frames**2).mean(axis=1) + 1e-12))
