"""Calibration in margin space, kept only where it helps on rows that it has not seen.

Platt's sigmoid (1999) on the margin, or for several classes one temperature (Guo et al., 2017).
Isotonic regression is left out on purpose: it ties rows, which costs discrimination, and reasons
would no longer add up to the margin.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from models.arrays import Floats, Ints

LEAST_GAIN = 0.001
"""A calibration that betters the log loss by a smaller share is left out."""


@dataclass
class Sigmoid:
    """margin → slope × margin + shift (several classes: no shift)."""

    slope: float
    shift: float

    @classmethod
    def learn(cls, margins: Floats, codes: Floats) -> Self:
        """Fit slope and shift by maximum likelihood."""
        several = margins.shape[1] > 1
        start = np.array([1.0] if several else [1.0, 0.0])
        found = minimize(_loss_of, start, args=(margins, codes), method="L-BFGS-B").x
        return cls(max(float(found[0]), 1e-3), 0.0 if several else float(found[1]))

    def apply(self, margins: Floats) -> Floats:
        """Return calibrated margins."""
        return self.slope * margins + self.shift

    def share(self, contributions: Floats) -> Floats:
        """Return contributions that add up to the calibrated margin."""
        scaled = self.slope * contributions
        scaled[..., -1] += self.shift
        return scaled


def log_loss_of(margins: Floats, codes: Floats) -> float:
    """Return the mean log loss of margins, shape (n, outputs)."""
    if margins.shape[1] == 1:
        signed = np.where(codes == 1, margins[:, 0], -margins[:, 0])
        return float(np.logaddexp(0.0, -signed).mean())
    chosen = log_softmax(margins, axis=1)[np.arange(len(codes)), codes.astype(np.int64)]
    return float(-chosen.mean())


def worthwhile(margins: Floats, codes: Floats, folds: Ints) -> Sigmoid | None:
    """Return a calibration where it betters the log loss of folds it was not fitted on.

    Parameters
    ----------
    margins, codes, folds
        Out-of-fold margins, the outcomes' class numbers, and the inner fold of each row.
    """
    plain = log_loss_of(margins, codes)
    held_out = margins.copy()
    for fold in np.unique(folds):
        rest = folds != fold
        held_out[~rest] = Sigmoid.learn(margins[rest], codes[rest]).apply(margins[~rest])
    gained = plain - log_loss_of(held_out, codes)
    return Sigmoid.learn(margins, codes) if gained > LEAST_GAIN * plain else None


def _loss_of(parameters: Floats, margins: Floats, codes: Floats) -> float:
    shift = parameters[1] if len(parameters) > 1 else 0.0
    return log_loss_of(parameters[0] * margins + shift, codes)


__all__ = ["Sigmoid", "log_loss_of", "worthwhile"]
