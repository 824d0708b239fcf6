"""Quality once labels arrive: a loss that is real is told, and the luck of the draw is not."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from models.watch_outcomes import Outcomes, counted
from models.watch_quality import compared
from models.watch_rows import Scored
from models.watch_table import Finding


def rows(size: int, signal: float, seed: int, lift: float = 0.0) -> Outcomes:
    """Return outcomes that follow their margins, as much as ``signal`` says."""
    generator = np.random.default_rng(seed)
    margins = generator.normal(-1.5, 1.2, size)
    truth = -1.5 + lift + signal * (margins + 1.5)
    codes = (generator.random(size) < 1 / (1 + np.exp(-truth))).astype(float)
    persons = np.array([f"p{i}" for i in range(size)])
    half = np.arange(size // 2)
    return Outcomes(codes, margins[:, None], persons, {"city=Cali": half})


def found(before: Outcomes, now: Outcomes) -> dict[tuple[str, str], Finding]:
    return {(one.slice, one.feature): one for one in compared("champion", "binary", before, now)}


def test_what_holds_raises_no_alarm():
    told = found(rows(3000, 1.0, 0), rows(1000, 1.0, 1))
    assert set(told) == {
        (group, figure)
        for group in ("", "city=Cali")
        for figure in ("discrimination", "calibration")
    }
    assert not any(one.alarm for one in told.values())


def test_scores_that_no_longer_tell_cases_apart_are_an_alarm_in_words():
    lost = found(rows(3000, 1.0, 0), rows(1500, 0.1, 1))["", "discrimination"]
    assert lost.alarm
    assert lost.now_value < lost.then_value - 0.1
    assert "de cada 100 parejas" in lost.say("es").lower()


def test_an_outcome_twice_as_frequent_as_said_is_an_alarm_though_the_order_holds():
    told = found(rows(3000, 1.0, 0), rows(1500, 1.0, 1, lift=1.0))
    assert told["", "calibration"].alarm
    assert not told["", "discrimination"].alarm
    assert "expected" in told["", "calibration"].say("en")


def test_too_few_rows_say_nothing():
    assert found(rows(3000, 1.0, 0), rows(80, 0.0, 1)) == {}


def test_many_cases_of_few_persons_say_nothing():
    lost = rows(1500, 0.1, 1)
    few = np.array([f"p{i % 4}" for i in range(1500)])
    assert found(rows(3000, 1.0, 0), replace(lost, persons=few)) == {}


def test_one_date_in_the_future_makes_no_other_case_old():
    size = 5
    zeros, numbers = np.zeros(size, dtype=np.int64), np.arange(size)
    as_of = np.array(["2026-03-01T10", "2026-03-01T09", "2026-02-01", "2099-01-01", "2026-03-01"])
    scored = Scored(
        pa.table({}), zeros, numbers, numbers, as_of.astype("datetime64[us]"),
        np.full(size, np.datetime64("2026-03-02", "us")), np.zeros(size),
    )  # fmt: skip
    assert counted(scored, "incident").tolist() == [0, 1, 4]


@pytest.mark.slow
def test_the_draw_of_stable_outcomes_raises_few_alarms():
    before = rows(3000, 1.0, 0)
    raised = [any(o.alarm for o in found(before, rows(400, 1.0, s)).values()) for s in range(1, 61)]
    assert sum(raised) <= 3
