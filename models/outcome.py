"""What is expected of a person under one arm: the outcome models that effects are cleaned with.

Half a regularised linear model, half boosted trees: either alone is sometimes wrong, and the
doubly-robust score forgives what is left (see ``doubly_robust``).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from data_contracts.contract import Task
from models.arrays import Floats, Matrix
from models.boosted import Boosted
from models.estimator import Layout
from models.linear import Linear

FEWEST = 40
"""Rows below which an arm's expected outcome is just its mean."""
FEWEST_OF_A_CLASS = 5
ROUNDS, DEPTH, RATE = 120, 3, 0.05


@dataclass
class Outcome:
    """A fitted outcome model of one arm.

    Attributes
    ----------
    mean, scale
        Of the outcomes learned from; numbers are learned in units of ``scale``.
    members
        Averaged in margin space; none where there were too few rows: then the mean is told.
    """

    task: Task
    mean: float
    scale: float
    members: list[Linear | Boosted]

    def predict(self, matrix: Matrix) -> Floats:
        """Return the expected outcome of each row, shape (n,)."""
        if not self.members:
            return np.full(matrix.shape[0], self.mean)
        margins = np.mean([m.margins(matrix)[:, 0] for m in self.members], axis=0)
        if self.task == "binary":
            return np.asarray(expit(margins))
        return np.asarray(self.mean + self.scale * margins)


def fit_outcome(matrix: Matrix, y: Floats, layout: Layout, task: Task, seed: int = 0) -> Outcome:
    """Learn what is expected; of too few rows, or of one class alone, the mean."""
    mean, scale = (float(y.mean()), float(y.std())) if len(y) else (0.0, 0.0)
    rarest = min(y.sum(), len(y) - y.sum()) if task == "binary" else len(y)
    if len(y) < FEWEST or rarest < FEWEST_OF_A_CLASS or scale == 0.0:
        return Outcome(task, mean, scale, [])
    target = y if task == "binary" else (y - mean) / scale
    weight = max(5.0, len(y) / 200)
    if task == "binary":  # XGBoost weighs a row by p(1 − p) there
        weight *= mean * (1 - mean)
    linear = Linear(task, strength=_strength(task))
    boosted = Boosted(task, rounds=ROUNDS, depth=DEPTH, rate=RATE, leaf_weight=weight, seed=seed)
    return Outcome(task, mean, scale, [m.fit(matrix, target, layout) for m in (linear, boosted)])


def _strength(task: Task) -> float:
    """Return the inverse penalty: it holds back a few hundred rows, hardly some ten thousand."""
    return 0.1 if task == "binary" else 0.02
