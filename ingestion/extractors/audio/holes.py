"""Holes in loud speech, as a lost packet leaves them.

A voice dies away and comes back over some hundredths of a second, even before a «p» or «t»; a hole
is cut in and out within a few milliseconds, and in it the line itself is gone: it is quieter than
the call's own noise. A codec that hides its noise under -70 dB, or makes some in the hole, leaves
only the cut to judge by; then it must be clear on both sides.
"""

import numpy as np

from ingestion.extractors.audio.frames import decibels
from ingestion.extractors.audio.spans import Span, spans_of
from ingestion.media.sound import Samples

SUB_SECONDS = 0.0025
BESIDE = 8
"""So many parts (20 ms) beside a hole must be speech."""
UNDER_DECIBELS = 30.0
"""A hole is at least so far under loud speech."""
HOLE_SECONDS = (0.025, 0.33)
DEAD_DECIBELS = -90.0
UNDER_NOISE_DECIBELS = 6.0
OVER_NOISE_DECIBELS = 8.0
LEAST_LOUD_DECIBELS = -60.0
DEEP_DECIBELS, RINGING_DECIBELS = 55.0, -13.0
EDGE_DECIBELS, BESIDE_DECIBELS = -22.0, -20.0
CLEAR_EDGE_DECIBELS, CLEAR_BESIDE_DECIBELS = -12.0, -11.0


def holes_of(channel: Samples, rate: int) -> list[Span]:
    """Return the holes in a channel's loud speech."""
    size = round(SUB_SECONDS * rate)
    cut = channel[: len(channel) // size * size].reshape(-1, size)
    if len(cut) < 100:
        return []
    level = decibels(np.einsum("ij,ij->i", cut, cut) / size)
    loud, noise = np.percentile(level, (95, 10))
    if loud < LEAST_LOUD_DECIBELS:
        return []
    low = spans_of(level < loud - UNDER_DECIBELS, SUB_SECONDS)
    short = [s for s in low if HOLE_SECONDS[0] <= s[1] - s[0] <= HOLE_SECONDS[1]]
    return [span for span in short if _hole(level, span, float(loud), float(noise))]


def _hole(level: Samples, span: Span, loud: float, noise: float) -> bool:
    first, last = (round(second / SUB_SECONDS) for second in span)
    if first <= BESIDE or last + BESIDE >= len(level):
        return False
    middle = float(np.median(level[first:last]))
    # Opus fades over some milliseconds: the edge may lie four parts away.
    edge = min(level[first - 4 : first].max(), level[last : last + 4].max()) - loud
    beside = min(level[first - 1 - BESIDE : first - 1].mean(), level[last + 1 :][:BESIDE].mean())
    if middle < max(DEAD_DECIBELS, noise - UNDER_NOISE_DECIBELS):
        return bool(edge > EDGE_DECIBELS and beside - loud > BESIDE_DECIBELS)
    quiet = middle < noise + OVER_NOISE_DECIBELS
    if quiet and middle < loud - DEEP_DECIBELS:
        # No voice is that quiet; Opus lets it ring for some 10 ms, and cuts it in again at once.
        until = level[max(0, first - 4 - BESIDE) : first - 4].mean() - loud
        again = level[last : last + 4].max() - loud
        return bool(until > RINGING_DECIBELS and again > RINGING_DECIBELS)
    clear = edge > CLEAR_EDGE_DECIBELS and beside - loud > CLEAR_BESIDE_DECIBELS
    return bool(quiet and clear)
