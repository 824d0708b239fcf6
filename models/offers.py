"""From effects to decisions: what each offer is worth for each customer, and whom to leave alone.

All in the tenant's currency, over the days whose margin the contract's offers speak of. With value
v a month, an offer k that costs cₖ months when taken, a contact that costs f months,

    without       = v · E[margin | no offer]
    with offer k  = without + v · effectₖ − v · (f + P(taken) · cₖ)

An offer is worth making where the second is greater than the first and the effect is not credibly
below zero among people like the customer (see ``bands``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.allocation import NOBODY, Plan, allocate
from models.arrays import Floats, Ints

Bools = npt.NDArray[np.bool_]
Verdict = Literal["offer", "hold_out", "over_budget", "harm", "loss"]
"""``offer``: make it. ``hold_out``: it would be made, and chance says no. ``over_budget``: it is
worth it, and others are worth more. ``harm``, ``loss``: do not disturb, because every offer's
effect is credibly below zero, or because none brings more than it costs."""
DO_NOT_DISTURB: tuple[Verdict, ...] = ("harm", "loss")


@dataclass(frozen=True)
class Price:
    """What one offer costs, in months of the customer's value."""

    offer: str
    taken_months: float
    contact_months: float


@dataclass(frozen=True)
class Forecast:
    """What a model expects of n customers and k offers, in months of their value.

    Attributes
    ----------
    without
        Margin without an offer, shape (n,).
    effect, low, high
        What each offer changes, and the 95 % interval of the mean effect on people like them,
        shape (n, k).
    taken
        Probability that the offer is taken, shape (n, k).
    """

    without: Floats
    effect: Floats
    low: Floats
    high: Floats
    taken: Floats


@dataclass(frozen=True)
class Priced:
    """A forecast in money: ``without`` (n,), the others (n, k)."""

    without: Floats
    effect: Floats
    low: Floats
    high: Floats
    cost: Floats

    @property
    def gain(self) -> Floats:
        """What making the offer brings, its cost taken off."""
        return np.asarray(self.effect - self.cost)

    @property
    def harmful(self) -> Bools:
        """Whether the effect is credibly below zero."""
        return np.less(self.high, np.zeros_like(self.high))

    @property
    def worth(self) -> Bools:
        """Whether making the offer pays and does no credible harm."""
        worth: Bools = np.logical_and(self.gain > 0, ~self.harmful)
        return worth


@dataclass(frozen=True)
class Budget:
    """The most that may be spent, or called; None: without bounds. One of them alone."""

    money: float | None = None
    calls: int | None = None


@dataclass(frozen=True)
class Decided:
    """What is done with each customer; all of shape (n,).

    Attributes
    ----------
    verdicts
        See ``Verdict``.
    offer
        Place of the offer that the verdict speaks of: the one to make, or the best there is.
    propensity
        Probability with which chance let happen what happens: 1 where it had no say.
    by_chance
        Whether chance had a say.
    """

    verdicts: tuple[Verdict, ...]
    offer: Ints
    propensity: Floats
    by_chance: Bools
    spent: float


def priced(forecast: Forecast, prices: Sequence[Price], monthly_value: Floats) -> Priced:
    """Return a forecast in money, at a customer's monthly value."""
    value = np.asarray(monthly_value, dtype=np.float64)
    taken = np.array([price.taken_months for price in prices])
    contact = np.array([price.contact_months for price in prices])
    column = value[:, None]
    return Priced(
        without=value * forecast.without,
        effect=column * forecast.effect,
        low=column * forecast.low,
        high=column * forecast.high,
        cost=column * (contact + forecast.taken * taken),
    )


def decide(money: Priced, held_out: Bools, share: float, budget: Budget | None = None) -> Decided:
    """Return what is done with each customer.

    Parameters
    ----------
    held_out, share
        Whom chance leaves without an offer, and how probable that was for everybody.
    """
    plan = _plan(money, budget or Budget(), held_out)
    reached = plan.choice != NOBODY
    best = _best(money)
    by_chance = reached & (share > 0)
    verdicts = [_verdict(money, i, bool(reached[i]), bool(held_out[i])) for i in range(len(best))]
    chance = np.where(held_out, share, 1.0 - share)
    return Decided(
        verdicts=tuple(verdicts),
        offer=np.where(reached, plan.choice, best),
        propensity=np.where(by_chance, chance, 1.0),
        by_chance=by_chance,
        spent=plan.spent,
    )


def _plan(money: Priced, budget: Budget, held_out: Bools) -> Plan:
    gain = np.where(money.worth, money.gain, 0.0)
    if budget.calls is not None:
        return allocate(gain, np.ones_like(gain), float(budget.calls), held_out)
    if budget.money is not None:
        return allocate(gain, money.cost, budget.money, held_out)
    return allocate(gain, np.zeros_like(gain), None, held_out)


def _best(money: Priced) -> Ints:
    """Return the offer of most gain, among harmless ones where there are any."""
    harmless = np.where(money.harmful, -np.inf, money.gain)
    spared = np.isfinite(harmless).any(axis=1, keepdims=True)
    chosen = np.where(spared, harmless, money.gain)
    return np.asarray(chosen.argmax(axis=1), dtype=np.int64)


def _verdict(money: Priced, place: int, reached: bool, held_out: bool) -> Verdict:
    if reached:
        return "hold_out" if held_out else "offer"
    if money.worth[place].any():
        return "over_budget"
    return "harm" if money.harmful[place].all() else "loss"
