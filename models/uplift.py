"""Uplift: what each arm changes for each person, from randomised or logged offers.

The DR-learner (Kennedy, 2023) for several arms against one control: cross-fitted outcome models and
known or estimated propensities give doubly-robust scores (``doubly_robust``), and a stacked second
stage learns from them whom an arm helps (``heterogeneity``).
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from data_contracts.contract import Task
from models.arrays import Data, Floats, Ints, Matrix, Persons, Tags
from models.base import BaseEstimator
from models.doubly_robust import Effect, average_effects, expected_outcomes, robust_scores
from models.encoder import RecordEncoder
from models.folds import Fold, group_folds
from models.heterogeneity import ArmEffect, Expected, fit_effects
from models.outcome import Outcome, fit_outcome
from models.pipeline import layout_of
from models.propensity import Overlap, clipped, completed, overlap

CONTROL = "none"


class UpliftLearner(BaseEstimator):
    """Effects of several arms against a control, from records.

    Parameters
    ----------
    kinds
        Feature → ``numeric``, ``category`` or ``text``; None: as ``RecordEncoder`` finds them.
    task
        ``number`` (money) or ``binary`` (0 or 1).
    control
        Name of the arm that is no offer.
    folds
        Of the cross-fitting.
    seed
        Of folds and trees.

    Attributes
    ----------
    arms_ : tuple of str
        Arms in order; the first is the control.
    effects_ : list of ArmEffect
        One an arm but the control.
    averages_ : tuple of Effect
        Average effects with honest intervals.
    overlap_ : tuple of Overlap
        One an arm, the control too.
    scores_ : ndarray, shape (n, arms)
        Doubly-robust scores of the rows learned from; not kept in a stored model.
    propensity_ : ndarray, shape (n,)
        Known or estimated probability of each row's own arm, clipped; not kept either.
    """

    def __init__(
        self,
        kinds: Mapping[str, str] | None = None,
        task: Task = "number",
        *,
        control: str = CONTROL,
        folds: int = 5,
        seed: int = 0,
    ) -> None:
        self.kinds = kinds
        self.task = task
        self.control = control
        self.folds = folds
        self.seed = seed

    def fit(
        self,
        records: Data,
        y: Matrix,
        treatment: Sequence[str] | Matrix | None = None,
        propensity: Floats | None = None,
        persons: Persons | None = None,
    ) -> Self:
        """Learn from rows, what became of them, and which arm each had.

        Parameters
        ----------
        records, y
            Features before the treatment, and outcomes, shape (n,).
        treatment
            Each row's arm; None: all had the control.
        propensity
            Probability with which each row got its arm; NaN or None where nobody knows it.
        persons
            Whose each row is: a person's rows never stand on both sides of a fold.
        """
        from models.threads import bounded

        with bounded():
            outcomes = self._checked(y)
            self.encoder_ = RecordEncoder(self.kinds)
            matrix = self.encoder_.fit_transform(records, persons=persons)
            if hasattr(self.encoder_, "n_features_in_"):
                self.n_features_in_ = self.encoder_.n_features_in_
            codes = self._coded(treatment, matrix.shape[0])
            units = _units(persons, len(codes))
            known = np.full(len(codes), np.nan) if propensity is None else np.asarray(propensity)
            self._learn(matrix, outcomes, codes, known.astype(np.float64), units)
        return self

    def predict(self, records: Data) -> Floats:
        """Return the expected outcome under each arm, shape (n, arms); the first is the control."""
        matrix = self._encoded(records)
        without = self.outcome_.predict(matrix)
        return np.column_stack([without, *(without + e.predict(matrix) for e in self.effects_)])

    def effects(self, records: Data) -> Floats:
        """Return what each arm but the control changes, shape (n, arms − 1)."""
        matrix = self._encoded(records)
        found = [effect.predict(matrix) for effect in self.effects_]
        return np.column_stack(found) if found else np.zeros((matrix.shape[0], 0))

    def __getstate__(self) -> dict[str, object]:
        """Leave out the scores of single rows: a stored model holds none."""
        state = dict(super().__getstate__())
        for name in ("scores_", "propensity_"):
            state.pop(name, None)
        return state

    def _encoded(self, records: Data) -> Matrix:
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "effects_")
        return self.encoder_.transform(records)

    def _learn(self, matrix: Matrix, y: Floats, codes: Ints, known: Floats, units: Ints) -> None:
        layout = layout_of(self.encoder_)
        folds = self._folds(codes, units)
        chances = completed(matrix, layout, codes, known, folds)
        expected = expected_outcomes(
            matrix, y, codes, len(self.arms_),
            layout=layout, task=self.task, folds=folds, seed=self.seed,
        )  # fmt: skip
        self.propensity_: Floats = clipped(chances)
        self.scores_: Floats = robust_scores(expected, y, codes, chances)
        self.overlap_: tuple[Overlap, ...] = overlap(codes, self.arms_, chances)
        self.averages_: tuple[Effect, ...] = average_effects(self.scores_, self.arms_, units)
        differences = self.scores_[:, 1:] - self.scores_[:, :1]
        mine = [np.flatnonzero(codes == k) for k in range(len(self.arms_))]
        outcomes = [fit_outcome(matrix[m], y[m], layout, self.task, self.seed) for m in mine]
        self.outcome_: Outcome = outcomes[0]
        self.effects_: list[ArmEffect] = fit_effects(
            matrix,
            differences,
            Expected(expected, outcomes),
            layout=layout,
            folds=folds,
            seed=self.seed,
        )

    def _folds(self, codes: Ints, units: Ints) -> list[Fold]:
        return group_folds(codes, units, "multiclass", self.folds, self.seed)

    def _coded(self, treatment: Sequence[str] | Matrix | None, rows: int) -> Ints:
        given = np.full(rows, self.control) if treatment is None else np.asarray(treatment)
        others = sorted({str(arm) for arm in given} - {self.control})
        self.arms_: tuple[str, ...] = (self.control, *others)
        place = {name: k for k, name in enumerate(self.arms_)}
        return np.array([place[str(arm)] for arm in given], dtype=np.int64)

    def _checked(self, y: Matrix) -> Floats:
        from sklearn.utils.validation import column_or_1d

        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        outcomes: Floats = column_or_1d(y, dtype=np.float64)
        if not np.isfinite(outcomes).all():
            raise ValueError("y has NaN or infinity: an outcome that nobody knows teaches nothing")
        if self.task == "binary" and not np.isin(outcomes, (0.0, 1.0)).all():
            raise ValueError("outcomes of a binary task are 0 or 1")
        return outcomes

    def __sklearn_tags__(self) -> Tags:
        """Say that gaps are welcome and outcomes needed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags


def _units(persons: Persons | None, rows: int) -> Ints:
    if persons is None:
        return np.arange(rows)
    return np.asarray(np.unique(persons, return_inverse=True)[1], dtype=np.int64)
