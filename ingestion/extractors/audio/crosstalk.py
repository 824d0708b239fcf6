"""The other side's voice in a channel, as joint coding of two channels leaves it there.

At few bits a second a codec writes what two channels have in common well, and what parts them
coarsely (RFC 6716, 4.3.4.4 and 4.3.4.5): who is silent then sounds like the one who speaks, some 25
dB weaker. That part follows the other channel at every moment, and another voice does not: of a
band's power, ``1 - coherence`` is what the other channel does not explain (J. S. Bendat and
A. G. Piersol, "Random Data", chapter 6).
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import uniform_filter1d

from ingestion.extractors.audio.frames import (
    BLOCK_FRAMES,
    QUIET,
    Frames,
    cross_powers,
    decibels,
    windows_of,
)
from ingestion.extractors.audio.spans import HOP_SECONDS, Span, joined
from ingestion.media.sound import Samples

SMOOTHED_FRAMES = 11
WEAKER_DECIBELS = 10.0
"""What is no weaker than this beside the other channel is nobody's echo."""
LEAST_SHARE = 1e-4
"""Of a band's power, its channel's own: no estimate is finer."""
EXPLAINED = 0.15
"""A frame of which so little is its own channel's has nobody in it."""
GONE_DECIBELS = -60.0
LEAKED = 0.5
"""A channel that is its own to more than this everywhere has nothing of the other."""
AROUND_SECONDS = 0.1


def own_frames(
    channels: Samples, rate: int, frames: Sequence[Frames], both: Sequence[Span]
) -> list[Frames]:
    """Return the frames of two channels without what each has of the other.

    Parameters
    ----------
    both
        When something sounds in both: elsewhere the frames stay as they are.

    Returns
    -------
    list of Frames
        Those of a channel that has nothing of the other are the same object.
    """
    windows = [windows_of(channel, rate) for channel in channels]
    own = [Frames(one.level.copy(), one.bands.copy()) for one in frames]
    leaks = [False, False]
    for first, last in _blocks(both, len(frames[0])):
        shares, powers = _shares([one[first:last] for one in windows], rate)
        for number, (share, power) in enumerate(zip(shares, powers, strict=True)):
            whole = (power * share).sum(axis=1) / (power.sum(axis=1) + QUIET)
            gone = np.where(whole < EXPLAINED, GONE_DECIBELS, decibels(whole))
            own[number].bands[first:last] += decibels(share)
            own[number].level[first:last] += gone
            leaks[number] |= bool((whole < LEAKED).any())
    return [own[n] if leaks[n] else frames[n] for n in range(len(frames))]


def _shares(windows: Sequence[Samples], rate: int) -> tuple[list[Samples], list[Samples]]:
    """Return which share of each band's power is its own channel's, and the power."""
    crossed, raw = cross_powers(windows, rate)
    common = _smoothed(crossed.real) ** 2 + _smoothed(crossed.imag) ** 2
    powers = [np.maximum(_smoothed(one), 0) for one in raw]
    apart = np.clip(1 - common / (powers[0] * powers[1] + QUIET**2), LEAST_SHARE, 1)
    far = 10 ** (WEAKER_DECIBELS / 10)
    weaker = [one * far < other for one, other in (powers, powers[::-1])]
    return [np.where(where, apart, np.float32(1)) for where in weaker], powers


def _smoothed(frames: Samples) -> Samples:
    return np.asarray(uniform_filter1d(frames, SMOOTHED_FRAMES, axis=0))


def _blocks(spans: Sequence[Span], count: int) -> list[tuple[int, int]]:
    """Return spans with what is around them as first and last frames, none of them long."""
    wide = joined([(start - AROUND_SECONDS, end + AROUND_SECONDS) for start, end in spans])
    edges = [
        (max(0, round(start / HOP_SECONDS)), min(count, round(end / HOP_SECONDS)))
        for start, end in wide
    ]
    return [
        (first, min(first + BLOCK_FRAMES, last))
        for start, last in edges
        for first in range(start, last, BLOCK_FRAMES)
    ]
