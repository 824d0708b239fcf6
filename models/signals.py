"""What a text's signals add to what its words say: a correction of each class's log-odds.

    log q_k = log p_k + Σ_s w_sk z_s − log Σ_j p_j exp(Σ_s w_sj z_s)

p are the probabilities by the words, z the signals in units of their spread, 0 where unknown and
never more than three, so that one very long text is told no surer than a long one. The weights are
learned, with a ridge penalty, on texts that the model of words has *not* learned from: they hold
what the signals add and no more (stacking; Wolpert, 1992). They are taken only where
cross-validation by person rules out that they add nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.arrays import Data, Floats, Ints, Persons
from models.columns import columns_of, number
from models.evaluate import mean_of, with_intervals

FOLDS = 5
FEWEST_ROWS, FEWEST_PERSONS = 50, 20
"""With fewer nothing is ruled out."""
PENALTY = 1.0
"""Of the squared weights, halved, to the log-loss summed over the rows."""
FARTHEST = 3.0
LEAST = 1e-12


@dataclass
class Correction:
    """Weights of signals, as a model of texts keeps them.

    Attributes
    ----------
    names
        Of the s signals.
    means, spreads
        Of their known values, shape (s,).
    weights
        Shape (s, k).
    """

    names: list[str]
    means: Floats
    spreads: Floats
    weights: Floats

    @classmethod
    def learn(cls, names: Sequence[str], records: Data, probabilities: Floats, codes: Ints) -> Self:
        """Learn from records with their classes, and what the words said of them, shape (n, k)."""
        values = np.ma.masked_invalid(_values(names, records))
        means, spreads = values.mean(axis=0).filled(0.0), values.std(axis=0).filled(0.0)
        shape = (len(names), probabilities.shape[1])
        made = cls(list(names), means, spreads, np.zeros(shape))
        made.weights = _fitted(made._scaled(records), probabilities, codes)
        return made

    def apply(self, records: Data, probabilities: Floats) -> Floats:
        """Return the probabilities of words and signals together, shape (n, k)."""
        return _tilted(self._scaled(records) @ self.weights, probabilities)

    def _scaled(self, records: Data) -> Floats:
        known = np.where(self.spreads > 0, self.spreads, np.inf)  # what never differs says nothing
        spreads = (_values(self.names, records) - self.means) / known
        return np.clip(np.nan_to_num(spreads), -FARTHEST, FARTHEST)


def earned(
    names: Sequence[str], records: Data, probabilities: Floats, codes: Ints, persons: Persons
) -> Correction | None:
    """Return the correction, where it surely lessens the log-loss of persons not learned from.

    Parameters
    ----------
    probabilities
        By a model of words that has not learned from these records, shape (n, k).
    codes, persons
        Class and person of each, shape (n,).
    """
    if not names or len(codes) < FEWEST_ROWS or len(np.unique(persons)) < FEWEST_PERSONS:
        return None
    corrected = _held_out(names, list(records), probabilities, codes, persons)
    gains = _loss(probabilities, codes) - _loss(corrected, codes)
    if not with_intervals({"d": mean_of(gains)}, len(codes), persons)["d"].low > 0:
        return None
    return Correction.learn(names, records, probabilities, codes)


def _held_out(
    names: Sequence[str],
    records: Sequence[object],
    probabilities: Floats,
    codes: Ints,
    persons: Persons,
) -> Floats:
    from sklearn.model_selection import GroupKFold

    found = probabilities.copy()
    for learn, judge in GroupKFold(FOLDS).split(codes, groups=persons):
        taught, judged = ([records[i] for i in part] for part in (learn, judge))
        made = Correction.learn(names, taught, probabilities[learn], codes[learn])
        found[judge] = made.apply(judged, probabilities[judge])
    return found


def _fitted(scaled: Floats, probabilities: Floats, codes: Ints) -> Floats:
    from scipy.optimize import minimize

    shape = (scaled.shape[1], probabilities.shape[1])
    happened = np.eye(shape[1])[codes]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        told = _tilted(scaled @ weights, probabilities)
        slope = scaled.T @ (told - happened) + PENALTY * weights
        return float(_loss(told, codes).sum() + PENALTY * (flat @ flat) / 2), slope.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x.reshape(shape))


def _tilted(pushes: Floats, probabilities: Floats) -> Floats:
    from scipy.special import softmax

    with np.errstate(divide="ignore"):  # what cannot be stays so
        return np.asarray(softmax(np.log(probabilities) + pushes, axis=1))


def _loss(probabilities: Floats, codes: Ints) -> Floats:
    return np.asarray(-np.log(np.maximum(probabilities[np.arange(len(codes)), codes], LEAST)))


def _values(names: Sequence[str], records: Data) -> Floats:
    """Return the signals' values, NaN where unknown, shape (n, s)."""
    columns = columns_of(records, names)
    return np.array([[number(name, one) for one in columns[name]] for name in names]).T
