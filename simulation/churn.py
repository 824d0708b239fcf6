"""Monthly churn as a Bernoulli draw whose parameter is kept: the truth that models are held to."""

from dataclasses import dataclass

import numpy as np

from simulation.grid import Bools, Floats, Ints, Random, churn_windows, grid, sigmoid
from simulation.incidents import NEVER


@dataclass(frozen=True)
class Churn:
    """When customers churned, and how probable it was.

    Attributes
    ----------
    at
        Seconds UTC, ``NEVER`` for those who stayed; shape (customers,).
    probability
        P(churn in the month's 30 days | everything known before the as-of), shape (customers, 12).
    at_risk
        Whether the customer was one, and still one, at the as-of; same shape.
    """

    at: Ints
    probability: Floats
    at_risk: Bools


def draw_churn(rng: Random, logit: Floats, joined: Ints) -> Churn:
    """Draw each month's churn; the moment is uniform inside the month's window."""
    probability = sigmoid(logit)
    present = joined[:, None] < grid()[None, :]
    event = present & (rng.random(logit.shape) < probability)
    already = np.cumsum(event, axis=1) - event > 0
    first = np.argmax(event, axis=1)
    starts, ends = churn_windows()
    moment = starts[first] + (rng.random(len(joined)) * (ends - starts)[first]).astype(np.int64)
    return Churn(
        at=np.where(event.any(axis=1), moment, NEVER),
        probability=probability,
        at_risk=np.asarray(present & ~already, dtype=np.bool_),
    )


def auc(probability: Floats, event: Bools) -> float:
    """Return the area under the ROC curve by ranks, ties halved (Mann and Whitney, 1947)."""
    order = np.unique(probability, return_inverse=True, return_counts=True)
    upper = np.cumsum(order[2])
    ranks = ((upper - order[2] + 1 + upper) / 2)[order[1]]
    positives = int(event.sum())
    negatives = len(event) - positives
    return float((ranks[event].sum() - positives * (positives + 1) / 2) / (positives * negatives))
