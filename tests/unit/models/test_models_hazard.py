"""When an outcome comes: known hazards are found again, and censoring is fair."""

from pathlib import Path

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st

from features.shapes import Record
from models.arrays import Bools, Floats
from models.artifact import TRUSTED
from models.censored import Curve, Followed, brier_losses, concordance, integrated
from models.hazard import Hazard, median_days, person_periods, through

EDGES, HALVES = (30, 60, 90, 180), (15, 45, 75, 135)
LEAVING = {"month": 0.25, "year": 0.05}
"""Chance of leaving within 30 days, given that one has not left before."""
KINDS = {"contract": "category", "age": "numeric"}
PERSONS = 3000


def still_there(contract: str) -> Floats:
    """Return the true chance of being still there by each edge."""
    return np.array([(1 - LEAVING[contract]) ** (edge / 30) for edge in EDGES])


def lives(seed: int = 0) -> tuple[list[Record], Floats]:
    """Return persons and after how many days each leaves: a constant hazard by contract."""
    generator = np.random.default_rng(seed)
    contracts = generator.choice(["month", "year"], PERSONS)
    records: list[Record] = [
        {"contract": str(c), "age": float(i % 50)} for i, c in enumerate(contracts)
    ]
    rates = np.array([-np.log1p(-LEAVING[c]) / 30 for c in contracts])
    return records, generator.exponential(1 / rates)


def followed_for(days: Floats, seed: int = 1) -> Followed:
    """Return the same persons, each followed for 20 to 260 days at most: half are cut short."""
    limits = np.random.default_rng(seed).uniform(20, 260, len(days))
    return Followed(np.minimum(days, limits), days <= limits)


@pytest.fixture(scope="module")
def fitted() -> Hazard:
    records, days = lives()
    followed = followed_for(days)
    assert 0.3 < followed.happened.mean() < 0.7
    return Hazard(KINDS, EDGES).fit(records, followed.days, followed.happened)


@pytest.mark.parametrize("contract", LEAVING)
def test_known_hazards_are_found_again_though_half_are_cut_short(fitted: Hazard, contract: str):
    alike: list[Record] = [{"contract": contract, "age": float(age)} for age in range(50)]
    found = fitted.survival(alike).mean(axis=0)
    assert np.abs(found - still_there(contract)).max() < 0.04


def test_taking_the_cut_short_for_those_who_stay_would_be_wrong(fitted: Hazard):
    records, days = lives()
    followed = followed_for(days)
    naive = Hazard(KINDS, EDGES).fit(
        records, np.where(followed.happened, followed.days, 999.0), followed.happened
    )
    alike: list[Record] = [{"contract": "month", "age": 30.0}]
    assert naive.survival(alike)[0, -1] > still_there("month")[-1] + 0.05


def test_half_of_those_who_leave_fast_have_left_by_the_true_median(fitted: Hazard):
    survival = fitted.survival(
        [{"contract": "month", "age": 30.0}, {"contract": "year", "age": 30.0}]
    )
    fast, slow = median_days(survival, EDGES)
    truth = 30 * np.log(0.5) / np.log1p(-LEAVING["month"])
    assert fast == pytest.approx(truth, abs=10)
    assert np.isnan(slow)


cells = st.fixed_dictionaries(
    {
        "contract": st.one_of(st.none(), st.sampled_from(["month", "year", "never seen"])),
        "age": st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))),
    }
)


@settings(max_examples=25)
@given(st.lists(cells, min_size=1, max_size=30))
def test_survival_never_rises_and_is_a_chance(fitted: Hazard, records: list[Record]):
    survival = fitted.survival(records)
    assert survival.shape == (len(records), len(EDGES))
    assert (np.diff(np.hstack([np.ones((len(records), 1)), survival]), axis=1) <= 0).all()
    assert ((survival >= 0) & (survival <= 1)).all()
    assert np.allclose(fitted.predict_proba(records), 1 - survival)


chances = st.floats(0, 1)


