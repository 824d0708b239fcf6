"""How sure an effect is for people like somebody: sorted group average effects.

Rows are sorted by effects predicted by models that have not seen them, cut into groups of equal
size, and the doubly-robust mean of each group has an interval of its own (Chernozhukov, Demirer,
Duflo and Fernández-Val, 2018). It holds whatever the effect model is worth: where that is nothing,
all groups have the average.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from models.arrays import Floats, Ints
from models.doubly_robust import average

MOST, FEWEST_ROWS = 10, 150
"""Groups at most, and rows that each of them has at least."""


@dataclass
class Bands:
    """Groups of one arm by predicted effect.

    Attributes
    ----------
    edges
        Where the second and later groups begin, ascending, shape (groups − 1,).
    low, high
        95 % interval of the mean effect in each group, shape (groups,).
    """

    edges: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, predicted: Floats, differences: Floats, persons: Ints, arm_rows: int) -> Self:
        """Return the groups of rows that were predicted out of fold.

        Parameters
        ----------
        differences
            Doubly-robust scores of the arm less those of the control, shape (n,).
        arm_rows
            Rows of the smaller of the two arms: they bound the number of groups.
        """
        groups = int(np.clip(arm_rows // FEWEST_ROWS, 1, MOST))
        edges = np.unique(np.quantile(predicted, np.arange(1, groups) / groups))
        member = np.searchsorted(edges, predicted, side="right")
        found = [
            average(differences[member == g], persons[member == g]) for g in range(len(edges) + 1)
        ]
        low = np.array([one.low for one in found])
        high = np.array([one.high for one in found])
        return cls(edges, np.nan_to_num(low, nan=-np.inf), np.nan_to_num(high, nan=np.inf))

    def intervals(self, predicted: Floats) -> tuple[Floats, Floats]:
        """Return the lower and the upper end for each predicted effect."""
        member = np.searchsorted(self.edges, predicted, side="right")
        return self.low[member], self.high[member]
