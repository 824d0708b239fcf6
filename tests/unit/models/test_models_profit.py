"""Profit: the most that an order of customers can bring, and from which probability it does."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_contracts.contract import Money
from features.shapes import TrainingSet
from models.learn import learn
from models.profit import (
    Payoff,
    best_threshold,
    maximum_profit,
    payoff_of,
    profit_per_person,
    worthwhile_threshold,
)
from models.rows import Rows
from models.search import choose
from models.selection import score_of

Make = Callable[..., TrainingSet]
MONEY = Money("complaints", Decimal("0.05"), Decimal("0.25"), 0.5)
LEAVER, STAYER = 0.5 * (100 - 25) - 5, -25.0 - 5.0


def payoff(size: int, value: float = 100.0) -> Payoff:
    return Payoff.of(MONEY, np.full(size, value), horizon_days=30)


def test_the_most_is_reached_by_contacting_as_far_down_as_it_pays():
    left = np.array([1, 0, 1, 1, 0, 0])
    said = np.array([0.9, 0.8, 0.7, 0.6, 0.2, 0.1])
    assert maximum_profit(left, said, payoff(6)) == pytest.approx((3 * LEAVER + STAYER) / 6)
    assert best_threshold(left, said, payoff(6)) == pytest.approx(0.4)


def test_where_contacting_never_pays_nobody_is_contacted():
    left, said = np.array([0, 0, 1]), np.array([0.9, 0.8, 0.1])
    assert maximum_profit(left, said, payoff(3)) == 0
    assert best_threshold(left, said, payoff(3)) == 1.0


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.floats(0.01, 0.99), st.floats(1.0, 500.0)),
        min_size=2,
        max_size=30,
    )
)
@example([(1, 0.75, 100.0), (0, float(np.nextafter(0.75, 0)), 100.0)])
def test_no_other_threshold_brings_more(rows: list[tuple[int, float, float]]):
    left, said, value = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    money = Payoff.of(MONEY, value, horizon_days=30)
    most = maximum_profit(left, said, money)
    reached = profit_per_person(left, said, money, best_threshold(left, said, money)).mean()
    assert reached == pytest.approx(most, abs=1e-6)
    for cut in (0.0, *said.tolist(), 1.0):
        assert profit_per_person(left, said, money, cut).mean() <= most + 1e-6


def rows_of(training: TrainingSet) -> Rows:
    return Rows.of(replace(training, model=replace(training.model, money=MONEY)))


def test_a_threshold_is_kept_only_where_probabilities_are_wrong():
    drawn = np.random.default_rng(0)
    said = drawn.random(3_000)
    left, folds = (drawn.random(3_000) < said).astype(float), np.arange(3_000) % 3
    money, persons = payoff(3_000), np.arange(3_000)
    assert worthwhile_threshold(left, said, money, folds, persons) is None
    found = worthwhile_threshold(left, said**4, money, folds, persons)
    assert found == pytest.approx(float(money.threshold[0]) ** 4, abs=0.1)


def test_many_rows_of_one_person_prove_no_more_than_one():
    drawn = np.random.default_rng(2)
    said = drawn.random(60)
    left, folds = (drawn.random(60) < said**0.8).astype(float), np.arange(60) % 3
    again = np.repeat(np.arange(60), 50)
    known = (left[again], said[again], payoff(3_000), folds[again])
    assert worthwhile_threshold(left, said, payoff(60), folds, np.arange(60)) is None
    assert worthwhile_threshold(*known, again) is None
    assert worthwhile_threshold(*known, np.arange(3_000)) is not None, "strangers would prove it"


def test_a_model_may_be_chosen_by_profit(make: Make):
    rows = rows_of(make(300))
    chosen = choose(rows, ("linear",), "profit", 0)
    assert chosen.recipe.contact_threshold is None, "its probabilities are right"
    assert score_of("profit", rows, chosen.margins) > 0


def test_where_nobodys_value_is_known_profit_falls_back_on_the_usual_metric(make: Make):
    rows = Rows.of(make(200))
    chosen = choose(rows, ("linear",), "profit", 0)
    assert chosen.recipe.contact_threshold is None
    assert score_of("profit", rows, chosen.margins) == score_of("auc", rows, chosen.margins)


def test_expected_profit_is_that_of_the_thresholds_found_inside(make: Make):
    training = make(400)
    model = replace(training.model, money=MONEY, estimators=("linear",))
    learned = learn(replace(training, model=model))
    judged, rows = learned.judged, learned.rows
    known = payoff_of(rows)
    assert known is not None
    said = 1 / (1 + np.exp(-judged.margins[:, 0]))
    gained = profit_per_person(rows.codes, said, known, judged.thresholds).mean()
    assert learned.metrics["expected_profit"].value == pytest.approx(gained)
