"""Ranking metrics of many weighted draws at once: sorted a single time, ties respected."""

from collections.abc import Callable

import numpy as np

from models.arrays import Floats, Ints


def auc_of_draws(y: Floats, score: Floats) -> Callable[[Floats], Floats]:
    """Return a function: weights, shape (draws, n) → the AUC of each draw.

    AUC = Σ⁺ (negatives below + ½ negatives tied) ÷ (positives × negatives), all weighted: the
    Mann–Whitney statistic (Hanley, McNeil, 1982). NaN where a draw has only one class.
    """
    order, begins = _order_and_ties(score)
    positive = y[order] == 1

    def of_draws(weights: Floats) -> Floats:
        sorted_weights = weights[:, order]
        above = _sums_by_tie(np.where(positive, sorted_weights, 0.0), begins)
        below = _sums_by_tie(np.where(positive, 0.0, sorted_weights), begins)
        reached = np.cumsum(below, axis=1) - 0.5 * below
        pairs = above.sum(axis=1) * below.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((above * reached).sum(axis=1) / pairs)

    return of_draws


def average_precision_of_draws(y: Floats, score: Floats) -> Callable[[Floats], Floats]:
    """Return a function: weights, shape (draws, n) → the average precision of each draw."""
    order, begins = _order_and_ties(-score)
    positive = y[order] == 1

    def of_draws(weights: Floats) -> Floats:
        sorted_weights = weights[:, order]
        hits = _sums_by_tie(np.where(positive, sorted_weights, 0.0), begins)
        all_rows = _sums_by_tie(sorted_weights, begins)
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.cumsum(hits, axis=1) / np.cumsum(all_rows, axis=1)
            recalled = hits / hits.sum(axis=1, keepdims=True)
        return np.asarray((np.nan_to_num(precision) * recalled).sum(axis=1))

    return of_draws


def _order_and_ties(score: Floats) -> tuple[Ints, Ints]:
    """Return the rising order, and where each run of equal scores begins in it."""
    order = np.argsort(score, kind="stable")
    rises = np.flatnonzero(np.diff(score[order])) + 1
    return order, np.concatenate([[0], rises])


def _sums_by_tie(sorted_weights: Floats, begins: Ints) -> Floats:
    if len(begins) == sorted_weights.shape[1]:
        return sorted_weights
    return np.asarray(np.add.reduceat(sorted_weights, begins, axis=1))
