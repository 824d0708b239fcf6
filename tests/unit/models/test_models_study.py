"""Judging without keeping gives what training would, and says what more data would bring."""

from collections.abc import Callable

import numpy as np
import pytest

from features.shapes import TrainingSet
from models.judged import outcomes_of
from models.learn import learn
from models.recipe import Recipe
from models.study import difference, figures, judge, judge_recipe, learning_curve

Make = Callable[..., TrainingSet]
pytestmark = pytest.mark.slow


def test_judging_gives_the_figures_of_a_training(make: Make):
    training = make(400)
    judged = judge(training, training.model.estimators)
    learned = learn(training)
    for metric, found in figures(judged, "binary").items():
        assert found.value == pytest.approx(learned.metrics[metric].value, abs=1e-9)


def test_every_row_is_judged_once_with_its_outcome(make: Make):
    training = make(400)
    codes, probability = outcomes_of(judge_recipe(training, Recipe.plain()))
    assert len(codes) == 400
    assert codes.sum() == training.y.sum()
    assert ((probability > 0) & (probability < 1)).all()


def test_a_feature_that_tells_is_a_difference_beyond_chance(make: Make):
    whole = make(600)
    records = [{"contract": record["contract"]} for record in whole.records]
    specs = tuple(one for one in whole.features if one.name == "contract")
    poorer = TrainingSet(**{**vars(whole), "records": records, "features": specs})
    with_it, without = (judge_recipe(one, Recipe.plain()) for one in (whole, poorer))
    found = difference(with_it, without, "binary", "auc")
    assert found.low > 0
    assert difference(without, with_it, "binary", "auc").value == pytest.approx(-found.value)


def test_a_model_is_no_different_from_itself(make: Make):
    judged = judge_recipe(make(400), Recipe.plain())
    found = difference(judged, judged, "binary", "auc")
    assert (found.low, found.value, found.high) == (0.0, 0.0, 0.0)


def test_more_persons_teach_no_less_and_the_last_point_is_the_whole(make: Make):
    training = make(800)
    sizes = learning_curve(training, Recipe.plain(), (0.1, 0.5, 1.0))
    rows = [one.rows for one in sizes]
    whole = figures(judge_recipe(training, Recipe.plain()), "binary")["auc"]
    assert rows == sorted(set(rows))
    assert sizes[-1].interval.value == pytest.approx(whole.value, abs=1e-9)
    assert sizes[0].interval.low <= sizes[-1].interval.high


def test_a_share_too_small_to_learn_from_is_left_out(make: Make):
    sizes = learning_curve(make(200), Recipe.plain(), (0.01, 1.0))
    assert len(sizes) == 1
    assert np.isfinite(sizes[0].interval.value)
