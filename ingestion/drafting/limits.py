"""Checks from what a sample shows, rounded far outwards: no end of a range is somebody's value."""

import math

import numpy as np

from ingestion.proposal.profile import Profile

LENGTHS = (40, 80, 120, 200, 400, 1000, 4000)
ROOM = 10
"""A later value may be so many times as large as any that was seen, before it is an error."""


def number_limits(seen: Profile) -> dict[str, int]:
    """Return ``minimum`` and ``maximum``: powers of ten, or zero below.

    The next power of ten above ten times the largest: what lies outside is another unit, or a slip
    of the pen.
    """
    known = seen.numbers[~np.isnan(seen.numbers)]
    if not len(known):
        return {}
    low, high = float(known.min()), float(known.max())
    return {"minimum": -outwards(-low) if low < 0 else 0, "maximum": outwards(high)}


def outwards(value: float) -> int:
    """Return a power of ten with room above a value.

    >>> outwards(0.2), outwards(27), outwards(100), outwards(0)
    (10, 1000, 1000, 10)
    """
    if value * ROOM <= ROOM:
        return ROOM
    return int(10 ** math.ceil(math.log10(value * ROOM) - 1e-12))


def length_limit(seen: Profile, at_least: int = LENGTHS[0]) -> int:
    """Return how many characters a value may have: twice the longest seen, rounded up."""
    longest = max((len(value) for value in seen.values), default=0)
    needed = max(at_least, 2 * longest)
    return next((length for length in LENGTHS if length >= needed), needed)
