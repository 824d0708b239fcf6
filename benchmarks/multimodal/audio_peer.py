"""The peer: a plain energy threshold, which knows one noise level for the whole channel."""

import numpy as np

from benchmarks.multimodal.audio_clips import Samples
from benchmarks.multimodal.audio_truth import Span, joined

OVER_DECIBELS = 6.0
"""Over the 10th percentile of the level; the best of 3, 4.5, 6, 9 and 12 on the making voices."""
FLOOR_DECIBELS = -70.0


def by_energy(channel: Samples, rate: int) -> list[Span]:
    """Return when the level of 10 ms, smoothed over 30, lies over the threshold."""
    hop = rate // 100
    power = (channel[: len(channel) // hop * hop].reshape(-1, hop).astype(np.float64) ** 2).mean(1)
    level = 10 * np.log10(np.convolve(power, np.full(3, 1 / 3), "same") + 1e-12)
    over = level > max(FLOOR_DECIBELS, np.percentile(level, 10) + OVER_DECIBELS)
    edges = np.flatnonzero(np.diff(np.r_[False, over, False].astype(np.int8))).reshape(-1, 2)
    spans = joined([(a / 100, b / 100) for a, b in edges.tolist()])
    return [span for span in spans if span[1] - span[0] >= 0.12]
