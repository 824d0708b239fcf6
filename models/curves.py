"""What a yes-or-no model is worth, as the curves that people read: ROC, precision, calibration.

A *rate* is the share of yes among rows that go together, with Wilson's 95 % interval (1927), which
holds for few rows and near 0 and 1 as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Ints, Matrix
from models.evaluate import Interval

MOST_POINTS = 300
"""More are not told apart on a page."""


@dataclass(frozen=True)
class Line:
    """Points of a curve in the order of their threshold, both of shape (points,)."""

    x: Floats
    y: Floats


@dataclass(frozen=True)
class Rate:
    """The share of yes in a group.

    Attributes
    ----------
    group
        The value that its rows have in common, or where they begin and end.
    middle
        Mean of what they were put together by: of the probability, or of the feature.
    """

    group: str
    middle: float
    observed: Interval
    rows: int


def roc(codes: Floats, probability: Floats) -> Line:
    """Return the share of yes that is found against the share of no that is disturbed."""
    from sklearn.metrics import roc_curve

    false, true, _ = roc_curve(codes, probability)
    return _thinned(Line(np.asarray(false), np.asarray(true)))


def precision_recall(codes: Floats, probability: Floats) -> Line:
    """Return the share of yes among those called (y) against the share of yes found (x)."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, _ = precision_recall_curve(codes, probability)
    return _thinned(Line(np.asarray(recall), np.asarray(precision)))


def rates_by_rank(codes: Floats, values: Floats, groups: int = 10) -> tuple[Rate, ...]:
    """Return the rate of groups of a number in order, of equal size where equal values allow it.

    By the probability that was given, they are a calibration curve.
    Rows whose value is unknown (NaN) are in no group.
    """
    known = np.flatnonzero(~np.isnan(values))
    values, codes = values[known], codes[known]
    place = _placed(values, groups)
    return tuple(_rate(_ends(values[mine]), codes[mine], values[mine]) for mine in _parts(place))


def rates_by_value(codes: Floats, values: Matrix) -> tuple[Rate, ...]:
    """Return the rate of each category, the most frequent first; None is a category too."""
    named = np.array(["" if value is None else str(value) for value in values])
    found = [(str(named[mine[0]]), codes[mine]) for mine in _parts(named)]
    ordered = sorted(found, key=lambda one: (-len(one[1]), one[0]))
    return tuple(_rate(name, mine, mine) for name, mine in ordered)


def wilson(count: int, rows: int) -> Interval:
    """Return a share with Wilson's 95 % interval.

    >>> found = wilson(5, 10)
    >>> round(found.low, 3), found.value, round(found.high, 3)
    (0.237, 0.5, 0.763)
    """
    from scipy.stats import binomtest

    ends = binomtest(count, rows).proportion_ci(0.95, method="wilson")
    return Interval(count / rows, float(ends.low), float(ends.high))


def _placed(values: Floats, groups: int) -> Ints:
    """Return each row's group: a new one begins where the one before has its share of the rows."""
    distinct, owner, counts = np.unique(values, return_inverse=True, return_counts=True)
    least, size, group = len(values) / groups, 0, 0
    place = np.zeros(len(distinct), dtype=np.int64)
    for at, count in enumerate(counts.tolist()):
        if size >= least:
            size, group = 0, group + 1
        place[at] = group
        size += count
    return np.asarray(place[owner])


def _parts(groups: Matrix) -> Iterator[Matrix]:
    """Yield the places of each group's rows, in the groups' order."""
    for group in np.unique(groups):
        yield np.flatnonzero(groups == group)


def _ends(values: Floats) -> str:
    """Return from where to where values lie: «2 – 7», or «2» where all are equal."""
    low, high = (f"{end:.4g}" for end in (values.min(), values.max()))
    return low if low == high else f"{low} – {high}"


def _rate(name: str, codes: Floats, values: Floats) -> Rate:
    return Rate(name, float(values.mean()), wilson(int(codes.sum()), len(codes)), len(codes))


def _thinned(line: Line) -> Line:
    """Return at most ``MOST_POINTS`` of the points, both ends among them."""
    size = len(line.x)
    kept = np.unique(np.linspace(0, size - 1, min(size, MOST_POINTS)).astype(np.int64))
    return Line(line.x[kept], line.y[kept])
