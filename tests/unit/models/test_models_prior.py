"""A vertical's prior: weights alone, of what several know; a tenant leaves it as it learns."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from features.shapes import TrainingSet
from models.adapted import Adapted
from models.cross import fit
from models.encoder import RecordEncoder
from models.linear import Linear
from models.pipeline import layout_of
from models.prior import Part, Prior, part_of
from models.ranking import auc_of_draws
from models.rows import Rows
from models.search import FEW_ROWS, choose

Make = Callable[..., TrainingSet]
NAMES = ("complaints", "contract")


def others(make: Make) -> Prior:
    """Return the prior of two companies, which are much like the one that begins."""
    return Prior("tenants", tuple(part_of(Rows.of(make(1_500, seed=s)), NAMES) for s in (1, 2)))


def test_only_what_several_tenants_know_is_told():
    one, other = Part({"months": 1.0, "plan=gold": 3.0}, 800), Part({"months": 2.0}, 900)
    prior = Prior("tenants", (one, other))
    assert prior.weights == {"months": 1.5}
    assert prior.on(["plan=gold", "months", "charge"]).tolist() == [0.0, 1.5, 0.0]
    assert prior.rows == 1_700
    assert Prior("generated", (one,)).weights == one.weights


def test_a_part_holds_no_text_no_own_column_and_no_value_of_few(make: Make):
    training = make(600, text=True)
    for place, record in enumerate(training.records[:9]):
        record["contract"] = f"rare-{place % 3}"
    part = part_of(Rows.of(training), ("contract", "text"))
    assert set(part.weights) == {"contract=month", "contract=year"}
    assert part.weights["contract=month"] > part.weights["contract=year"]


def test_what_is_missing_from_a_few_persons_alone_has_no_weight_in_a_part(make: Make):
    training = make(600)
    for number, record in enumerate(training.records):
        record["complaints"] = None if number < 9 else float(number % 4)
    assert set(part_of(Rows.of(training), ("complaints",)).weights) == {"complaints"}
    training.records[9]["complaints"] = None
    assert "complaints=?" in part_of(Rows.of(training), ("complaints",)).weights


def test_money_of_any_currency_says_the_same(make: Make):
    dollars, pesos = make(800), make(800)
    for record in pesos.records:
        record["complaints"] = 4_000.0 * float(str(record["complaints"]))
    one, other = (part_of(Rows.of(each), NAMES).weights for each in (dollars, pesos))
    assert one["complaints"] == pytest.approx(other["complaints"], rel=1e-3)


def test_without_a_prior_the_adapted_is_the_linear_candidate(make: Make):
    rows = Rows.of(make(300))
    encoder = RecordEncoder(rows.kinds)
    matrix, layout = encoder.fit_transform(rows.records), layout_of(encoder)
    one, other = (kind("binary", 0.2).fit(matrix, rows.codes, layout) for kind in (Adapted, Linear))
    assert np.allclose(one.margins(matrix), other.margins(matrix), atol=0.02)


def test_held_back_hard_it_keeps_the_priors_order(make: Make):
    rows, prior = Rows.of(make(300)), others(make)
    encoder = RecordEncoder(rows.kinds)
    matrix = encoder.fit_transform(rows.records)
    opposite = Adapted("binary", 1e-6).fit(matrix, 1 - rows.codes, layout_of(encoder, prior))
    held = Adapted("binary", 1e-6).fit(matrix, rows.codes, layout_of(encoder, prior))
    free = Adapted("binary", 10.0).fit(matrix, 1 - rows.codes, layout_of(encoder, prior))
    assert area(rows, held.margins(matrix)) > 0.7
    assert area(rows, free.margins(matrix)) < 0.3
    assert np.abs(opposite.weights_).max() < np.abs(held.weights_).max()


def area(rows: Rows, margins: np.ndarray) -> float:
    return float(auc_of_draws(rows.codes, margins[:, 0])(np.ones((1, len(rows))))[0])


def test_fifty_rows_with_a_prior_say_more_than_without(make: Make):
    prior, asked = others(make), Rows.of(make(2_000, seed=9))
    gained = []
    for seed in range(20, 24):
        few = Rows.of(make(50, seed=seed))
        with_, without = (
            fit(replace(few, prior=known), ("linear", "boosted"), "auc") for known in (prior, None)
        )
        pair = [area(asked, pipeline.margins(asked.records)) for pipeline in (with_, without)]
        gained.append(pair[0] - pair[1])
    assert np.mean(gained) > 0.01


def test_of_few_rows_no_tree_is_grown_and_reasons_still_add_up(make: Make):
    few = replace(Rows.of(make(60)), prior=others(make))
    assert len(few) < FEW_ROWS
    recipe = choose(few, ("linear", "boosted"), "auc", 0).recipe
    assert {member.family for member in recipe.members} <= {"linear", "adapted"}
    pipeline = fit(few, ("linear", "boosted"), "auc")
    matrix = pipeline.encoder_.transform(few.records)
    added = pipeline.contributions_of(matrix).sum(axis=2)
    assert np.abs(added - pipeline.margins_of(matrix)).max() < 1e-6
