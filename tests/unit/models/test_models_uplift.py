"""The DR-learner: right on average, right for whom, and honest about both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.doubly_robust import average, robust_scores
from models.offer_model import OfferModel
from models.propensity import known_propensity, overlap
from models.uplift import UpliftLearner

ARMS = ("none", "call", "gift")


@dataclass(frozen=True)
class World:
    """Customers whose effects are known."""

    records: list[dict[str, object]]
    arms: np.ndarray
    propensity: np.ndarray
    outcome: np.ndarray
    effects: np.ndarray


def world(size: int, seed: int, *, confounded: bool, binary: bool = False) -> World:
    """Return a world: a gift helps by 1 where x > 0, a call harms the old and helps the young."""
    rng = np.random.default_rng(seed)
    x, old = rng.normal(size=size), rng.random(size) < 0.5
    scores = np.stack([np.zeros(size), 1.2 * x, -1.2 * x], axis=1) * confounded
    odds = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    arm = (rng.random(size)[:, None] > odds.cumsum(axis=1)[:, :-1]).sum(axis=1)
    effects = np.stack([np.where(old, -0.6, 0.8), np.where(x > 0, 1.0, 0.0)], axis=1)
    change = np.where(arm == 0, 0.0, effects[np.arange(size), np.maximum(arm - 1, 0)])
    outcome = 1.0 + x + change + rng.normal(0, 0.7, size)
    if binary:
        effects = effects * 0.3
        chance = np.clip(0.4 + 0.05 * x + 0.3 * change, 0, 1)
        outcome = (rng.random(size) < chance).astype(float)
    records: list[dict[str, object]] = [
        {"x": a, "age": "old" if b else "young", "noise": c}
        for a, b, c in zip(x.tolist(), old.tolist(), rng.normal(size=size).tolist(), strict=True)
    ]
    return World(records, np.array(ARMS)[arm], odds[np.arange(size), arm], outcome, effects)


def learned(of: World, *, known: bool = True, task: str = "number") -> UpliftLearner:
    learner = UpliftLearner(task=task)  # type: ignore[arg-type]
    return learner.fit(of.records, of.outcome, of.arms, of.propensity if known else None)


@pytest.mark.parametrize("known", [True, False], ids=["logged", "estimated"])
def test_average_effects_are_right_where_a_policy_chose(known: bool):
    of = world(4_000, 0, confounded=True)
    found = {one.arm: one.interval for one in learned(of, known=known).averages_}
    for place, arm in enumerate(("call", "gift")):
        truth = of.effects[:, place].mean()
        raw = of.outcome[of.arms == arm].mean() - of.outcome[of.arms == "none"].mean()
        assert abs(found[arm].value - truth) < 0.15 < abs(raw - truth)
        assert found[arm].low - 0.03 < truth < found[arm].high + 0.03


def test_it_knows_whom_an_arm_helps_and_whom_it_harms():
    taught, asked = world(4_000, 1, confounded=False), world(2_000, 2, confounded=False)
    found = learned(taught).effects(asked.records)
    assert found.shape == (2_000, 2)
    for place in range(2):
        assert np.corrcoef(found[:, place], asked.effects[:, place])[0, 1] > 0.85
    old = np.array([record["age"] == "old" for record in asked.records])
    assert found[old, 0].mean() < -0.3
    assert found[~old, 0].mean() > 0.5


def test_where_nobody_differs_everybody_has_about_the_average():
    of = world(3_000, 3, confounded=False)
    rng = np.random.default_rng(4)
    flat = 1.0 + 0.5 * (of.arms == "gift") + rng.normal(size=3_000)
    learner = UpliftLearner().fit(of.records, flat, of.arms, of.propensity)
    effects = learner.effects(of.records)
    assert effects[:, 1].mean() == pytest.approx(0.5, abs=0.12)
    assert effects.std(axis=0).max() < 0.2


def test_a_yes_or_no_outcome_has_effects_on_its_probability():
    of = world(6_000, 5, confounded=False, binary=True)
    learner = learned(of, task="binary")
    effects = learner.effects(of.records)
    assert np.corrcoef(effects[:, 0], of.effects[:, 0])[0, 1] > 0.7
    assert 0 < learner.predict(of.records)[:, 0].mean() < 1


def test_intervals_of_averages_cover_the_truth_about_as_often_as_they_say():
    hits = 0
    for seed in range(200):
        of = world(600, 100 + seed, confounded=True)
        codes = np.array([ARMS.index(arm) for arm in of.arms])
        scores = robust_scores(np.zeros((600, 3)), of.outcome, codes, of.propensity)
        found = average(scores[:, 1] - scores[:, 0], np.arange(600))
        hits += found.covers(float(np.array([-0.6, 0.8]).mean()))
    assert 180 <= hits <= 199


def test_rows_of_one_person_are_no_more_than_one_witness():
    scores = np.random.default_rng(0).normal(size=300)
    alone = average(scores, np.arange(300))
    thrice = average(np.repeat(scores, 3), np.repeat(np.arange(300), 3))
    assert thrice.high - thrice.low == pytest.approx(alone.high - alone.low)


def test_a_score_corrects_a_wrong_expectation_by_the_probability_of_the_arm():
    expected = np.zeros((4, 2))
    y, arms = np.array([1.0, 0.0, 2.0, 2.0]), np.array([0, 0, 1, 1])
    found = robust_scores(expected, y, arms, np.full(4, 0.5))
    assert found.mean(axis=0).tolist() == [0.5, 2.0]


def test_the_diagnosis_tells_a_group_that_stands_for_few():
    arms = np.repeat([0, 1], 100)
    chances = np.concatenate([np.full(100, 0.5), np.full(99, 0.9), [0.001]])
    control, treated = overlap(arms, ("none", "call"), chances)
    assert control.effective == pytest.approx(100)
    assert treated.effective < 20
    assert (treated.smallest, treated.clipped) == (0.001, 0.01)


def test_a_randomised_row_without_a_probability_has_the_share_of_its_arm():
    arms, nobody = np.array([0, 1, 1, 1, 0]), np.full(5, np.nan)
    found = known_propensity(arms, nobody, np.array([True, True, True, True, False]))
    assert found[:4].tolist() == [0.25, 0.75, 0.75, 0.75]
    assert np.isnan(found[4])


def test_the_offer_model_forecasts_effect_interval_and_acceptance():
    of = world(1_500, 6, confounded=True)
    rng = np.random.default_rng(7)
    accepted = (of.arms != "none") & (rng.random(1_500) < np.where(of.arms == "gift", 0.8, 0.2))
    model = OfferModel().fit(
        of.records, of.outcome, of.arms, of.propensity, accepted=accepted.astype(float)
    )
    found = model.forecast(of.records[:200])
    assert found.effect.shape == found.low.shape == found.taken.shape == (200, 2)
    assert (found.low <= found.high).all()
    assert found.taken.mean(axis=0) == pytest.approx([0.2, 0.8], abs=0.07)
    assert clone(model).get_params() == model.get_params()


@parametrize_with_checks([UpliftLearner()])
def test_the_learner_keeps_scikit_learns_contract(
    estimator: object, check: Callable[[object], None]
):
    check(estimator)
