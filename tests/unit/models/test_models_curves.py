"""Curves and rates by hand-made rows, where each point can be counted."""

import numpy as np
import pytest

from models.curves import (
    MOST_POINTS,
    precision_recall,
    rates_by_rank,
    rates_by_value,
    roc,
    wilson,
)

CODES = np.array([0.0, 0.0, 1.0, 1.0])
RIGHT_ORDER = np.array([0.1, 0.2, 0.8, 0.9])


def test_a_perfect_order_finds_everyone_before_it_disturbs_anyone():
    line = roc(CODES, RIGHT_ORDER)
    assert (0.0, 1.0) in set(zip(line.x, line.y, strict=True))
    assert (line.x[0], line.y[0], line.x[-1], line.y[-1]) == (0.0, 0.0, 1.0, 1.0)


def test_a_wrong_order_disturbs_everyone_first():
    line = roc(CODES, -RIGHT_ORDER)
    assert (1.0, 0.0) in set(zip(line.x, line.y, strict=True))


def test_calling_everyone_has_the_precision_of_the_base_rate():
    line = precision_recall(CODES, RIGHT_ORDER)
    everyone = line.x == 1.0
    assert line.y[everyone].min() == pytest.approx(0.5)


def test_a_long_curve_keeps_its_ends_and_few_points():
    generator = np.random.default_rng(0)
    scores = generator.random(20_000)
    line = roc((generator.random(20_000) < scores).astype(float), scores)
    assert len(line.x) <= MOST_POINTS
    assert (line.x[0], line.y[-1]) == (0.0, 1.0)


def test_probabilities_that_hold_lie_within_their_intervals():
    generator = np.random.default_rng(1)
    probability = generator.random(5_000)
    codes = (generator.random(5_000) < probability).astype(float)
    found = rates_by_rank(codes, probability, 10)
    assert len(found) == 10
    assert sum(one.rows for one in found) == 5_000
    assert sum(one.observed.covers(one.middle) for one in found) >= 9


def test_probabilities_that_are_twice_too_high_do_not():
    generator = np.random.default_rng(2)
    probability = generator.random(5_000)
    codes = (generator.random(5_000) < probability / 2).astype(float)
    assert not any(one.observed.covers(one.middle) for one in rates_by_rank(codes, probability)[2:])


def test_equal_values_go_together_and_unknown_ones_nowhere():
    values = np.array([0.0, 0.0, 0.0, 1.0, 5.0, np.nan])
    codes = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
    found = rates_by_rank(codes, values, groups=4)
    assert [(one.group, one.rows) for one in found] == [("0", 3), ("1 – 5", 2)]
    assert found[0].observed.value == pytest.approx(1 / 3)


def test_a_feature_of_one_value_is_one_group():
    (only,) = rates_by_rank(CODES, np.zeros(4))
    assert (only.group, only.rows, only.observed.value) == ("0", 4, 0.5)


def test_categories_come_the_most_frequent_first():
    found = rates_by_value(CODES, np.array(["year", "month", "month", "month"]))
    assert [(one.group, one.rows) for one in found] == [("month", 3), ("year", 1)]
    assert found[0].observed.value == pytest.approx(2 / 3)


@pytest.mark.parametrize(("count", "rows"), [(0, 3), (3, 3)])
def test_wilson_never_says_that_it_is_sure_of_few_rows(count: int, rows: int):
    found = wilson(count, rows)
    assert found.high - found.low > 0.5
    assert 0 <= found.low <= found.value <= found.high <= 1
