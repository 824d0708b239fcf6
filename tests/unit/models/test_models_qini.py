"""Qini curves against small tables worked out by hand, and areas against what they must be."""

import numpy as np
import pytest

from models.evaluate import with_intervals
from models.qini import Judged, comparable, curve, qini_area, qini_coefficient, qini_with_intervals

# score  treated  outcome | among the first φ: Rt Nt Rc Nc |  Q = (Rt − Rc·Nt/Nc) / 3
#   6       yes      1    |                     1  1  0  0 |  1/3
#   5       no       0    |                     1  1  0  1 |  1/3
#   4       yes      1    |                     2  2  0  1 |  2/3
#   3       no       1    |                     2  2  1  2 |  (2 − 1)/3 = 1/3
#   2       yes      0    |                     2  3  1  2 |  (2 − 3/2)/3 = 1/6
#   1       no       0    |                     2  3  1  3 |  (2 − 1)/3 = 1/3
SCORE = np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
TREATED = np.array([True, False, True, False, True, False])
OUTCOME = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0])
ROWS = Judged.of(OUTCOME, TREATED)
ALL = np.ones((1, 6))


def test_the_curve_is_radcliffes_over_the_number_of_treated():
    found = curve(SCORE, ROWS)
    assert found.share == pytest.approx(np.arange(7) / 6)
    assert found.gain == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3, 1 / 3, 1 / 6, 1 / 3])


def test_the_uplift_is_the_difference_of_means_among_the_first():
    found = curve(SCORE, ROWS).uplift
    assert np.isnan(found[1])
    assert found[2:] == pytest.approx([1.0, 1.0, 0.5, 2 / 3 - 1 / 2, 2 / 3 - 1 / 3])


def test_the_area_is_that_of_the_trapezoids_above_the_straight_line():
    under = (0 + 2 / 3 + 2 / 3 + 4 / 3 + 2 / 3 + 1 / 3 + 1 / 3) / 12
    # (heights are counted twice but for both ends)
    expected = under - 1 / 3 / 2
    assert qini_area(SCORE, ROWS)(ALL)[0] == pytest.approx(expected)


def test_the_best_order_has_a_coefficient_of_one_and_ties_one_of_zero():
    best = OUTCOME * np.where(TREATED, 1, -1)
    assert qini_coefficient(best, ROWS)(ALL)[0] == pytest.approx(1.0)
    assert qini_area(np.zeros(6), ROWS)(ALL)[0] == pytest.approx(0.0)


def test_rows_of_one_score_count_together_whatever_their_order():
    score = np.array([2.0, 2.0, 2.0, 1.0, 1.0, 1.0])
    turned = np.array([2, 0, 1, 5, 3, 4])
    other = Judged.of(OUTCOME[turned], TREATED[turned])
    assert curve(score, ROWS).share == pytest.approx([0, 0.5, 1])
    assert qini_area(score[turned], other)(ALL)[0] == pytest.approx(qini_area(score, ROWS)(ALL)[0])


def test_a_row_of_half_the_probability_counts_twice():
    chances = np.array([0.5, 1.0, 1.0, 1.0, 1.0, 1.0])
    twice = np.array([0, 0, 1, 2, 3, 4, 5])
    doubled = Judged.of(OUTCOME[twice], TREATED[twice])
    weighted = curve(SCORE, Judged.of(OUTCOME, TREATED, chances))
    assert weighted.gain[1:] == pytest.approx(curve(SCORE[twice], doubled).gain[1:])


def test_a_draw_that_takes_a_row_twice_is_as_if_it_stood_there_twice():
    twice = np.array([0, 0, 1, 2, 3, 4, 5])
    doubled = Judged.of(OUTCOME[twice], TREATED[twice])
    drawn = np.array([[2.0, 1, 1, 1, 1, 1]])
    expected = qini_area(SCORE[twice], doubled)(np.ones((1, 7)))[0]
    assert qini_area(SCORE, ROWS)(drawn)[0] == pytest.approx(expected)


def logged(size: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return feature, treated, outcome and propensity of offers that a policy chose."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=size)
    chance = 1 / (1 + np.exp(-1.5 * x))
    chance = np.clip(chance, 0.1, 0.9)
    treated = rng.random(size) < chance
    outcome = x + treated * np.where(x > 0, 1.0, -1.0) + rng.normal(size=size)
    return x, treated, outcome, np.where(treated, chance, 1 - chance)


def test_weights_undo_what_the_policy_chose():
    x, treated, outcome, chance = logged(20_000, 0)
    weighted = curve(x, Judged.of(outcome, treated, chance))
    half = np.interp(0.5, weighted.share, weighted.gain)
    assert half == pytest.approx(0.5, abs=0.05)  # half of all gain 1
    assert weighted.gain[-1] == pytest.approx(0.0, abs=0.05)  # and the others lose it
    assert curve(x, Judged.of(outcome, treated)).gain[-1] > 0.5  # unweighted it seems a success


def test_the_interval_of_a_true_order_lies_above_zero_and_that_of_chance_does_not():
    x, treated, outcome, chance = logged(3_000, 1)
    rows = Judged.of(outcome, treated, chance)
    assert qini_with_intervals(x, rows, draws=200)["qini_area"].low > 0
    noise = np.random.default_rng(2).normal(size=3_000)
    area = with_intervals({"area": qini_area(noise, rows)}, 3_000, draws=200)["area"]
    assert area.low < 0 < area.high


def test_scores_of_several_folds_are_compared_by_their_place_in_the_fold():
    score = np.array([10.0, 30.0, 1.0, 3.0])
    assert comparable(score, np.array([0, 0, 1, 1])).tolist() == [0.25, 0.75, 0.25, 0.75]
