"""When somebody speaks in a channel.

Each band has a noise level of its own, which follows the call slowly (minimum statistics, after
R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum
statistics", 2001); speech is what stands above it in some bands, judged with two thresholds so that
weak ends go with the strong middle. The recording is whole, so the noise is taken from both sides.
"""

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from ingestion.extractors.audio.frames import Frames, decibels
from ingestion.extractors.audio.spans import Mask, Span, joined, lasting, spans_of
from ingestion.media.sound import Samples

JOINED_SECONDS = 0.3
"""A shorter pause belongs to the speech around it."""
LEAST_SECONDS = 0.12
SMOOTHED_FRAMES = 7
BLOCK_FRAMES = 50
NOISE_PERCENTILE = 20
NOISE_BLOCKS = 25
"""Noise is the least of about 12 s: nobody speaks that long without a breath."""
DEAD_DECIBELS = -85.0
"""Under this a frame holds no noise to learn from (digital silence)."""
LOUDEST_BANDS = 4
BEGINS_DECIBELS = 7.0
LASTS_DECIBELS = 5.5
MOST_DECIBELS = 25.0
"""One loud band says no more than this."""
LOUDNESS = 0.3
"""Loudness grows as this power of a sound's intensity (S. S. Stevens, "The measurement of
loudness", 1955)."""
FAINT_DECIBELS = 30.0
"""Speech lies within 15.9 dB of its active level (ITU-T P.56), its weak ends as much below; what is
fainter is noise that a codec lets come and go. Nobody hears what is under ``HEARD_DECIBELS``."""
HEARD_DECIBELS = -70.0


def spoken(frames: Frames) -> list[Span]:
    """Return when somebody (or something that is no steady noise) sounds in a channel."""
    if len(frames) < BLOCK_FRAMES:
        return []
    above = prominence(frames)
    level = uniform_filter1d(frames.level, SMOOTHED_FRAMES)
    heard = level > max(HEARD_DECIBELS, _active(level) - FAINT_DECIBELS)
    strong = spans_of((above > BEGINS_DECIBELS) & heard)
    return _grown(joined(lasting(strong, 0.03), 0.1), (above > LASTS_DECIBELS) & heard)


def prominence(frames: Frames) -> Samples:
    """Return how many dB each frame stands above the noise, in its loudest bands."""
    power = uniform_filter1d(10 ** (frames.bands / 10), SMOOTHED_FRAMES, axis=0)
    smooth = decibels(np.maximum(power, 0))  # a running sum may fall below nought by rounding
    above = np.clip(smooth - _noise(smooth), 0, MOST_DECIBELS)
    above = np.partition(above, -LOUDEST_BANDS, axis=1)[:, -LOUDEST_BANDS:]
    return np.asarray(above.mean(axis=1))


def _active(level: Samples) -> float:
    """Return the level that half of all loudness lies above.

    Neither much faint noise nor a few overdriven seconds move it.
    """
    ordered = np.sort(level.astype(np.float64))
    loudness = np.cumsum(10 ** (LOUDNESS * ordered / 10))
    return float(ordered[np.searchsorted(loudness, loudness[-1] / 2)])


def _noise(bands: Samples) -> Samples:
    """Return the noise of each frame and band, in dB."""
    blocks = len(bands) // BLOCK_FRAMES
    cut = bands[: blocks * BLOCK_FRAMES].reshape(blocks, BLOCK_FRAMES, -1)
    low = np.percentile(cut, NOISE_PERCENTILE, axis=1).astype(np.float32)
    least = minimum_filter1d(np.where(low < DEAD_DECIBELS, np.inf, low), NOISE_BLOCKS, axis=0)
    least = np.where(np.isfinite(least), least, DEAD_DECIBELS).astype(np.float32)
    noise = np.repeat(uniform_filter1d(least, 5, axis=0), BLOCK_FRAMES, axis=0)
    return np.pad(noise, ((0, len(bands) - len(noise)), (0, 0)), mode="edge")


def _grown(strong: list[Span], lasts: Mask) -> list[Span]:
    """Return strong spans with the weaker frames that touch them, short pauses joined."""
    weak = spans_of(lasts)
    starts = np.array([a for a, _ in weak])
    grown = []
    for start, end in strong:
        first = int(np.searchsorted(starts, start, "right")) - 1
        last = int(np.searchsorted(starts, end, "left")) - 1
        begins = weak[first][0] if first >= 0 and weak[first][1] >= start else start
        ends = max(end, weak[last][1]) if last >= 0 else end
        grown.append((begins, ends))
    return lasting(joined(grown, JOINED_SECONDS), LEAST_SECONDS)
