"""Holes in loud speech, as a lost packet leaves them.

A voice dies away and comes back over some hundredths of a second, even before a «p» or «t», and the
room goes on in its pauses; a hole is cut in and out within a few milliseconds, and in it the line
itself is gone. What a decoder makes of nothing is nothing, after a codec has faded, or a hum that
never changes (GSM's idles at a constant level): both are told from any room's noise. A hole is
judged by the speech beside it, so that a loud or overdriven minute elsewhere changes nothing.
"""

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from ingestion.extractors.audio.frames import decibels
from ingestion.extractors.audio.spans import Mask, Span, joined, spans_of
from ingestion.media.sound import Samples

SUB_SECONDS = 0.0025
BESIDE = 8
"""So many parts (20 ms) beside a hole must be speech."""
AROUND = 400
"""So many parts (1 s) on both sides say what loud speech is here."""
FADES = 15
"""Within so many parts (37.5 ms) a codec has let the last sound die away."""
RETURNS = 8
"""So many parts (20 ms) before the speech a codec may let it ring already."""
HOLE_SECONDS = (0.03, 0.33)
DEAD_DECIBELS = -92.0
"""What a 16-bit line idles at; a quiet studio's noise between two words lies some dB above it."""
IDLE_PARTS, IDLE_DECIBELS = 5, 1.0
"""Noise of 12 ms changes by more than this from part to part."""
UNDER_DECIBELS = 32.0
LOUD_DECIBELS, BESIDE_DECIBELS = 22.0, 18.0
CUT_DECIBELS = 18.0
"""It falls and rises by so much within four parts (10 ms)."""
LEAST_LOUD_DECIBELS = -60.0


def holes_of(channel: Samples, rate: int) -> list[Span]:
    """Return the holes in a channel's loud speech."""
    size = round(SUB_SECONDS * rate)
    cut = channel[: len(channel) // size * size].reshape(-1, size)
    if len(cut) < 100:
        return []
    level = decibels(np.einsum("ij,ij->i", cut, cut) / size)
    gone = joined(spans_of(_gone(level), SUB_SECONDS), 4 * SUB_SECONDS)
    short = [span for span in gone if span[1] - span[0] <= HOLE_SECONDS[1]]
    return [hole for span in short if (hole := _hole(level, span)) is not None]


def _gone(level: Samples) -> Mask:
    """Return the parts in which the line holds nothing, or idles at one level."""
    apart = maximum_filter1d(level, IDLE_PARTS) - minimum_filter1d(level, IDLE_PARTS)
    idle = maximum_filter1d((apart < IDLE_DECIBELS).astype(np.int8), IDLE_PARTS) > 0
    return np.asarray((level < DEAD_DECIBELS) | idle)


def _hole(level: Samples, gone: Span) -> Span | None:
    """Return the hole from the last loud part before ``gone`` to the first after it."""
    start, end = (round(second / SUB_SECONDS) for second in gone)
    loud = float(np.percentile(level[max(0, start - AROUND) : end + AROUND], 95))
    if loud < LEAST_LOUD_DECIBELS or np.median(level[start:end]) > loud - UNDER_DECIBELS:
        return None
    before = np.flatnonzero(level[max(0, start - FADES) : start] > loud - LOUD_DECIBELS)
    after = np.flatnonzero(level[end : end + RETURNS] > loud - LOUD_DECIBELS)
    if not len(before) or not len(after):
        return None
    first, last = max(0, start - FADES) + int(before[-1]) + 1, end + int(after[0])
    beside = min(level[max(0, first - BESIDE) : first].mean(), level[last:][:BESIDE].mean())
    rise = level[last : last + 4].max() - level[last - 2]
    fall = level[max(0, first - 4) : first].max() - level[first + 2]
    if beside < loud - BESIDE_DECIBELS or min(rise, fall) < CUT_DECIBELS:
        return None
    hole = (round(first * SUB_SECONDS, 4), round(last * SUB_SECONDS, 4))
    return hole if HOLE_SECONDS[0] <= hole[1] - hole[0] <= HOLE_SECONDS[1] else None
