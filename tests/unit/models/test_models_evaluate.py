"""Metrics equal scikit-learn's, intervals cover, and profit follows the contract's money."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    log_loss,
    roc_auc_score,
)

from data_contracts.contract import Money
from models.evaluate import (
    auc_with_interval,
    binary_metrics,
    difference_with_interval,
    draws_of,
    multiclass_metrics,
    number_metrics,
    with_intervals,
)
from models.profit import Payoff, profit_per_person
from models.ranking import auc_of_draws

ROWS = st.lists(st.tuples(st.booleans(), st.integers(1, 9)), min_size=2, max_size=40)


@given(ROWS)
def test_metrics_equal_scikit_learns_with_ties(rows: list[tuple[bool, int]]):
    y = np.array([outcome for outcome, _ in rows], dtype=float)
    p = np.array([score / 10 for _, score in rows])
    assume(0 < y.sum() < len(y))
    one = np.ones((1, len(y)))
    found = {name: float(metric(one)[0]) for name, metric in binary_metrics(y, p).items()}
    assert found["auc"] == pytest.approx(roc_auc_score(y, p))
    assert found["average_precision"] == pytest.approx(average_precision_score(y, p))
    assert found["brier"] == pytest.approx(brier_score_loss(y, p))
    assert found["log_loss"] == pytest.approx(log_loss(y, p))
    assert found["base_rate"] == pytest.approx(y.mean())


@settings(max_examples=25)
@given(ROWS, st.integers(0, 99))
def test_a_draw_is_the_metric_of_the_rows_drawn(rows: list[tuple[bool, int]], seed: int):
    y = np.array([outcome for outcome, _ in rows], dtype=float)
    p = np.array([score / 10 for _, score in rows])
    weights = next(draws_of(len(y), draws=1, seed=seed))
    drawn = np.repeat(np.arange(len(y)), weights[0].astype(int))
    assume(0 < y[drawn].sum() < len(drawn))
    assert auc_of_draws(y, p)(weights)[0] == pytest.approx(roc_auc_score(y[drawn], p[drawn]))


def test_calibration_is_the_logistic_regression_on_the_log_odds():
    generator = np.random.default_rng(0)
    margin = generator.normal(0, 2, 3000)
    y = (generator.random(3000) < 1 / (1 + np.exp(-(0.5 * margin + 0.3)))).astype(float)
    found = with_intervals(binary_metrics(y, 1 / (1 + np.exp(-margin))), len(y), draws=200)
    reference = LogisticRegression(C=1e9, tol=1e-9).fit(margin[:, None], y)
    assert found["calibration_slope"].value == pytest.approx(reference.coef_[0, 0], abs=1e-4)
    assert found["calibration_intercept"].value == pytest.approx(reference.intercept_[0], abs=1e-4)
    assert found["calibration_slope"].covers(0.5)
    assert not found["calibration_slope"].covers(1.0)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    """AUC of two unit normals one apart is Φ(1/√2) = 0.760."""
    truth, covered = 0.7602, 0
    for seed in range(80):
        generator = np.random.default_rng(seed)
        y = (generator.random(200) < 0.4).astype(float)
        score = generator.normal(y, 1)
        covered += auc_with_interval(y, score, draws=300, seed=seed).covers(truth)
    assert 70 <= covered <= 80


def test_rows_of_one_person_are_drawn_together_and_widen_the_interval():
    generator = np.random.default_rng(1)
    y = (generator.random(100) < 0.5).astype(float)
    score = generator.normal(y, 1)
    persons = np.repeat([f"p{i}" for i in range(100)], 10)
    alone = auc_with_interval(np.repeat(y, 10), np.repeat(score, 10))
    grouped = auc_with_interval(np.repeat(y, 10), np.repeat(score, 10), persons)
    assert grouped.value == alone.value
    assert (grouped.high - grouped.low) > 2 * (alone.high - alone.low)


def test_a_paired_difference_is_narrower_than_the_two_intervals():
    generator = np.random.default_rng(2)
    y = (generator.random(500) < 0.5).astype(float)
    worse = generator.normal(y, 1)
    better = worse + 0.4 * y
    found = difference_with_interval(auc_of_draws(y, better), auc_of_draws(y, worse), 500)
    assert 0 < found.low < found.value < found.high
    assert found.high - found.low < 0.05


def test_metrics_of_classes_and_of_numbers():
    codes, sure = np.array([0, 1, 2, 1]), np.eye(3)[[0, 1, 2, 2]] * 0.7 + 0.1
    found = with_intervals(multiclass_metrics(codes, sure), 4, draws=50)
    assert found["accuracy"].value == 0.75
    expected = f1_score(codes, sure.argmax(axis=1), average="macro")
    assert found["macro_f1"].value == pytest.approx(expected)
    assert found["log_loss"].value == pytest.approx(log_loss(codes, sure))
    numbers = with_intervals(
        number_metrics(np.array([1.0, 3.0]), np.array([1.0, 2.0])), 2, draws=50
    )
    assert numbers["mean_absolute_error"].value == 0.5
    assert numbers["r2"].value == pytest.approx(0.5)


MONEY = Money("monthly_charge", Decimal("0.02"), Decimal("0.1"), 0.5)


def test_the_cost_threshold_is_where_contacting_begins_to_pay():
    """V = 100 × 60/30 = 200; leaver 0.5·(200−10)−2 = 93; stayer −12; p* = 12/105."""
    payoff = Payoff.of(MONEY, np.array([100.0]), horizon_days=60)
    assert payoff.leaver.tolist() == [93.0]
    assert payoff.stayer.tolist() == [-12.0]
    assert payoff.threshold[0] == pytest.approx(12 / 105)


def test_the_threshold_is_the_same_in_every_currency():
    dollars, pesos = (Payoff.of(MONEY, np.array([v]), horizon_days=60) for v in (25.0, 100_000.0))
    assert dollars.threshold[0] == pytest.approx(pesos.threshold[0])
    assert pesos.leaver[0] == pytest.approx(4_000 * dollars.leaver[0])


def test_profit_counts_only_those_above_the_threshold():
    payoff = Payoff.of(MONEY, np.array([100.0, 100.0, 100.0, 0.0]), horizon_days=60)
    gained = profit_per_person(np.array([1, 0, 1, 1]), np.array([0.9, 0.9, 0.1, 0.99]), payoff)
    assert gained.tolist() == [93.0, -12.0, 0.0, 0.0]
