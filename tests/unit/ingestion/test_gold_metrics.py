"""The contact centre's measures: each formula on figures that can be checked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts import metrics


@pytest.mark.parametrize(
    ("within", "offered", "short", "expected"),
    [(80, 105, 5, 0.8), (0, 10, 0, 0.0), (0, 5, 5, None), (0, 0, 0, None)],
)
def test_service_level(within: int, offered: int, short: int, expected: float | None):
    assert metrics.service_level(within, offered, short) == expected


@pytest.mark.parametrize(
    ("abandoned", "short", "offered", "expected"),
    [(15, 5, 105, 0.1), (5, 5, 105, 0.0), (5, 5, 5, None)],
)
def test_abandonment_rate(abandoned: int, short: int, offered: int, expected: float | None):
    assert metrics.abandonment_rate(abandoned, short, offered) == expected


def test_times_are_means_over_answered_calls():
    assert metrics.average_speed_of_answer_seconds(300.0, 20) == 15.0
    assert metrics.average_handle_time_seconds(3600.0, 12) == 300.0
    assert metrics.average_handle_time_seconds(0.0, 0) is None


def test_shares():
    assert metrics.occupancy(2700.0, 900.0) == 0.75
    assert metrics.first_contact_resolution(70, 100) == 0.7
    assert metrics.nonconformity_rate(3, 150) == 0.02
    assert metrics.csat(9, 12) == 0.75


@given(
    counts=st.tuples(*[st.integers(0, 1000)] * 3).map(sorted),
)
def test_rates_lie_between_zero_and_one(counts: list[int]):
    short, abandoned, offered = counts
    answered = offered - abandoned
    for rate in (
        metrics.service_level(answered, offered, short),
        metrics.abandonment_rate(abandoned, short, offered),
    ):
        assert rate is None or 0.0 <= rate <= 1.0
