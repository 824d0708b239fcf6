"""Retention offers: a randomised arm and a logged policy with known propensities.

Half of the offers are randomised among the three (propensity 1/3). The others follow a policy,
``P(offer k) = softmax(score_k)``, with scores that rise with the customer's monthly charge
(discount), tenure (free months) and internet service (upgrade). Acceptance is
``logistic(a_k + 0.5 · recent complaint + 0.3 · z(charge))``: the effect of the offer can be learned
from the randomised arm, and from the logged one by its propensities.
"""

from dataclasses import dataclass, replace

import numpy as np

from simulation.grid import DAY, HOUR, Bools, Floats, Ints, Random, sigmoid

_ATTRACTION = (-0.4, -1.0, -1.3)


@dataclass(frozen=True)
class Offers:
    """Offers in order of time; arrays of shape (offers,)."""

    owner: Ints
    at: Ints
    offer: Ints
    randomised: Bools
    propensity: Floats
    accepted: Bools
    accepted_at: Ints
    margin: Floats
    """What the offer earned within a month, in pesos; negative where it only cost."""

    def only(self, chosen: Bools) -> "Offers":
        """Return the chosen offers."""
        return Offers(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def until(self, left: Ints) -> "Offers":
        """Return the offers made before each customer left, accepted only while they stayed."""
        made = self.only(self.at < left[self.owner])
        return replace(made, accepted=made.accepted & (made.accepted_at < left[made.owner]))


@dataclass(frozen=True)
class Situation:
    """What the policy sees of a customer in a month; arrays of shape (customers, months)."""

    charge: Floats
    tenure: Ints
    fiber: Bools
    complained: Bools
    reachable: Bools


def make_offers(rng: Random, asof: Ints, seen: Situation, share: float = 0.08) -> Offers:
    """Offer to a share of the reachable customers some days after each month's first."""
    chosen = seen.reachable & (rng.random(seen.reachable.shape) < share)
    owner, month = np.nonzero(chosen)
    order = np.argsort(month, kind="stable")
    owner, month = owner[order].astype(np.int64), month[order]
    n = len(owner)
    at = (
        asof[month]
        + rng.integers(1 * DAY, 20 * DAY, n) // DAY * DAY
        + rng.integers(13 * HOUR, 23 * HOUR, n)
    )
    standard = (seen.charge - seen.charge.mean()) / seen.charge.std()
    scores = np.stack(
        [
            0.9 * standard[owner, month],
            0.6 * np.log1p(seen.tenure[owner, month]) - 1.6,
            0.8 * ~seen.fiber[owner, month] - 0.4,
        ],
        axis=1,
    )
    policy = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    randomised = rng.random(n) < 0.5
    odds = np.where(randomised[:, None], 1 / 3, policy)
    offer = (rng.random(n)[:, None] > np.cumsum(odds, axis=1)[:, :2]).sum(1).astype(np.int64)
    pull = np.array(_ATTRACTION)[offer] + 0.3 * standard[owner, month]
    accepted = rng.random(n) < sigmoid(pull + 0.5 * seen.complained[owner, month])
    gain = np.where(accepted, 0.35 * seen.charge[owner, month], 0) - 2_500
    return Offers(
        owner=owner,
        at=at,
        offer=offer,
        randomised=randomised,
        propensity=np.round(odds[np.arange(n), offer], 4),
        accepted=accepted,
        accepted_at=at + rng.integers(600, 5 * DAY, n),
        margin=np.round(gain, -1),
    )
