"""The adapted candidate: a logistic regression that begins at a vertical's prior weights.

Regularisation towards known weights instead of zero (Kienzle and Chellapilla, 2006): with few
rows it says what the vertical says, with many what the rows say.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from models.arrays import Floats, Matrix
from models.estimator import Layout
from models.linear import Linear

TRUST_SPREAD = 0.5
"""Standard deviation of how much of the prior holds for a tenant, around one."""


class Adapted(Linear):
    """``margin = trust · X w₀ + X δ + base`` over standardised columns X, w₀ being the prior.

    δ is held back by ``strength`` as a linear candidate's weights are, trust by ``TRUST_SPREAD``;
    the base is free. Yes-or-no outcomes only. Without a prior w₀ = 0: a linear candidate.
    """

    def _solved(self, standard: Matrix, y: Floats, layout: Layout) -> tuple[Floats, Floats]:
        blank = np.zeros(standard.shape[1])
        known = blank if layout.prior is None else layout.prior[self.columns_]
        told, signs = np.asarray(standard @ known), 2.0 * y - 1.0

        def loss(found: Floats) -> tuple[float, Floats]:
            base, trust, shift = found[0], found[1], found[2:]
            margin = base + trust * told + np.asarray(standard @ shift)
            pull = -signs * expit(-signs * margin)
            held = shift @ shift / self.strength + ((trust - 1.0) / TRUST_SPREAD) ** 2
            gradient = np.concatenate(
                [
                    [pull.sum(), pull @ told + (trust - 1.0) / TRUST_SPREAD**2],
                    np.asarray(standard.T @ pull) + shift / self.strength,
                ]
            )
            return float(np.logaddexp(0.0, -signs * margin).sum() + held / 2), gradient

        start = np.concatenate([[0.0, 1.0], blank])
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
        return (found[1] * known + found[2:])[:, None], found[:1]
