"""Retention offers: a randomised arm, a logged policy with known propensities, and a control.

Half of the contacts are randomised among no offer and the three offers (propensity 1/4). The others
follow a policy, ``P(arm k) = softmax(score_k)``, with scores that rise with the customer's monthly
charge (discount), tenure (speed) and internet service (support); every arm keeps a chance.

*Acceptance* is ``logistic(a_k + 0.3 · z(charge) + 0.5 · recent complaint)``. *Margin* of the 90
days after, in months of the customer's charge, has the mean

    without = 1.6 + 0.25 · z(charge) + 0.1 · ln(1 + tenure) − 0.5 · complaint
    effect  = P(accept) · gain_k − (1 − P(accept)) · 0.8 · (tenure ≥ 30 months, no complaint)

with gains ``discount 0.4 + 2 · complaint``, ``speed 2.4 without fibre, 0.2 with it``, ``support
0.2 + 2.2 · complaint``: to call old customers who are content reminds them that they could leave,
and only an offer that they take makes up for it. Acceptance is drawn, and a normal deviation of 0.6
months comes on top. So each arm's effect on each customer is known, and a model can be held to it.
"""

from dataclasses import dataclass, replace

import numpy as np

from simulation.grid import DAY, HOUR, Bools, Floats, Ints, Random, sigmoid

ARMS = 4
"""No offer, and three offers."""
MARGIN_DAYS = 90
_ATTRACTION = (-0.4, -0.6, -0.8)
_OLD_MONTHS, _HARM, _DEVIATION = 30, 0.8, 0.6


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
    """What the customer left in the 90 days after, in pesos, cost of the offer apart."""

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


def make_offers(rng: Random, asof: Ints, seen: Situation, share: float = 0.1) -> Offers:
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
    odds, randomised = _odds(rng, seen, owner, month)
    arm = (rng.random(n)[:, None] > np.cumsum(odds, axis=1)[:, :-1]).sum(1).astype(np.int64)
    expected = expect(seen)
    takes = np.hstack([np.zeros((n, 1)), expected.acceptance[owner, month]])
    accepted = rng.random(n) < takes[np.arange(n), arm]
    months = _margin_months(rng, expected, (owner, month), arm, accepted)
    return Offers(
        owner=owner,
        at=at,
        offer=arm,
        randomised=randomised,
        propensity=np.round(odds[np.arange(n), arm], 4),
        accepted=accepted,
        accepted_at=at + rng.integers(600, 5 * DAY, n),
        margin=np.round(seen.charge[owner, month] * months, -1),
    )


@dataclass(frozen=True)
class Expected:
    """The truth of every customer and month, margins in months of the charge.

    ``without`` and ``harm`` have shape (customers, months); ``acceptance``, ``gain`` and ``effect``
    one more axis, the three offers.
    """

    without: Floats
    harm: Floats
    acceptance: Floats
    gain: Floats

    @property
    def effect(self) -> Floats:
        """What each offer changes, on average over who takes it."""
        refused = (1 - self.acceptance) * self.harm[..., None]
        return np.asarray(self.acceptance * self.gain - refused)


def expect(seen: Situation) -> Expected:
    """Return what is to be expected of every customer in every month."""
    standard = (seen.charge - seen.charge.mean()) / seen.charge.std()
    complaint = seen.complained.astype(np.float64)
    old = (seen.tenure >= _OLD_MONTHS) & ~seen.complained
    gains = (0.4 + 2.0 * complaint, np.where(seen.fiber, 0.2, 2.4), 0.2 + 2.2 * complaint)
    pull = np.array(_ATTRACTION) + (0.3 * standard + 0.5 * complaint)[..., None]
    without = 1.6 + 0.25 * standard + 0.1 * np.log1p(np.maximum(seen.tenure, 0)) - 0.5 * complaint
    harm = np.where(old, _HARM, 0.0)
    return Expected(without, harm, sigmoid(pull), np.stack(gains, axis=-1).astype(np.float64))


def _odds(rng: Random, seen: Situation, owner: Ints, month: Ints) -> tuple[Floats, Bools]:
    """Return each contact's probability of every arm, and whether chance alone chose."""
    standard = (seen.charge - seen.charge.mean()) / seen.charge.std()
    scores = np.stack(
        [
            np.full(len(owner), 0.2),
            0.9 * standard[owner, month],
            0.6 * np.log1p(seen.tenure[owner, month]) - 1.6,
            0.8 * ~seen.fiber[owner, month] - 0.4,
        ],
        axis=1,
    )
    policy = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    randomised = rng.random(len(owner)) < 0.5
    return np.where(randomised[:, None], 1 / ARMS, policy), randomised


def _margin_months(
    rng: Random, expected: Expected, whom: tuple[Ints, Ints], arm: Ints, accepted: Bools
) -> Floats:
    """Draw what each contact left, in months of the charge."""
    gain = expected.gain[(*whom, np.maximum(arm - 1, 0))]
    change = np.where(accepted, gain, np.where(arm > 0, -expected.harm[whom], 0.0))
    return np.asarray(expected.without[whom] + change + rng.normal(0, _DEVIATION, len(arm)))
