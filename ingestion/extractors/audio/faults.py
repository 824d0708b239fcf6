"""What is wrong with the sound of a call, and at which second.

``clipping``      crests cut flat, or louder than speech can be without that
``dropout``       a hole in the middle of loud speech, cut in and out within a few milliseconds
``one_way``       a channel with nobody in it while the other talks on
``long_silence``  nobody speaks and no music plays
``talking_over``  both go on speaking at once
"""

from dataclasses import dataclass

import numpy as np

from ingestion.extractors.audio.holes import HOLE_SECONDS, holes_of
from ingestion.extractors.audio.spans import Span, between, crossed, joined, lasting, total
from ingestion.media.sound import Samples

BOTH = -1
"""Channel of a fault that is of the call, not of one side."""
LONG_SILENCE_SECONDS = 10.0
TALKING_OVER_SECONDS = 2.0
BREATH_SECONDS = 0.4
"""Who breathes that shortly goes on talking over the other."""
ONE_WAY_SECONDS = 60.0
"""Nobody only listens that long; a line that falls dead is told after ``DEAD_SECONDS``."""
DEAD_SECONDS = 20.0
DEAD_DECIBELS = -80.0
TALKS_SECONDS = 10.0
WINDOW_SECONDS, STEP_SECONDS = 1.0, 0.5
LEAST_PEAK = 0.1
"""Crests under -20 dB of full scale were cut nowhere that matters."""
FLAT_SHARE = 0.3
LEAST_SHARE = 0.02
OVERDRIVEN_LEVEL = 0.16
OVERDRIVEN_RATIO = 1.8


@dataclass(frozen=True)
class Fault:
    """A fault: what it is, from which second to which, in which channel (``BOTH``: the call)."""

    kind: str
    start_seconds: float
    end_seconds: float
    channel: int


def of_channel(channel: Samples, rate: int, number: int, spoken: list[Span]) -> list[Fault]:
    """Return the faults that a channel shows by itself, within its speech."""
    clips = crossed(joined(_clips(channel, rate)), joined(spoken))
    found = [Fault("clipping", *span, number) for span in joined(clips, 1.0)]
    # What a codec leaves of the other side in a silent channel is torn too.
    said = joined(spoken, HOLE_SECONDS[1])
    holes = [hole for hole in holes_of(channel, rate) if crossed([hole], said) == [hole]]
    return found + [Fault("dropout", *hole, number) for hole in holes]


def of_call(
    levels: list[Samples], spoken: list[list[Span]], music: list[Span], seconds: float
) -> list[Fault]:
    """Return the faults that only both channels together show; ``levels`` are those of frames."""
    everything = joined([*(s for spans in spoken for s in spans), *music])
    quiet = lasting(between(everything, seconds), LONG_SILENCE_SECONDS)
    # A call that nobody speaks in at all is one long silence.
    found = [Fault("long_silence", *span, BOTH) for span in quiet]
    if len(spoken) == 2:
        over = joined(crossed(*spoken), BREATH_SECONDS)
        found += [Fault("talking_over", *s, BOTH) for s in lasting(over, TALKING_OVER_SECONDS)]
        for number in (0, 1):
            own = joined([*spoken[number], *music])
            gaps = _one_way(levels[number], own, spoken[1 - number], seconds)
            found += [Fault("one_way", *gap, number) for gap in gaps]
    return found


def _one_way(level: Samples, own: list[Span], other: list[Span], seconds: float) -> list[Span]:
    """Return the gaps of a channel in which the other talks: very long, or dead."""
    long = min(ONE_WAY_SECONDS, 0.9 * seconds)
    gaps = lasting(between(own, seconds), min(DEAD_SECONDS, long))
    talked = [gap for gap in gaps if total(crossed([gap], other)) >= TALKS_SECONDS]
    return [gap for gap in talked if gap[1] - gap[0] >= long or _fell_dead(level, gap)]


def _fell_dead(level: Samples, gap: Span) -> bool:
    """Tell whether a line that has some noise at other times has none in the gap."""
    first, last = round(gap[0] * 100), round(gap[1] * 100)
    outside = np.r_[level[:first], level[last:]]
    if not len(outside):
        return False
    # What the other side and a codec leave at the borders of the gap is not the line.
    inside = np.percentile(level[first:last], 75)
    return bool(inside < DEAD_DECIBELS and np.percentile(outside, 10) > DEAD_DECIBELS)


def _clips(channel: Samples, rate: int) -> list[Span]:
    """Return the seconds whose crests are cut flat, or that are overdriven.

    Flat: of what lies above half the peak, more than ``FLAT_SHARE`` lies at the peak (speech: under
    0.25). A codec rounds the flat tops; what it leaves is a level that speech, whose peaks stand 12
    dB and more above its mean, cannot have under full scale, its top tenth as high as its peak.
    """
    size, step = round(WINDOW_SECONDS * rate), round(STEP_SECONDS * rate)
    if len(channel) < size:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(np.abs(channel), size)[::step]
    peaks = windows.max(axis=1)
    found = []
    for number in np.flatnonzero(peaks > LEAST_PEAK).tolist():
        if _cut(windows[number], float(peaks[number])):
            start = number * STEP_SECONDS
            found.append((start, start + WINDOW_SECONDS))
    return found


def _cut(window: Samples, peak: float) -> bool:
    upper = int(np.count_nonzero(window > 0.5 * peak))
    if upper < LEAST_SHARE * len(window):
        return False
    if np.count_nonzero(window > 0.9 * peak) > FLAT_SHARE * upper:
        return True
    if float(np.dot(window, window)) / len(window) < OVERDRIVEN_LEVEL**2:
        return False
    tenth, top = np.quantile(window, (0.9, 0.995))
    return bool(top < OVERDRIVEN_RATIO * tenth)
