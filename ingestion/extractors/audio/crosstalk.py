"""The other side's voice in a channel, as joint coding of two channels leaves it there.

At few bits a second a codec writes one channel and, band by band, how strong the other is beside it
(intensity stereo: J. Herre, K. Brandenburg and D. Lederer, AES 96th Convention, 1994; RFC 6716,
4.3.4): who is silent then sounds like the one who speaks. Such a band moves with the other
channel's, at every moment and weaker; two voices do not (magnitude-squared coherence).
"""

from collections.abc import Sequence
from dataclasses import replace

from scipy.ndimage import uniform_filter1d

from ingestion.extractors.audio.frames import BLOCK_FRAMES, QUIET, Frames, cross_powers, windows_of
from ingestion.extractors.audio.spans import HOP_SECONDS, Span, joined
from ingestion.media.sound import Samples

COHERENT = 0.7
"""From here on two bands move together: the square root of their coherence."""
WEAKER_DECIBELS = 3.0
SMOOTHED_FRAMES = 7
AROUND_SECONDS = 0.1
GONE_DECIBELS = -100.0


def own_frames(
    channels: Samples, rate: int, frames: Sequence[Frames], both: Sequence[Span]
) -> list[Frames] | None:
    """Return the frames of two channels without the bands that are the other's.

    Parameters
    ----------
    both
        When something sounds in both: elsewhere nothing is looked for.

    Returns
    -------
    list of Frames, or None
        None where every band is its channel's own.
    """
    bands = [one.bands.copy() for one in frames]
    windows, leaked = [windows_of(channel, rate) for channel in channels], False
    for first, last in _blocks(both, len(bands[0])):
        crossed, powers = cross_powers([one[first:last] for one in windows], rate)
        part = uniform_filter1d(crossed.real, SMOOTHED_FRAMES, axis=0)
        turned = uniform_filter1d(crossed.imag, SMOOTHED_FRAMES, axis=0)
        one, other = (uniform_filter1d(power, SMOOTHED_FRAMES, axis=0) for power in powers)
        alike = part**2 + turned**2 > COHERENT**2 * one * other + QUIET**2
        far = 10 ** (WEAKER_DECIBELS / 10)
        for number, theirs in enumerate((one * far < other, other * far < one)):
            gone = alike & theirs
            bands[number][first:last][gone] = GONE_DECIBELS
            leaked = leaked or bool(gone.any())
    if not leaked:
        return None
    return [replace(one, bands=own) for one, own in zip(frames, bands, strict=True)]


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
