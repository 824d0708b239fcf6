"""How loud a channel is, as ITU-R BS.1770-4 measures it, and how far its speech is over its noise.

The standard gives the two filters (a shelf, and a high-pass) at 48 kHz; here they are designed anew
for the rate of the recording from the analogue values that reproduce its coefficients. A block of
400 ms counts when it is over -70 LUFS and within 10 LU of the mean of those.
"""

import numpy as np
import numpy.typing as npt
from scipy.signal import sosfilt

from ingestion.extractors.audio.spans import Span, mask_of
from ingestion.media.sound import Samples

SHELF_HERTZ, SHELF_GAIN, SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
PASS_HERTZ, PASS_Q = 38.13547087602444, 0.5003270373238773
OFFSET = -0.691
BLOCK_SECONDS, STEP_SECONDS = 0.4, 0.1
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0
LEAST_FRAMES = 20


def loudness(channel: Samples, rate: int) -> float | None:
    """Return the gated loudness in LUFS; None where nothing passes the gate."""
    weighted = np.asarray(sosfilt(_weighting(rate), channel))
    step = round(STEP_SECONDS * rate)
    tenths = (weighted[: len(weighted) // step * step].reshape(-1, step) ** 2).mean(axis=1)
    span = round(BLOCK_SECONDS / STEP_SECONDS)
    if len(tenths) < span:
        return None
    blocks = np.convolve(tenths, np.full(span, 1 / span), "valid") + 1e-20
    kept = blocks[_lufs(blocks) > ABSOLUTE_GATE]
    if not len(kept):
        return None
    kept = kept[_lufs(kept) > float(_lufs(kept.mean())) + RELATIVE_GATE]
    return round(float(_lufs(kept.mean())), 2)


def over_noise(level: Samples, spoken: list[Span], music: list[Span]) -> float | None:
    """Return how many dB the mean of speech lies over the median of what is neither it nor music.

    ``level`` in dB by frame; None where there is no speech, or nothing but speech.
    """
    speech = mask_of(spoken, len(level))
    rest = ~(speech | mask_of(music, len(level)))
    if min(speech.sum(), rest.sum()) < LEAST_FRAMES:
        return None
    said = 10 * np.log10(np.mean(10.0 ** (level[speech].astype(np.float64) / 10)))
    return round(float(said - np.median(level[rest])), 1)


def _lufs(power: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.asarray(OFFSET + 10 * np.log10(power))


def _weighting(rate: int) -> npt.NDArray[np.float64]:
    return np.array([_shelf(rate), _pass(rate)])


def _shelf(rate: int) -> list[float]:
    k = np.tan(np.pi * SHELF_HERTZ / rate)
    high = 10 ** (SHELF_GAIN / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / SHELF_Q + k * k
    above = [
        high + band * k / SHELF_Q + k * k,
        2 * (k * k - high),
        high - band * k / SHELF_Q + k * k,
    ]
    below = [a0, 2 * (k * k - 1), 1 - k / SHELF_Q + k * k]
    return [float(value / a0) for value in above + below]


def _pass(rate: int) -> list[float]:
    k = np.tan(np.pi * PASS_HERTZ / rate)
    a0 = 1 + k / PASS_Q + k * k
    return [1.0, -2.0, 1.0, 1.0, float(2 * (k * k - 1) / a0), float((1 - k / PASS_Q + k * k) / a0)]
