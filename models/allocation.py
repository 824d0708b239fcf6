"""Whom to call under a budget: the multiple-choice knapsack, by margin per cost.

Each customer gets one offer at most. Of a customer's offers only those on the upper hull of gain
over cost can be in a best plan of a divisible budget; each step up the hull costs so much more and
brings so much more. Steps are taken by gain per cost (Sinha and Zoltners, 1979), so what is lost
against the best plan is less than the gain of one step.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from models.arrays import Floats, Ints

Bools = npt.NDArray[np.bool_]
NOBODY = -1


@dataclass(frozen=True)
class Plan:
    """Whom the budget reaches.

    Attributes
    ----------
    choice
        Place of the offer for each customer, ``NOBODY`` where the budget does not reach, (n,).
    spent
        Sum of the costs of those who are not held out.
    """

    choice: Ints
    spent: float


@dataclass(frozen=True)
class _Step:
    """One step up a customer's hull."""

    customer: int
    offer: int
    gain: float
    cost: float

    @property
    def rate(self) -> float:
        return self.gain / self.cost if self.cost > 0 else float("inf")


def allocate(
    gain: Floats, cost: Floats, budget: float | None = None, held_out: Bools | None = None
) -> Plan:
    """Return the plan of most gain that the greedy finds.

    Parameters
    ----------
    gain, cost
        Of each offer to each customer, shape (n, offers). An offer without gain (zero, negative
        or NaN) is never made.
    budget
        In the unit of ``cost``; None: without bounds.
    held_out
        Customers who are to get nothing, whatever the plan says: they keep their place in the
        order, and cost nothing.
    """
    free = np.zeros(len(gain), dtype=np.bool_) if held_out is None else held_out
    left, spent = float("inf") if budget is None else budget, 0.0
    choice = np.full(len(gain), NOBODY, dtype=np.int64)
    stuck: set[int] = set()
    for step in sorted(_steps(gain, cost), key=lambda one: (-one.rate, one.customer)):
        if step.customer in stuck:
            continue
        price = 0.0 if free[step.customer] else step.cost
        if step.cost > left - spent + _slack(left):
            stuck.add(step.customer)
            continue
        spent += price
        choice[step.customer] = step.offer
    return Plan(choice, spent)


def _slack(budget: float) -> float:
    """Return what rounding may add up to."""
    return 1e-9 * max(budget, 1.0) if np.isfinite(budget) else 0.0


def _steps(gain: Floats, cost: Floats) -> list[_Step]:
    found: list[_Step] = []
    for customer, (gains, costs) in enumerate(zip(gain.tolist(), cost.tolist(), strict=True)):
        found += _hull(customer, gains, costs)
    return found


def _hull(customer: int, gains: list[float], costs: list[float]) -> list[_Step]:
    """Return the steps up the upper hull from (0, 0), dearer and better ones, rates falling."""
    order = sorted((c, -g, k) for k, (g, c) in enumerate(zip(gains, costs, strict=True)) if g > 0)
    corners: list[tuple[float, float, int]] = [(0.0, 0.0, NOBODY)]
    for price, negative, offer in order:
        worth = -negative
        if worth <= corners[-1][1]:
            continue
        while len(corners) > 1 and _below(corners[-2], corners[-1], (price, worth, offer)):
            corners.pop()
        corners.append((price, worth, offer))
    steps = pairwise(corners)
    return [_Step(customer, b[2], b[1] - a[1], b[0] - a[0]) for a, b in steps]


def _below(
    a: tuple[float, float, int], b: tuple[float, float, int], c: tuple[float, float, int]
) -> bool:
    """Tell whether b lies on or under the line from a to c."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])
