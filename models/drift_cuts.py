"""How the values of a feature fall into bins, so that two samples can be compared by counts.

Bins are cut from both samples together: under the hypothesis that nothing changed, every row might
have come from either, and the thresholds of ``drift`` stay exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.arrays import Floats, Ints
from models.columns import MISSING, category, number, persons_by_value

BINS = 20
MOST_LEVELS = 20
FEWEST_OF_A_LEVEL = 10
"""Values of fewer persons are told together: nobody is named by a rare one."""
OTHER = "~other"


@dataclass(frozen=True)
class Cut:
    """One feature's bins; 0 is for what is missing.

    Attributes
    ----------
    edges
        Of numbers, ascending: bin ``i + 1`` ends before ``edges[i]``, the last one has no end.
    levels
        Of categories, in the order of their bins from 1 on.
    places
        Of numbers: the mean of the values in each bin, in standard deviations of all of them.
    """

    feature: str
    kind: Literal["number", "category"]
    edges: Floats
    levels: tuple[str, ...]
    places: Floats

    @property
    def width(self) -> int:
        """How many bins there are."""
        return 1 + (len(self.levels) if self.kind == "category" else len(self.edges) + 1)

    def codes(self, values: Sequence[object]) -> Ints:
        """Return the bin of each value, shape (n,)."""
        if self.kind == "number":
            found = _numbers(self.feature, values)
            bins = np.searchsorted(self.edges, found, side="right") + 1
            return np.where(np.isnan(found), 0, bins).astype(np.int64)
        place = {MISSING: 0} | {level: at for at, level in enumerate(self.levels, start=1)}
        other = place.get(OTHER, 0)
        return np.array([place.get(category(value), other) for value in values], dtype=np.int64)


def cut_of(
    feature: str, kind: str, values: Sequence[object], persons: Ints | None = None
) -> Cut | None:
    """Return the bins for the values of both samples; None where all are alike.

    Parameters
    ----------
    kind
        ``numeric`` or ``category``; numbers that are only 0 and 1 are told as categories.
    persons
        Whose each value is (a number), shape (n,); None: each somebody else's.
    """
    if kind == "numeric":
        known = _numbers(feature, values)
        known = known[~np.isnan(known)]
        different = np.unique(known)
        if len(different) > 1 and not np.isin(different, (0.0, 1.0)).all():
            return _of_numbers(feature, known)
    return _of_categories(feature, values, persons)


def _of_numbers(feature: str, known: Floats) -> Cut:
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, known, side="right")
    rows = np.bincount(bins, minlength=len(edges) + 1)
    sums = np.bincount(bins, weights=known, minlength=len(edges) + 1)
    # A bin without rows (below the smallest edge, where that is the least value) has no mean.
    means = np.divide(sums, rows, out=np.full(len(rows), float(known.min())), where=rows > 0)
    return Cut(feature, "number", edges, (), means / float(known.std()))


def _of_categories(feature: str, values: Sequence[object], persons: Ints | None) -> Cut | None:
    counts = persons_by_value([category(value) for value in values], persons)
    if len(counts) < 2:
        return None
    counts.pop(MISSING, None)
    frequent = [v for v, n in counts.most_common(MOST_LEVELS) if n >= FEWEST_OF_A_LEVEL]
    rest = (OTHER,) if len(frequent) < len(counts) else ()
    return Cut(feature, "category", np.array([]), (*sorted(frequent), *rest), np.array([]))


def _numbers(feature: str, values: Sequence[object]) -> Floats:
    return np.array([number(feature, value) for value in values], dtype=np.float64)
