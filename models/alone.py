"""What a single feature tells of an outcome, out of fold, without a model that could overfit it."""

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats, Ints
from models.columns import category
from models.columns import number as number_of
from models.folds import Fold

BINS = 50
PRIOR_ROWS = 20.0
"""Weight, in rows, of the base rate in a bin's share: a bin of a few rows says little."""


def alone(
    name: str, kind: str, values: Sequence[object], y: Floats, folds: Sequence[Fold]
) -> Floats:
    """Return each row's share of positives among the other folds' rows of like value.

    Numbers are alike within a fiftieth of the rows, categories where they are equal; missing values
    are alike. Shares are drawn towards the base rate (Micci-Barreca, 2001).

    Parameters
    ----------
    kind
        ``numeric`` or ``category``.
    y
        0/1, shape (n,).

    Returns
    -------
    ndarray, shape (n,)
    """
    bins = _numeric_bins(name, values) if kind == "numeric" else _bins(values)
    found = np.zeros(len(y))
    for learn, held_out in folds:
        found[held_out] = _shares(bins[learn], y[learn], int(bins.max()) + 1)[bins[held_out]]
    return found


def _shares(bins: Ints, y: Floats, width: int) -> Floats:
    rows = np.bincount(bins, minlength=width)
    positives = np.bincount(bins, weights=y, minlength=width)
    return np.asarray((positives + PRIOR_ROWS * y.mean()) / (rows + PRIOR_ROWS))


def _numeric_bins(name: str, values: Sequence[object]) -> Ints:
    """Return each value's bin; 0 is for the missing. Values of their own bin stay alone in it."""
    found = np.array([number_of(name, value) for value in values])
    known = found[~np.isnan(found)]
    if len(known) == 0:
        return np.zeros(len(found), dtype=np.int64)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    # Both sides of an edge: a value that fills whole quantiles (0, mostly) is a bin of its own.
    places = np.searchsorted(edges, found, "left") + np.searchsorted(edges, found, "right")
    return np.where(np.isnan(found), 0, places + 1).astype(np.int64)


def _bins(values: Sequence[object]) -> Ints:
    return np.unique([category(value) for value in values], return_inverse=True)[1]
