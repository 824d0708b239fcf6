"""How probable it was that a row got the arm it got, and whether the arms can be compared at all.

Where chance or a logged policy chose, the probability is known and taken as it is: then averages
weighted by its inverse are unbiased whatever else is wrong (Horvitz and Thompson, 1952). Where it
is not known it is estimated from the same features as the effect, cross-fitted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_contracts.contract import Task
from models.arrays import Floats, Ints, Matrix
from models.estimator import Layout
from models.folds import Fold
from models.linear import Linear
from models.pipeline import probabilities_of

Bools = npt.NDArray[np.bool_]
SMALLEST = 0.02
"""No row weighs more than fifty: clipping trades a little bias for much variance (Crump, Hotz,
Imbens and Mitnik, 2009, advise 0.1 for trimming; clipping keeps everybody)."""
STRENGTH = 0.2


@dataclass(frozen=True)
class Overlap:
    """How well one arm's rows stand for everybody.

    Attributes
    ----------
    effective
        Rows that would tell as much were all of one weight: (Σw)² ÷ Σw² (Kish, 1965).
    smallest
        Smallest probability before clipping.
    clipped
        Share of the arm's rows whose probability was below the bound.
    """

    arm: str
    rows: int
    effective: float
    smallest: float
    clipped: float


def known_propensity(arms: Ints, logged: Floats, randomised: Bools) -> Floats:
    """Return each row's probability where it is known, NaN elsewhere.

    A randomised row whose probability was not written down has the share of its arm among all
    randomised rows.

    >>> arms, logged = np.array([0, 1, 1, 0]), np.array([np.nan, np.nan, np.nan, 0.3])
    >>> known_propensity(arms, logged, np.array([True, True, False, False])).tolist()
    [0.5, 0.5, nan, 0.3]
    """
    found = np.asarray(logged, dtype=np.float64).copy()
    found[~(found > 0)] = np.nan
    drawn = np.asarray(randomised, dtype=np.bool_)
    missing = drawn & np.isnan(found)
    if missing.any():
        shares = np.bincount(arms[drawn], minlength=int(arms.max()) + 1) / drawn.sum()
        found[missing] = shares[arms[missing]]
    return found


def completed(
    matrix: Matrix, layout: Layout, arms: Ints, known: Floats, folds: list[Fold]
) -> Floats:
    """Return each row's probability of its own arm, estimated out of fold where unknown.

    The estimate is a regularised multinomial logistic regression of the arm on the features, over
    the rows whose probability nobody wrote down.
    """
    unknown = np.isnan(known)
    found = known.copy()
    for learn, held_out in folds:
        teach, asked = learn[unknown[learn]], held_out[unknown[held_out]]
        if len(asked):
            found[asked] = _estimated(matrix, layout, arms, teach, asked)
    return found


def _estimated(matrix: Matrix, layout: Layout, arms: Ints, teach: Ints, asked: Ints) -> Floats:
    present, codes = np.unique(arms[teach], return_inverse=True)
    chances = np.zeros((len(asked), int(arms.max()) + 1))
    if len(present) < 2:
        chances[:, present] = 1.0
    else:
        task: Task = "binary" if len(present) == 2 else "multiclass"
        model = Linear(task, STRENGTH).fit(matrix[teach], codes.astype(np.float64), layout)
        chances[:, present] = probabilities_of(model.margins(matrix[asked]))
    return chances[np.arange(len(asked)), arms[asked]]


def clipped(propensity: Floats, smallest: float = SMALLEST) -> Floats:
    """Return probabilities that are at least ``smallest``."""
    return np.clip(propensity, smallest, 1.0)


def overlap(
    arms: Ints, names: tuple[str, ...], propensity: Floats, smallest: float = SMALLEST
) -> tuple[Overlap, ...]:
    """Return the diagnosis of each arm, in the order of ``names``."""
    weights = 1.0 / clipped(propensity, smallest)
    return tuple(
        _of_arm(name, weights[arms == k], propensity[arms == k], smallest)
        for k, name in enumerate(names)
    )


def _of_arm(name: str, weights: Floats, propensity: Floats, smallest: float) -> Overlap:
    if len(weights) == 0:
        return Overlap(name, 0, 0.0, 0.0, 0.0)
    return Overlap(
        arm=name,
        rows=len(weights),
        effective=float(weights.sum() ** 2 / (weights**2).sum()),
        smallest=float(propensity.min()),
        clipped=float((propensity < smallest).mean()),
    )
