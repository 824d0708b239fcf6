"""Doubly-robust scores: one number a row and arm whose mean is what the arm would have brought.

For row i, arm k, expected outcome μₖ(x) and probability eₖ(x) of getting the arm,

    Γᵢₖ = μₖ(xᵢ) + 1{Aᵢ = k} · (Yᵢ − μₖ(xᵢ)) ÷ eₖ(xᵢ)

(Robins, Rotnitzky and Zhao, 1994). Its mean over any group chosen by features alone is the group's
mean outcome under k, as long as either μ or e is right; with logged probabilities e is. The effect
is learned from Γᵢₖ − Γᵢ₀ (Kennedy, 2023, the DR-learner). μ and e of a row come from models that
have not seen it, nor another row of its person.
"""

from dataclasses import dataclass

import numpy as np

from data_contracts.contract import Task
from models.arrays import Floats, Ints, Matrix
from models.estimator import Layout
from models.evaluate import Interval
from models.folds import Fold
from models.outcome import fit_outcome
from models.propensity import clipped

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Effect:
    """The average effect of one arm against the control, with its 95 % interval."""

    arm: str
    interval: Interval


def expected_outcomes(
    matrix: Matrix, y: Floats, arms: Ints, count: int, *, layout: Layout, task: Task,
    folds: list[Fold], seed: int = 0,
) -> Floats:  # fmt: skip
    """Return μ out of fold, shape (n, count)."""
    found = np.zeros((len(y), count))
    for learn, held_out in folds:
        for k in range(count):
            mine = learn[arms[learn] == k]
            model = fit_outcome(matrix[mine], y[mine], layout, task, seed)
            found[held_out, k] = model.predict(matrix[held_out])
    return found


def robust_scores(expected: Floats, y: Floats, arms: Ints, propensity: Floats) -> Floats:
    """Return Γ, shape (n, arms).

    Parameters
    ----------
    propensity
        Probability of the arm that each row got.

    >>> expected = np.array([[1.0, 2.0], [1.0, 2.0]])
    >>> y, arms, half = np.array([1.5, 2.0]), np.array([0, 1]), np.array([0.5, 0.5])
    >>> robust_scores(expected, y, arms, half).tolist()
    [[2.0, 2.0], [1.0, 2.0]]
    """
    rows = np.arange(len(y))
    scores = expected.copy()
    scores[rows, arms] += (y - expected[rows, arms]) / clipped(propensity)
    return scores


def average(scores: Floats, persons: Ints) -> Interval:
    """Return the mean of per-row scores with its normal interval, rows of a person together.

    The variance is that of the influence function, summed by person (Liang and Zeger, 1986).
    """
    rows = len(scores)
    if rows == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    mean = float(scores.mean())
    sums = np.bincount(persons, weights=scores - mean)
    units = len(np.unique(persons))
    spare = units / max(units - 1, 1)
    error = float(np.sqrt(spare * (sums**2).sum()) / rows) if units > 1 else float("inf")
    return Interval(mean, mean - NORMAL_95 * error, mean + NORMAL_95 * error)


def average_effects(scores: Floats, names: tuple[str, ...], persons: Ints) -> tuple[Effect, ...]:
    """Return the average effect of each arm but the first, which is the control."""
    return tuple(
        Effect(name, average(scores[:, k] - scores[:, 0], persons))
        for k, name in enumerate(names)
        if k > 0
    )
