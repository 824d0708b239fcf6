"""Spans of time: (start, end) in seconds, in order, apart from each other."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

HOP_SECONDS = 0.01
"""Everything is judged by hundredths of a second."""

Span = tuple[float, float]
Mask = npt.NDArray[np.bool_]


def spans_of(mask: Mask, hop: float = HOP_SECONDS) -> list[Span]:
    """Return the runs of true frames.

    >>> spans_of(np.array([False, True, True, False, True]), 1.0)
    [(1.0, 3.0), (4.0, 5.0)]
    """
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return [(round(a * hop, 4), round(b * hop, 4)) for a, b in edges.reshape(-1, 2).tolist()]


def mask_of(spans: Iterable[Span], frames: int) -> Mask:
    """Return which frames lie in a span."""
    mask = np.zeros(frames, dtype=np.bool_)
    for start, end in spans:
        mask[round(start / HOP_SECONDS) : round(end / HOP_SECONDS)] = True
    return mask


def joined(spans: Iterable[Span], pause: float = 0.0) -> list[Span]:
    """Return spans with those closer than ``pause`` (or over each other) made one.

    >>> joined([(0.0, 1.0), (1.2, 2.0), (3.0, 4.0)], 0.3)
    [(0.0, 2.0), (3.0, 4.0)]
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] <= pause:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def crossed(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return where a span of one lies over a span of the other.

    >>> crossed([(0.0, 2.0), (5.0, 6.0)], [(1.0, 5.5)])
    [(1.0, 2.0), (5.0, 5.5)]
    """
    found: list[Span] = []
    at = 0
    for start, end in one:
        while at and other[at - 1][1] > start:
            at -= 1
        while at < len(other) and other[at][0] < end:
            both = (max(start, other[at][0]), min(end, other[at][1]))
            if both[0] < both[1]:
                found.append(both)
            at += 1
    return found


def between(spans: Sequence[Span], end: float) -> list[Span]:
    """Return what lies between spans, from 0 to ``end``.

    >>> between([(1.0, 2.0)], 5.0)
    [(0.0, 1.0), (2.0, 5.0)]
    """
    edges = [0.0, *(edge for span in spans for edge in span), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def lasting(spans: Iterable[Span], least: float) -> list[Span]:
    """Return the spans of at least so many seconds."""
    return [span for span in spans if span[1] - span[0] >= least]


def total(spans: Iterable[Span]) -> float:
    """Return how long spans are together."""
    return float(sum(end - start for start, end in spans))
