"""Uplift and Qini curves: what is gained by treating the share that a score puts first.

Radcliffe (2007). Rows go down the score; among the first φ of them the treated brought Rₜ and the
control R꜀ outcomes, Wₜ and W꜀ weigh their rows. The Qini curve is

    Q(φ) = (Rₜ(φ) − R꜀(φ) · Wₜ(φ) ÷ W꜀(φ)) ÷ Wₜ(1)

outcomes gained per person treated at all; with weights 1 it is Radcliffe's curve over the number of
treated. With weights 1 ÷ P(the arm a row got) it stands for everybody, also where the arm was not
drawn at random. The uplift curve is Rₜ ÷ Wₜ − R꜀ ÷ W꜀ of the same rows. Rows of one score are one
step: their order says nothing. The *Qini area* lies between the curve and the straight line of
random targeting, from nobody to everybody; the *Qini coefficient* is that area as a share of what
the best possible order of the same rows has.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.arrays import Floats
from models.evaluate import DRAWS, Interval, Metric, with_intervals

Bools = npt.NDArray[np.bool_]
MOST_STEPS = 1000
"""A curve is read at so many shares at most: between two of them it is taken as straight."""


@dataclass(frozen=True)
class Curve:
    """A curve at the ends of its steps; all of shape (steps + 1,), the first at nobody.

    ``share`` is φ, ``gain`` is Q(φ), ``uplift`` the difference of means among the first φ.
    """

    share: Floats
    gain: Floats
    uplift: Floats


@dataclass(frozen=True)
class Judged:
    """Rows of one arm and of the control, on which scores are judged.

    Attributes
    ----------
    outcome, treated, weight
        Shape (n,). ``weight`` is 1 ÷ P(the arm the row got); equal ones are left out.
    """

    outcome: Floats
    treated: Bools
    weight: Floats

    @classmethod
    def of(cls, outcome: Floats, treated: Bools, propensity: Floats | None = None) -> "Judged":
        """Return rows weighted by the inverse of the probability of the arm each got."""
        weight = np.ones(len(outcome)) if propensity is None else 1.0 / propensity
        return cls(np.asarray(outcome, dtype=np.float64), np.asarray(treated, np.bool_), weight)


def curve(score: Floats, rows: Judged) -> Curve:
    """Return the curve of treating from the highest score down."""
    sums = _Sums(score, rows)
    treated, control, gained, lost = sums.of(np.ones((1, len(score))))
    share = ((treated + control) / (treated + control)[:, -1:])[0]
    gain = _gain(treated, control, gained, lost)[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        uplift = (gained / treated - lost / control)[0]
    start = np.zeros(1)
    return Curve(*(np.concatenate([start, part]) for part in (share, gain, uplift)))


def qini_area(score: Floats, rows: Judged) -> Metric:
    """Return the Qini area as a metric of bootstrap draws."""
    sums = _Sums(score, rows)

    def of_draws(weights: Floats) -> Floats:
        return _area(*sums.of(weights))

    return of_draws


def qini_coefficient(score: Floats, rows: Judged) -> Metric:
    """Return the Qini coefficient as a metric of bootstrap draws: 0 random, 1 the best order."""
    ours = qini_area(score, rows)
    best = qini_area(rows.outcome * np.where(rows.treated, 1.0, -1.0), rows)

    def of_draws(weights: Floats) -> Floats:
        return np.asarray(ours(weights) / best(weights))

    return of_draws


def qini_with_intervals(
    score: Floats, rows: Judged, groups: npt.NDArray[np.str_] | None = None,
    draws: int = DRAWS, seed: int = 0,
) -> dict[str, Interval]:  # fmt: skip
    """Return ``qini_area`` and ``qini_coefficient`` with their bootstrap intervals."""
    metrics = {
        "qini_area": qini_area(score, rows),
        "qini_coefficient": qini_coefficient(score, rows),
    }
    return with_intervals(metrics, len(score), groups, draws, seed)


def comparable(score: Floats, fold: npt.NDArray[np.int64]) -> Floats:
    """Return the share of the own fold that a row's score lies above, ties half, shape (n,).

    Scores of several folds come from several models: only within one do they tell an order.

    >>> comparable(np.array([5.0, 7.0, 1.0, 1.0]), np.array([0, 0, 1, 1])).tolist()
    [0.25, 0.75, 0.5, 0.5]
    """
    from scipy.stats import rankdata

    found = np.zeros(len(score))
    for one in np.unique(fold):
        mine = fold == one
        found[mine] = (rankdata(score[mine]) - 0.5) / mine.sum()
    return found


class _Sums:
    """Running sums down a score at the end of each step, for many draws at once."""

    def __init__(self, score: Floats, rows: Judged) -> None:
        from scipy import sparse

        step = _steps(np.asarray(score))
        self._steps = int(step.max()) + 1
        size, offset = len(step), np.where(rows.treated, 0, self._steps)
        place = np.concatenate([step + offset, step + offset + 2 * self._steps])
        values = np.concatenate([rows.weight, rows.weight * rows.outcome])
        shape = (4 * self._steps, size)
        self._adds = sparse.csr_matrix((values, (place, np.tile(np.arange(size), 2))), shape=shape)

    def of(self, weights: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return Wₜ, W꜀, Rₜ and R꜀, each of shape (draws, steps)."""
        sums = (self._adds @ weights.T).T.reshape(len(weights), 4, self._steps)
        a, b, c, d = np.moveaxis(np.cumsum(sums, axis=2), 1, 0)
        return a, b, c, d


def _steps(score: Floats) -> npt.NDArray[np.int64]:
    """Return the step of each row, 0 for the highest score; of many steps, neighbours are one."""
    _, step, counts = np.unique(-score, return_inverse=True, return_counts=True)
    if len(counts) > MOST_STEPS:
        before = np.cumsum(counts) - counts
        merged = np.unique(before * MOST_STEPS // len(score), return_inverse=True)[1]
        step = merged[step]
    return np.asarray(step, dtype=np.int64)


def _gain(treated: Floats, control: Floats, gained: Floats, lost: Floats) -> Floats:
    ratio = np.divide(treated, control, out=np.zeros_like(treated), where=control > 0)
    return np.asarray((gained - lost * ratio) / treated[:, -1:])


def _area(treated: Floats, control: Floats, gained: Floats, lost: Floats) -> Floats:
    """Return the area under the curve less the triangle under random targeting."""
    gain = _gain(treated, control, gained, lost)
    share = (treated + control) / (treated + control)[:, -1:]
    start = np.zeros((len(gain), 1))
    heights, places = np.hstack([start, gain]), np.hstack([start, share])
    under = (np.diff(places, axis=1) * (heights[:, 1:] + heights[:, :-1]) / 2).sum(axis=1)
    return np.asarray(under - gain[:, -1] / 2)
