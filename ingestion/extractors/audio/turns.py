"""Who gives the word to whom: interruptions, answers and how long they take."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingestion.extractors.audio.spans import Span

LEAST_OVERLAP_SECONDS = 0.2


@dataclass(frozen=True)
class Answers:
    """How one side takes its turns.

    Attributes
    ----------
    interruptions
        How often it began while the other spoke, and went on when the other had stopped. A word
        that is said into the other's speech and ends before it («sí, claro») is none.
    response_seconds, slow_response_seconds
        Median and 90th percentile of the pause before it answers; None where it never did.
    """

    interruptions: int
    response_seconds: float | None
    slow_response_seconds: float | None


def answers(own: list[Span], other: list[Span]) -> Answers:
    """Return how the side of ``own`` takes its turns."""
    pauses = _pauses(own, other)
    middle, slow = np.percentile(pauses, (50, 90)) if pauses else (None, None)
    return Answers(
        interruptions=sum(_interrupts(span, other) for span in own),
        response_seconds=None if middle is None else round(float(middle), 2),
        slow_response_seconds=None if slow is None else round(float(slow), 2),
    )


def _interrupts(span: Span, other: list[Span]) -> bool:
    start, end = span
    return any(a < start and start + LEAST_OVERLAP_SECONDS <= b < end for a, b in other)


def _pauses(own: list[Span], other: list[Span]) -> list[float]:
    """Return the pauses between the end of the other's speech and the answer that comes next."""
    ordered = sorted([(*span, True) for span in own] + [(*span, False) for span in other])
    return [b[0] - a[1] for a, b in pairwise(ordered) if b[2] and not a[2] and b[0] >= a[1]]
