"""What every estimator offers: blends, calibration and reasons know only this."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from models.arrays import Floats, Ints, Matrix

FEW_ROWS = 16
"""Up to so many rows, one after the other is sooner than what is made for thousands at once."""


@dataclass
class Layout:
    """Which feature each column of a matrix belongs to, and of what kind the column is.

    ``prior`` holds what a vertical's prior says of each column (see ``prior.Prior.on``), or None.
    """

    owners: Ints
    kinds: Ints
    features: int
    prior: Floats | None = None

    def only(self, kinds: tuple[int, ...]) -> Ints:
        """Return the positions of the columns of these kinds."""
        return np.flatnonzero(np.isin(self.kinds, kinds))

    def by_feature(self, columns: Ints) -> Matrix:
        """Return a sparse 0/1 matrix that sums these columns into their features."""
        from scipy import sparse

        ones = np.ones(len(columns))
        place = (np.arange(len(columns)), self.owners[columns])
        return sparse.csr_matrix((ones, place), shape=(len(columns), self.features))


def taken(matrix: Matrix, columns: Ints) -> Matrix:
    """Return some columns; ``take`` is several times as quick as an index where rows are dense."""
    if len(columns) == matrix.shape[1]:
        return matrix
    return matrix[:, columns] if hasattr(matrix, "tocsr") else matrix.take(columns, axis=1)


def summed_by_feature(pushes: Floats, owners: Ints, features: int) -> Floats:
    """Return dense columns, shape (n, columns), summed into the features that own them."""
    if len(pushes) > FEW_ROWS:
        return np.asarray(
            pushes @ Layout(owners, owners, features).by_feature(np.arange(len(owners)))
        )
    return np.array([np.bincount(owners, row, features) for row in pushes])


class Estimator(Protocol):
    """A fitted model in margin space.

    Its matrix is sparse where n-grams of texts are among the columns of many rows, else dense; an
    installed package's estimator gets few rows as it learned them.

    A margin is a log-odds (binary, one output), an unnormalised log-probability a class
    (multiclass, k outputs), or the prediction itself (number, one output).
    """

    def fit(self, matrix: Matrix, y: Floats, layout: Layout) -> Self:
        """Learn; ``y`` is 0/1, a class number, or a value."""
        ...

    def margins(self, matrix: Matrix) -> Floats:
        """Return the margins, shape (n, outputs)."""
        ...

    def contributions(self, matrix: Matrix) -> Floats:
        """Return what each feature adds, shape (n, outputs, features + 1); the last is the base."""
        ...

    def term_weights(self, matrix: Matrix, feature: int, basis: Floats, output: int) -> Floats:
        """Return how each n-gram of a text pushes each row, shape (n, terms)."""
        ...
