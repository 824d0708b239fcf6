"""What an offer is worth, whom to leave alone, and who is left out by chance."""

import hashlib
import hmac

import numpy as np
import pytest

from models.bands import Bands
from models.hold_out import held_out
from models.offers import Budget, Forecast, Price, Priced, decide, priced

PRICES = (Price("discount", 0.6, 0.05), Price("support", 0.4, 0.05))


def mark(key: bytes):
    return lambda what, name: hmac.new(key, f"{what}:{name}".encode(), hashlib.sha256).hexdigest()


def money(effect: list[list[float]], high: list[list[float]] | None = None) -> Priced:
    """Return customers who leave 100 without an offer, at a cost of 10 an offer."""
    found = np.array(effect)
    ends = found + 50 if high is None else np.array(high)
    return Priced(np.full(len(found), 100.0), found, found - 50, ends, np.full(found.shape, 10.0))


def verdicts(table: Priced, held: list[bool] | None = None, budget: Budget | None = None):
    silent = np.array(held or [False] * len(table.without))
    return decide(table, silent, 0.1, budget)


def test_a_price_is_paid_by_the_contact_and_by_who_takes_the_offer():
    ones = np.ones((1, 2))
    forecast = Forecast(np.array([2.0]), ones * 0.5, ones * 0.1, ones, np.array([[0.5, 0.25]]))
    found = priced(forecast, PRICES, np.array([80_000.0]))
    assert found.without == pytest.approx([160_000])
    assert found.cost[0] == pytest.approx([80_000 * (0.05 + 0.3), 80_000 * (0.05 + 0.1)])
    assert found.gain[0] == pytest.approx([80_000 * 0.15, 80_000 * 0.35])


# effect of two offers, upper ends  →  verdict, offer
@pytest.mark.parametrize(
    ("effect", "high", "verdict", "offer"),
    [
        ([30.0, 40.0], [60.0, 60.0], "offer", 1),
        ([30.0, 9.0], [60.0, 60.0], "offer", 0),
        ([9.0, 8.0], [60.0, 60.0], "loss", 0),
        ([-30.0, -20.0], [-5.0, -1.0], "harm", 1),
        ([-30.0, 9.0], [-5.0, 20.0], "loss", 1),
        ([30.0, 20.0], [-1.0, 40.0], "offer", 1),
    ],
)
def test_each_customer_gets_the_best_offer_that_pays_and_does_no_harm(
    effect: list[float], high: list[float], verdict: str, offer: int
):
    found = verdicts(money([effect], [high]))
    assert (found.verdicts[0], found.offer[0]) == (verdict, offer)


def test_chance_has_a_say_only_where_an_offer_would_be_made():
    table = money([[30.0], [30.0], [1.0], [1.0]])
    found = verdicts(table, held=[True, False, True, False])
    assert found.verdicts == ("hold_out", "offer", "loss", "loss")
    assert found.propensity == pytest.approx([0.1, 0.9, 1.0, 1.0])
    assert found.by_chance.tolist() == [True, True, False, False]


def test_a_budget_of_calls_goes_to_who_gains_most_and_one_of_money_to_the_cheapest_gain():
    table = Priced(
        np.full(2, 100.0),
        np.array([[60.0], [40.0]]),
        np.zeros((2, 1)),
        np.full((2, 1), 99.0),
        np.array([[30.0], [5.0]]),
    )
    by_calls = verdicts(table, budget=Budget(calls=1))
    by_money = verdicts(table, budget=Budget(money=30.0))
    assert by_calls.verdicts == ("over_budget", "offer")
    assert by_money.verdicts == ("over_budget", "offer")
    assert verdicts(table, budget=Budget(money=35.0)).verdicts == ("offer", "offer")


def test_the_hold_out_is_stable_of_the_right_share_and_known_only_with_the_key():
    tokens = [f"person-{i}" for i in range(5_000)]
    ours, again = (held_out(mark(b"key"), tokens, 0.1) for _ in range(2))
    other = held_out(mark(b"another"), tokens, 0.1)
    assert (ours == again).all()
    assert ours.mean() == pytest.approx(0.1, abs=0.015)
    assert (ours & other).mean() == pytest.approx(0.01, abs=0.006)
    assert (held_out(mark(b"key"), tokens, 0.3) >= ours).all()
    assert not held_out(mark(b"key"), tokens, 0.0).any()


def test_bands_hold_the_mean_effect_of_people_alike_and_of_all_where_they_are_few():
    rng = np.random.default_rng(0)
    predicted = rng.normal(size=4_000)
    differences = predicted + rng.normal(size=4_000)
    found = Bands.of(predicted, differences, np.arange(4_000), arm_rows=2_000)
    low, high = found.intervals(np.array([-2.0, 2.0]))
    assert high[0] < 0 < low[1]
    few = Bands.of(predicted, differences, np.arange(4_000), arm_rows=120)
    assert len(few.low) == 1
    assert few.low[0] < 0 < few.high[0]
