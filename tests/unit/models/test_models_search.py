"""Searching and blending: the same trials give the same recipe, and none makes it worse."""

from collections.abc import Callable
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.shapes import TrainingSet
from models.blend import STAGES, blended
from models.catalogue import SPACES, Candidate
from models.rows import Rows
from models.search import Budget, choose
from models.selection import score_of
from models.trials import Trial
from tests.unit.models.conftest import made_up

Make = Callable[..., TrainingSet]
ROWS = Rows.of(made_up(120))


def test_without_time_nothing_but_the_catalogue_is_tried(make: Make):
    assert choose(Rows.of(make(200)), ("linear", "boosted"), "auc", 0).recipe.trials == 0


def test_the_same_number_of_trials_and_the_same_seed_give_the_same_recipe(make: Make):
    rows = Rows.of(make(150))
    one, other = (
        choose(rows, ("text_boosted",), "log_loss", 5, Budget(inf, 2)).recipe for _ in range(2)
    )
    assert one.to_parameters() == other.to_parameters()
    told = one.to_parameters()
    assert (told["search_trials"], told["search_seed"]) == ("2", "5")


def test_time_is_kept_and_shared_out_among_the_choices(make: Make):
    rows = Rows.of(make(150))
    assert choose(rows, ("text_boosted",), "auc", 0, Budget(1e-9)).recipe.trials == 0
    assert Budget(60.0, 9).share(6) == Budget(10.0, 9)


def test_a_searched_setting_lies_in_its_space(make: Make):
    recipe = choose(Rows.of(make(150)), ("text_boosted",), "auc", 0, Budget(inf, 2)).recipe
    for member in recipe.members:
        for name, span in SPACES["text_boosted"].items():
            value = member.settings.get(name, span.low)
            assert span.low <= value <= span.high


def trial(number: int, noise: float) -> Trial:
    drawn = np.random.default_rng(number)
    margins = (ROWS.codes - 0.5)[:, None] + noise * drawn.normal(0, 1, (len(ROWS), 1))
    family = ("linear", "boosted")[number % 2]
    settings = {"strength": 1.0 + number}
    return Trial(Candidate(family, family, settings), margins, score_of("auc", ROWS, margins))


@settings(max_examples=15)
@given(st.lists(st.floats(0.3, 4.0), min_size=1, max_size=6))
def test_a_blend_is_a_mean_of_trials_and_not_worse_than_the_best(noises: list[float]):
    trials = [trial(number, noise) for number, noise in enumerate(noises)]
    members, margins = blended(ROWS, trials, "auc")
    assert sum(member.weight for member in members) == pytest.approx(1.0)
    assert len(members) <= STAGES + 1
    by_settings = {one.candidate.settings["strength"]: one.margins for one in trials}
    mean = sum(m.weight * by_settings[m.settings["strength"]] for m in members)
    assert np.allclose(mean, margins)
    assert score_of("auc", ROWS, margins) >= max(one.score for one in trials)
