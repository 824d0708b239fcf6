"""Whom a budget reaches, held against every plan there is."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.allocation import NOBODY, allocate

CENTS = st.integers(0, 60).map(lambda n: n / 4)
GAINS = st.integers(-20, 80).map(lambda n: n / 4)


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, float]:
    people, offers = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    shape = [[draw(GAINS) for _ in range(offers)] for _ in range(people)]
    costs = [[draw(CENTS) for _ in range(offers)] for _ in range(people)]
    return np.array(shape), np.array(costs), draw(CENTS)


def best_plan(gain: np.ndarray, cost: np.ndarray, budget: float) -> float:
    """Return the gain of the best of all plans within the budget."""
    people, offers = gain.shape
    best = 0.0
    for plan in product(range(-1, offers), repeat=people):
        chosen = [(i, k) for i, k in enumerate(plan) if k >= 0]
        if sum(cost[i, k] for i, k in chosen) <= budget:
            best = max(best, sum(gain[i, k] for i, k in chosen))
    return best


def worth(gain: np.ndarray, choice: np.ndarray) -> float:
    return float(sum(gain[i, k] for i, k in enumerate(choice.tolist()) if k != NOBODY))


@given(tables())
def test_a_plan_keeps_the_budget_and_misses_less_than_one_offer_of_the_best(
    table: tuple[np.ndarray, np.ndarray, float],
):
    gain, cost, budget = table
    plan = allocate(gain, cost, budget)
    chosen = [(i, k) for i, k in enumerate(plan.choice.tolist()) if k != NOBODY]
    assert plan.spent == sum(cost[i, k] for i, k in chosen)
    assert plan.spent <= budget
    assert all(gain[i, k] > 0 for i, k in chosen)
    found, best = worth(gain, plan.choice), best_plan(gain, cost, budget)
    assert best - max(gain.max(), 0.0) <= found + 1e-9
    assert found <= best + 1e-9


@given(tables(), st.integers(0, 5))
def test_under_a_number_of_calls_the_plan_is_the_best_there_is(
    table: tuple[np.ndarray, np.ndarray, float], calls: int
):
    gain, _, _ = table
    ones = np.ones_like(gain)
    assert worth(gain, allocate(gain, ones, calls).choice) == best_plan(gain, ones, calls)


@given(tables())
def test_without_a_budget_everybody_gets_the_best_offer_that_gains(
    table: tuple[np.ndarray, np.ndarray, float],
):
    gain, cost, _ = table
    plan = allocate(gain, cost)
    for person, k in enumerate(plan.choice.tolist()):
        best = gain[person].max()
        assert (k == NOBODY) == (best <= 0)
        assert k == NOBODY or gain[person, k] == best


def test_who_is_held_out_keeps_the_place_and_costs_nothing():
    gain, cost = np.array([[9.0], [5.0], [4.0]]), np.ones((3, 1))
    plan = allocate(gain, cost, 1.0, np.array([True, False, False]))
    assert plan.choice.tolist() == [0, 0, NOBODY]
    assert plan.spent == 1.0
