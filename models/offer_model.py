"""The model of a tenant's offers: their effects, how sure they are, and who takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from data_contracts.contract import Task
from models.arrays import Data, Floats, Ints, Matrix, Persons, Tags
from models.bands import Bands
from models.base import BaseEstimator
from models.encoder import RecordEncoder
from models.folds import Fold, group_folds
from models.offers import Forecast
from models.outcome import Outcome, fit_outcome
from models.pipeline import layout_of
from models.uplift import CONTROL, UpliftLearner

BAND_FOLDS, INNER_FOLDS = 3, 3


class OfferModel(BaseEstimator):
    """Effects of offers on the margin, in months of the customer's value.

    Parameters
    ----------
    kinds
        Feature → ``numeric``, ``category`` or ``text``.
    seed
        Of folds and trees.

    Attributes
    ----------
    learner_ : UpliftLearner
        Learned from all rows.
    bands_ : list of Bands
        One an offer: how sure effects are among people alike.
    taken_ : list of Outcome
        One an offer: how probable it is that it is taken.
    held_out_ : ndarray, shape (n, offers)
        Effects by models that had not seen the row; not kept in a stored model.
    """

    task: Task = "number"

    def __init__(self, kinds: Mapping[str, str] | None = None, seed: int = 0) -> None:
        self.kinds = kinds
        self.seed = seed

    def fit(
        self,
        records: Data,
        y: Matrix,
        treatment: Sequence[str] | Matrix | None = None,
        propensity: Floats | None = None,
        *,
        persons: Persons | None = None,
        accepted: Matrix | None = None,
    ) -> Self:
        """Learn from offers made and withheld; see ``UpliftLearner.fit``.

        Parameters
        ----------
        accepted
            Whether each offer was taken; None: all were, so that a plan never costs more.
        """
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        y = np.asarray(y, dtype=np.float64)
        arms = np.full(len(y), CONTROL) if treatment is None else np.asarray(treatment)
        chances = np.full(len(y), np.nan) if propensity is None else propensity
        whose = np.arange(len(y)).astype(np.str_) if persons is None else persons
        rows, units = _Rows(records, y, arms, chances, whose), _codes(whose)
        self.learner_ = UpliftLearner(self.kinds, seed=self.seed)
        rows.teach(self.learner_)
        taken = np.ones(len(y)) if accepted is None else np.asarray(accepted, dtype=np.float64)
        self.taken_ = self._acceptance(records, arms, taken)
        folds = group_folds(_codes(arms), units, "multiclass", BAND_FOLDS, self.seed + 1)
        self.held_out_ = self._effects_held_out(rows, folds)
        self.bands_ = self._bands(arms, units)
        return self

    @property
    def offers(self) -> tuple[str, ...]:
        """The offers that it knows, in order."""
        return self.learner_.arms_[1:]

    @property
    def outputs(self) -> int:
        """Columns that are served: one without an offer, and one an offer."""
        return 1 + len(self.offers)

    def predict(self, records: Data) -> Floats:
        """Return the expected months under each arm, shape (n, 1 + offers); the first: no offer."""
        return self._fitted().predict(records)

    def forecast(self, records: Data) -> Forecast:
        """Return all that a decision needs."""
        expected = self.predict(records)
        effect = expected[:, 1:] - expected[:, :1]
        ends = [band.intervals(effect[:, k]) for k, band in enumerate(self.bands_)]
        matrix = self.learner_.encoder_.transform(records)
        return Forecast(
            without=expected[:, 0],
            effect=effect,
            low=_columns([low for low, _ in ends], len(effect)),
            high=_columns([high for _, high in ends], len(effect)),
            taken=_columns([model.predict(matrix) for model in self.taken_], len(effect)),
        )

    @property
    def n_features_in_(self) -> int:
        """How many features there are; unknown of records that name theirs."""
        return int(self.learner_.n_features_in_)

    def __sklearn_tags__(self) -> Tags:
        """Say that gaps are welcome and outcomes needed."""
        return UpliftLearner(self.kinds).__sklearn_tags__()

    def _fitted(self) -> UpliftLearner:
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "learner_")
        return self.learner_

    def __getstate__(self) -> dict[str, object]:
        """Leave out the effects on single rows: a stored model holds none."""
        state = dict(super().__getstate__())
        state.pop("held_out_", None)
        return state

    def _acceptance(self, records: Data, arms: Matrix, taken: Floats) -> list[Outcome]:
        encoder: RecordEncoder = self.learner_.encoder_
        matrix, layout = encoder.transform(records), layout_of(encoder)
        mine = [np.flatnonzero(arms == offer) for offer in self.offers]
        return [fit_outcome(matrix[m], taken[m], layout, "binary", self.seed) for m in mine]

    def _effects_held_out(self, rows: "_Rows", folds: list[Fold]) -> Floats:
        found = np.zeros((len(rows.y), len(self.offers)))
        for learn, held_out in folds:
            learner = UpliftLearner(self.kinds, folds=INNER_FOLDS, seed=self.seed)
            rows.take(learn).teach(learner)
            found[held_out] = learner.effects(rows.take(held_out).records)
        return found

    def _bands(self, arms: Matrix, units: Ints) -> list[Bands]:
        scores = self.learner_.scores_
        rows = {name: int((arms == name).sum()) for name in self.learner_.arms_}
        return [
            Bands.of(
                self.held_out_[:, k],
                scores[:, k + 1] - scores[:, 0],
                units,
                min(rows[CONTROL], rows[offer]),
            )
            for k, offer in enumerate(self.offers)
        ]


@dataclass(frozen=True)
class _Rows:
    """Offers made and withheld, in one row order."""

    records: Data
    y: Floats
    arms: Matrix
    propensity: Floats
    persons: Persons

    def take(self, places: Ints) -> "_Rows":
        """Return the rows at these places."""
        records = [self.records[i] for i in places]
        y, arms, chances = self.y[places], self.arms[places], self.propensity[places]
        return _Rows(records, y, arms, chances, self.persons[places])

    def teach(self, learner: UpliftLearner) -> None:
        """Let a learner learn from the rows."""
        learner.fit(self.records, self.y, self.arms, self.propensity, self.persons)


def _codes(arms: Matrix) -> Ints:
    return np.asarray(np.unique(arms, return_inverse=True)[1], dtype=np.int64)


def _columns(found: list[Floats], rows: int) -> Floats:
    return np.column_stack(found) if found else np.zeros((rows, 0))
