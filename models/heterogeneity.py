"""Whom an arm helps more than others: the second stage of the DR-learner.

Several plain models regress the doubly-robust differences Γₖ − Γ₀ on the features; some see one
arm's differences alone, some the mean over all arms, whose noise is smaller where arms do much the
same. Beside them stand two readings of the outcome models, whose noise is smaller still: who
responds at all (often those who respond are those who can be moved), and the difference of what is
expected with the arm and without it (the T-learner of Künzel, Sekhon, Bickel and Yu, 2019).
Non-negative least squares on rows held out weighs them all (stacked regressions, Breiman, 1996):
where the features tell nothing, all weights are zero and everybody has the arm's average effect.
"""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Ints, Matrix
from models.boosted import Boosted
from models.estimator import Layout
from models.folds import Fold
from models.linear import Linear
from models.outcome import Outcome

PENALTIES = (0.03, 0.3)
"""Ridge penalties as a share of the rows: on standardised columns, the same at any size."""
ROUNDS, DEPTH, RATE = 300, 2, 0.05
FEWEST_ROWS_OF_A_LEAF, SHARE_OF_A_LEAF = 20, 0.02


@dataclass
class Reading:
    """Outcome models read as an effect: the weighted sum of what they expect."""

    outcomes: list[Outcome]
    weights: list[float]

    @classmethod
    def response(cls, outcomes: list[Outcome]) -> "Reading":
        """Return who responds at all: the mean over the arms."""
        return cls(outcomes, [1.0 / len(outcomes)] * len(outcomes))

    @classmethod
    def difference(cls, outcomes: list[Outcome], k: int) -> "Reading":
        """Return what is expected with arm k, less what is without any."""
        return cls([outcomes[k], outcomes[0]], [1.0, -1.0])

    def margins(self, matrix: Matrix) -> Floats:
        """Return the sum of each row, shape (n, 1)."""
        pairs = zip(self.weights, self.outcomes, strict=True)
        return np.asarray(sum(weight * one.predict(matrix) for weight, one in pairs))[:, None]


Stage = Linear | Boosted | Reading


@dataclass
class Part:
    """One second-stage model with its weight; ``centre`` is its mean over the rows learned from."""

    model: Stage
    weight: float
    centre: float

    def deviation(self, matrix: Matrix) -> Floats:
        """Return how far each row lies from the average, weighted."""
        return np.asarray(self.weight * (self.model.margins(matrix)[:, 0] - self.centre))


@dataclass
class ArmEffect:
    """What one arm changes: its average effect, and each row's deviation from it.

    ``scale`` is the spread of the differences: the parts are learned in units of it.
    """

    average: float
    scale: float
    parts: list[Part]

    def predict(self, matrix: Matrix) -> Floats:
        """Return the effect on each row, shape (n,)."""
        found = np.full(matrix.shape[0], self.average)
        for part in self.parts:
            found += self.scale * part.deviation(matrix)
        return found


@dataclass
class _Trial:
    """One candidate's predictions out of fold, and the same model on all rows."""

    held_out: Floats
    model: Stage


@dataclass(frozen=True)
class Expected:
    """Outcome models: what those of other folds expect, shape (n, arms), and those of all rows."""

    held_out: Floats
    outcomes: list[Outcome]


def fit_effects(
    matrix: Matrix,
    differences: Floats,
    expected: Expected,
    *,
    layout: Layout,
    folds: list[Fold],
    seed: int = 0,
) -> list[ArmEffect]:
    """Return the effect of each arm but the control.

    Parameters
    ----------
    differences
        Doubly-robust scores less those of the control, shape (n, arms − 1).
    """
    averages = differences.mean(axis=0)
    scales = np.where(differences.std(axis=0) > 0, differences.std(axis=0), 1.0)
    scaled = (differences - averages) / scales
    own = [_trials(matrix, scaled[:, k], layout, folds, seed) for k in range(scaled.shape[1])]
    shared: list[_Trial] = []
    if scaled.shape[1] > 1:
        shared = _trials(matrix, scaled.mean(axis=1), layout, folds, seed)
    parts = [
        _weighed(own[k] + shared + _readings(expected, k + 1), scaled[:, k], matrix, folds)
        for k in range(scaled.shape[1])
    ]
    return [
        ArmEffect(float(average), float(scale), found)
        for average, scale, found in zip(averages, scales, parts, strict=True)
    ]


def _readings(expected: Expected, k: int) -> list[_Trial]:
    """Return the outcome models read as an effect of arm k."""
    held_out = expected.held_out
    return [
        _Trial(held_out.mean(axis=1), Reading.response(expected.outcomes)),
        _Trial(held_out[:, k] - held_out[:, 0], Reading.difference(expected.outcomes, k)),
    ]


def _trials(
    matrix: Matrix, target: Floats, layout: Layout, folds: list[Fold], seed: int
) -> list[_Trial]:
    linear = [_linear(matrix, target, layout, folds, penalty) for penalty in PENALTIES]
    return [*linear, _boosted(matrix, target, layout, folds, seed)]


def _linear(
    matrix: Matrix, target: Floats, layout: Layout, folds: list[Fold], penalty: float
) -> _Trial:
    def fitted(rows: Ints) -> Linear:
        model = Linear("number", strength=1.0 / (penalty * len(rows)))
        return model.fit(matrix[rows], target[rows], layout)

    held_out = np.zeros(len(target))
    for learn, other in folds:
        held_out[other] = fitted(learn).margins(matrix[other])[:, 0]
    return _Trial(held_out, fitted(np.arange(len(target))))


def _boosted(
    matrix: Matrix, target: Floats, layout: Layout, folds: list[Fold], seed: int
) -> _Trial:
    """Fit trees in each fold, and all of them at the folds' mean number of rounds."""
    leaf = max(FEWEST_ROWS_OF_A_LEAF, SHARE_OF_A_LEAF * len(target))

    def unfitted(rounds: int) -> Boosted:
        return Boosted("number", rounds=rounds, depth=DEPTH, rate=RATE, leaf_weight=leaf, seed=seed)

    made = []
    for learn, other in folds:
        validation = (matrix[other], target[other])
        model = unfitted(ROUNDS).fit(matrix[learn], target[learn], layout, validation)
        made.append((model, other))
    rounds = int(np.ceil(np.mean([model.best_rounds_ for model, _ in made])))
    held_out = np.zeros(len(target))
    for model, other in made:
        held_out[other] = model.margins(matrix[other], rounds)[:, 0]
    return _Trial(held_out, unfitted(rounds).fit(matrix, target, layout))


def _weighed(trials: list[_Trial], target: Floats, matrix: Matrix, folds: list[Fold]) -> list[Part]:
    """Return the candidates with a weight above zero."""
    from scipy.optimize import nnls

    held_out = np.column_stack([_within(trial.held_out, folds) for trial in trials])
    weights, _ = nnls(held_out, _within(target, folds))
    return [
        Part(trial.model, float(weight), float(trial.model.margins(matrix)[:, 0].mean()))
        for trial, weight in zip(trials, weights, strict=True)
        if weight > 0
    ]


def _within(values: Floats, folds: list[Fold]) -> Floats:
    """Return values less the mean of their fold.

    The mean of what a fold's models learned from falls as its own rises, so that across folds even
    a good model would seem to be wrong.
    """
    found = values.copy()
    for _, held_out in folds:
        found[held_out] -= values[held_out].mean()
    return found
