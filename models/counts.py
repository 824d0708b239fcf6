"""Counts of n-grams as sparse rows: which are kept, how rare each is, and what it weighs."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from scipy import sparse

from models.arrays import Floats, Ints, Matrix, Persons


def numbered(found: Iterable[Mapping[str, int]]) -> tuple[Matrix, list[str]]:
    """Return each text's counts as a row with a column an n-gram, and the columns' n-grams."""
    places: dict[str, int] = {}
    rows = [
        [(places.setdefault(gram, len(places)), count) for gram, count in counts.items()]
        for counts in found
    ]
    return counts_matrix(rows, len(places)), list(places)


def counts_matrix(rows: Sequence[Sequence[tuple[int, int]]], width: int) -> Matrix:
    """Return a sparse matrix from the (column, count) pairs of every row."""
    lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    pairs = np.fromiter(chain.from_iterable(chain.from_iterable(rows)), dtype=np.int64)
    pairs = pairs.reshape(-1, 2)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    shape = (len(rows), width)
    return sparse.csr_matrix((pairs[:, 1].astype(float), pairs[:, 0], ends), shape=shape)


def totals_of(counts: Matrix) -> Floats:
    """Return how many n-grams each text has, shape (n,)."""
    return np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()


def persons_by_column(counts: Matrix, persons: Persons | None) -> Ints:
    """Return how many different persons have an entry in each column, shape (columns,)."""
    if persons is not None:
        names, who = np.unique(persons, return_inverse=True)
        place = (who, np.arange(len(who)))
        shape = (len(names), len(who))
        counts = sparse.csr_matrix((np.ones(len(who)), place), shape=shape) @ counts
    return np.asarray(np.diff(counts.tocsc().indptr))


def kept_columns(counts: Matrix, persons: Persons | None, min_persons: int, most: int) -> Ints:
    """Return, in order, the most frequent columns that enough persons have an entry in."""
    totals = np.asarray(counts.sum(axis=0)).ravel()
    kept = np.flatnonzero(persons_by_column(counts, persons) >= min_persons)
    return np.sort(kept[np.argsort(-totals[kept], kind="stable")[:most]])


def rarity(counts: Matrix) -> Floats:
    """Return the smoothed inverse document frequency of each column (scikit-learn's)."""
    in_documents = np.diff(counts.tocsc().indptr)
    return np.asarray(np.log((1 + counts.shape[0]) / (1 + in_documents)) + 1.0)


def rarest(texts: int) -> float:
    """Return the ``rarity`` of an n-gram that is in none of so many texts."""
    return float(np.log(1 + texts) + 1.0)


def weighted_row(
    found: Sequence[int] | Ints, idf: Floats, besides: float = 0.0
) -> tuple[Ints, Floats]:
    """Return one text's columns, ascending, and their weights, as ``weighted`` has them.

    Parameters
    ----------
    found
        The column of each n-gram, once for every time that the text has it.
    """
    # Sorting some hundred places is sooner done than counting over all columns.
    ordered = np.sort(np.asarray(found, dtype=np.int64))
    changes = np.ones(len(ordered) + 1, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:-1])
    bounds = np.flatnonzero(changes)
    places, counts = ordered[bounds[:-1]], bounds[1:] - bounds[:-1]
    weights = (1.0 + np.log(counts.astype(np.float64))) * idf[places]
    length = math.sqrt(weights @ weights + besides)
    return places, weights / (length or 1.0)


def weighted(counts: Matrix, idf: Floats, besides: Floats | float = 0.0) -> Matrix:
    """Return sublinear counts × rarity, each row divided by its length.

    Parameters
    ----------
    besides
        What n-grams without a column add to each row's squared length, shape (n,); where that is
        nothing, a row has length one.
    """
    counts.sort_indices()
    counts.data = (1.0 + np.log(counts.data)) * idf[counts.indices]
    norms = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel() + besides)
    norms[norms == 0] = 1.0
    counts.data /= np.repeat(norms, np.diff(counts.indptr))
    return counts
