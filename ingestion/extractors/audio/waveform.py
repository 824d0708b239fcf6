"""How a recording looks: the peak of each equal part of its time, a line a side."""

import numpy as np

from ingestion.media.sound import Samples

MOST_PEAKS = 1_000
"""Of a side, however long it is: as many as a wide screen has room for."""
FULL_SCALE = 100


def peaks_of(channel: Samples) -> tuple[int, ...]:
    """Return the highest swing in each part of a channel, in hundredths of full scale, in order.

    >>> peaks_of(np.array([0.0, -0.5, 0.25], dtype=np.float32))
    (0, 50, 25)
    """
    count = min(MOST_PEAKS, len(channel))
    starts = np.arange(count) * len(channel) // max(1, count)
    highest = np.maximum(
        np.maximum.reduceat(channel, starts), -np.minimum.reduceat(channel, starts)
    )
    return tuple(np.rint(highest * FULL_SCALE).astype(int).tolist())
