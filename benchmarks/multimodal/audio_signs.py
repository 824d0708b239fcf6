"""Signs beside the faults, each against a measure of its own: loudness, pitch, speed of speech."""

import re
import subprocess
import zipfile
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from benchmarks.multimodal.audio_clips import RATE, Samples
from benchmarks.real_tables import DATA
from benchmarks.table import Line
from ingestion.extractors.audio.frames import frames_of
from ingestion.extractors.audio.loudness import loudness
from ingestion.extractors.audio.pitch import pitches, syllables_per_second
from ingestion.extractors.audio.spans import total
from ingestion.extractors.audio.voice import spoken
from ingestion.media.sound import decoded

WATSON = "audio_es_watson_stt"
JUDGED = "audio_es_azure_customspeech/test_audio-and-trans.zip"
"""The count of syllables was set on the recordings of the other archive."""
VOWELS = re.compile("[aeiouáéíóúü]+")
HIATUS = re.compile("[aeoáéó](?=[aeoáéóíú])|[íú](?=[aeo])")
WITHIN_LU, WITHIN_SEMITONES, WITHIN_SYLLABLES = 0.5, 0.5, 0.25


def signs() -> Iterator[Line]:
    """Return a figure for each sign."""
    yield _loudness()
    yield _pitch()
    yield _syllables()


def _loudness() -> Line:
    """Return the greatest difference to ffmpeg's BS.1770 on real clips."""
    files = sorted((DATA / WATSON).glob("*.wav"))
    apart = []
    for file in files:
        sound = decoded(file.read_bytes())
        own = loudness(sound.channels[0], sound.rate)
        apart.append(abs((own or 0.0) - _by_ffmpeg(file.read_bytes())))
    how = f"greatest of {len(files)} real clips, against ffmpeg's ebur128"
    return Line("loudness: difference", max(apart), "LU", WITHIN_LU, "", how)


def _by_ffmpeg(content: bytes) -> float:
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", "pipe:0"]
    options = ["-filter_complex", "ebur128=dualmono=false", "-f", "null", "-"]
    told = subprocess.run([*command, *options], input=content, capture_output=True, check=True)
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told.stderr.decode())[-1])


def _pitch() -> Line:
    """Return how far the pitch of made voices without their fundamental is off, in the median."""
    off: list[float] = []
    for low in (80.0, 110.0, 150.0, 200.0, 260.0):
        time = np.arange(RATE * 4) / RATE
        hertz = low * 2 ** (time / 4 * 0.5)
        told = pitches(_voice(hertz), RATE, [(0.0, 4.0)])
        true = np.interp(told[:, 0], time, hertz)
        off.extend(np.abs(12 * np.log2(told[:, 1] / true)).tolist())
    how = f"95th percentile of {len(off)} frames, 80 to 368 Hz rising, nothing under 300 Hz"
    worst = float(np.percentile(off, 95))
    return Line("pitch: error", worst, "semitones", WITHIN_SEMITONES, "", how)


def _voice(hertz: npt.NDArray[np.float64]) -> Samples:
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound = np.random.default_rng(0).standard_normal(len(hertz)) * 0.01
    for k in range(1, 40):
        passes = (k * hertz > 300) & (k * hertz < 3400)
        sound += 0.2 * np.where(passes, np.sin(k * phase) / k, 0.0)
    return np.asarray(sound, dtype=np.float32)


def _syllables() -> Line:
    """Return how far the count of syllables is off the transcripts, in the mean."""
    with zipfile.ZipFile(DATA / JUDGED) as opened:
        rows = opened.read("trans.txt").decode("utf-8-sig").splitlines()
        told = [row.partition("\t")[::2] for row in rows]
        off = [_counted(opened.read(name.strip())) / _written(text) - 1 for name, text in told]
    how = f"real recordings with transcripts: {', '.join(f'{one:+.2f}' for one in off)}"
    worst = float(np.mean(np.abs(off)))
    return Line("syllables: error", worst, "", WITHIN_SYLLABLES, "", how)


def _counted(content: bytes) -> float:
    sound = decoded(content)
    frames = frames_of(sound.channels[0], sound.rate)
    spans = spoken(frames)
    return (syllables_per_second(frames, spans) or 0.0) * total(spans)


def _written(text: str) -> int:
    """Return the syllables of a Spanish text: groups of vowels, a hiatus parts them."""
    lowered = text.lower()
    return max(1, len(VOWELS.findall(lowered)) + len(HIATUS.findall(lowered)))