@given(st.lists(st.tuples(*[chances] * len(EDGES), chances), min_size=1, max_size=10))
def test_bent_through_a_score_survival_still_never_rises(drawn: list[tuple[float, ...]]):
    steps = np.array([row[:-1] for row in drawn])
    survival, left = np.cumprod(steps, axis=1), np.array([row[-1] for row in drawn])
    bent = through(survival, EDGES, 60, left)
    assert ((bent >= 0) & (bent <= 1)).all()
    assert (np.diff(bent, axis=1) <= 0).all()
    usual = (survival[:, 1] > 1e-6) & (survival[:, 1] < 1 - 1e-6)
    assert bent[usual, 1] == pytest.approx(left[usual], abs=1e-5)
    assert (through(survival, EDGES, 45, left) == survival).all()


def test_a_stored_model_says_the_same(fitted: Hazard, tmp_path: Path):
    skops.io.dump(fitted, tmp_path / "model.skops")
    again = skops.io.load(tmp_path / "model.skops", trusted=TRUSTED)
    records = lives()[0][:50]
    assert np.array_equal(again.survival(records), fitted.survival(records))


durations = st.lists(st.tuples(st.floats(0, 400), st.booleans()), min_size=1, max_size=40)


def split(lived: list[tuple[float, bool]]) -> tuple[Floats, Bools]:
    return np.array([days for days, _ in lived]), np.array([ended for _, ended in lived])


@settings(max_examples=40)
@given(durations)
def test_every_entity_gives_its_spans_in_order_until_its_end(lived: list[tuple[float, bool]]):
    days, ended = split(lived)
    places, spans, came = person_periods(days, ended, EDGES)
    assert came.sum() == (ended & (days <= EDGES[-1])).sum()
    for place, (lasted, ends) in enumerate(lived):
        mine = spans[places == place].tolist()
        assert mine == list(range(len(mine)))
        assert all(lasted >= HALVES[span] or (ends and span == mine[-1]) for span in mine)
        assert came[places == place][:-1].sum() == 0


@given(durations)
def test_without_censoring_the_curve_is_the_share_still_there(lived: list[tuple[float, bool]]):
    days, _ = split(lived)
    curve = Curve.of(days, np.ones(len(days), dtype=bool))
    for edge in EDGES:
        assert curve.at(np.array([float(edge)]))[0] == pytest.approx((days > edge).mean())


@given(durations)
def test_without_censoring_the_brier_score_is_the_plain_one(lived: list[tuple[float, bool]]):
    days, _ = split(lived)
    survival = np.tile(np.linspace(0.9, 0.3, len(EDGES)), (len(days), 1))
    losses = brier_losses(Followed(days, np.ones(len(days), dtype=bool)), survival, EDGES)
    lasted = days[:, None] > np.array(EDGES)
    assert losses == pytest.approx((lasted - survival) ** 2)


def test_under_censoring_brier_score_and_concordance_are_those_of_whole_lives():
    records, days = lives()
    survival = np.array([still_there(str(record["contract"])) for record in records])
    whole, cut = Followed(days, np.ones(PERSONS, dtype=bool)), followed_for(days)
    scores = [integrated(brier_losses(f, survival, EDGES), EDGES).mean() for f in (whole, cut)]
    assert scores[1] == pytest.approx(scores[0], abs=0.01)
    ordered = [concordance(f, -survival[:, -1], EDGES[-1]) for f in (whole, cut)]
    assert ordered[1] == pytest.approx(ordered[0], abs=0.02)


def test_concordance_is_one_for_the_right_order_and_half_for_none():
    days = np.arange(1.0, 101.0)
    followed = Followed(days, np.ones(100, dtype=bool))
    assert concordance(followed, -days, 200) == 1
    assert concordance(followed, days, 200) == 0
    assert concordance(followed, np.zeros(100), 200) == 0.5


def test_the_true_chances_are_better_than_the_curve_of_everyone():
    records, days = lives()
    followed = followed_for(days)
    survival = np.array([still_there(str(record["contract"])) for record in records])
    usual = np.tile(followed.curve.at(np.array(EDGES, dtype=float)), (PERSONS, 1))
    ours, theirs = (
        integrated(brier_losses(followed, s, EDGES), EDGES).mean() for s in (survival, usual)
    )
    assert ours < 0.97 * theirs
