"""A challenger takes the champion's place only where nothing says that it is worse."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.shapes import TrainingSet
from foundation.errors import NotFound
from foundation.settings import Settings
from models.compare import Comparison, compare
from models.judged import FEWEST_PERSONS, out_of_fold_table
from models.learn import learn
from models.registry import Registry
from tests.unit.models.conftest import declaration
from tests.unit.models.test_models_score import log

Make = Callable[..., TrainingSet]
SIZE = 2_000
MODEL = declaration()


def judged(
    noise: float = 0.0, *, stretched: float = 1.0, seed: int = 1, bad_slice: str = ""
) -> pa.Table:
    """Return rows whose true log-odds are known, told with some noise."""
    drawn = np.random.default_rng(0)
    truth = drawn.normal(-0.5, 1.5, SIZE)
    code = (drawn.random(SIZE) < 1 / (1 + np.exp(-truth))).astype(float)
    segment = drawn.choice(["segment=home", "segment=business"], SIZE)
    told = truth * stretched + np.random.default_rng(seed).normal(0, noise, SIZE)
    told = np.where(segment == bad_slice, drawn.normal(-0.5, 1.5, SIZE), told)
    rows = [str(n) for n in range(SIZE)]
    return pa.table(
        {
            "row": rows,
            "person": rows,
            "code": code,
            "margins": [[value] for value in told.tolist()],
            "monthly_value": drawn.uniform(20, 80, SIZE),
            "slices": [[one] for one in segment.tolist()],
        }
    )


def against(found: Comparison) -> set[tuple[str, str]]:
    return {(reason.aspect, reason.slice) for reason in found.reasons}


def test_the_same_model_is_not_worse_in_any_aspect():
    found = compare(MODEL, judged(), judged())
    assert found.passed
    aspects = {(one.aspect, one.slice) for one in found.findings}
    slices = ("", "segment=business", "segment=home")
    assert aspects == {(a, s) for a in ("discrimination", "calibration", "profit") for s in slices}
    assert all(one.difference.value == 0 for one in found.findings)


def test_one_that_ranks_worse_stays_a_challenger_and_says_why():
    found = compare(MODEL, judged(2.0), judged())
    assert not found.passed
    assert ("discrimination", "") in against(found)
    assert compare(MODEL, judged(), judged(2.0)).passed
    told = found.reasons[0].say("es")
    assert "distinguir" in told and "todas las filas" in told and "-0." in told


def test_one_that_ranks_alike_but_is_too_sure_stays_a_challenger():
    found = compare(MODEL, judged(stretched=4.0), judged())
    assert ("calibration", "") in against(found)
    assert ("discrimination", "") not in against(found)


def test_one_that_is_worse_for_one_segment_alone_stays_a_challenger():
    found = compare(MODEL, judged(bad_slice="segment=business"), judged(3.0))
    assert against(found) >= {("discrimination", "segment=business")}
    assert not any(reason.slice == "segment=home" for reason in found.reasons)


def test_profit_is_compared_where_the_value_is_known():
    dear = replace(MODEL, money=replace(MODEL.money, acceptance_probability=0.9))
    assert ("profit", "") in against(compare(dear, judged(2.5), judged()))
    unknown = judged().set_column(4, "monthly_value", pa.array([None] * SIZE, pa.float64()))
    assert "profit" not in {one.aspect for one in compare(MODEL, unknown, judged()).findings}


def test_too_few_shared_rows_prove_nothing():
    assert not compare(MODEL, judged(), judged().slice(0, 50)).passed


def test_rows_of_an_older_table_are_compared_without_value_and_slices():
    old = judged().select(["row", "person", "code", "margins"])
    assert {(f.aspect, f.slice) for f in compare(MODEL, old, old).findings} == {
        ("discrimination", ""),
        ("calibration", ""),
    }


@pytest.mark.parametrize("unit", [1.0, 1e6])
def test_numbers_are_compared_in_the_outcomes_own_unit(unit: float):
    def numbers(error: float, seed: int) -> pa.Table:
        truth = np.random.default_rng(0).normal(50.0, 10.0, size=1_000)
        told = truth + np.random.default_rng(seed).normal(0.0, error, size=1_000)
        rows = [str(n) for n in range(1_000)]
        margins = [[value] for value in (told * unit).tolist()]
        return pa.table({"row": rows, "person": rows, "code": truth * unit, "margins": margins})

    model, champion = declaration("number"), numbers(5.0, seed=1)
    moved = [[m[0] + 0.001 * unit] for m in champion.column("margins").to_pylist()]
    assert compare(model, champion.set_column(3, "margins", [moved]), champion).passed
    assert compare(model, numbers(3.0, seed=2), champion).passed
    assert not compare(model, numbers(6.0, seed=2), champion).passed


def test_slices_of_few_persons_are_not_kept(make: Make):
    training = make(300)
    learned = learn(training)
    records = [
        {**r, "contract": "rare" if i < FEWEST_PERSONS - 1 else r["contract"]}
        for i, r in enumerate(learned.rows.records)
    ]
    rows = replace(learned.rows, records=records)
    table = out_of_fold_table(
        rows, training.entity_ids, learned.judged, training.model, ("contract", "city")
    )
    kept = {name for names in table["slices"].to_pylist() for name in names}
    assert kept == {"contract=month", "contract=year"}


def test_a_champion_steps_back_to_the_one_before_and_no_further(make: Make, tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    training = make(200)
    learned, registry = learn(training), Registry(settings)
    versions = [log(settings, "acme", training, learned) for _ in range(3)]
    with pytest.raises(NotFound):
        registry.earlier("acme", "churn")
    for version in versions:
        registry.set_alias(version, "champion")
    for expected in ("2", "1"):
        registry.step_back(registry.earlier("acme", "churn"))
        assert registry.get("acme", "churn").version == expected
    with pytest.raises(NotFound):
        registry.earlier("acme", "churn")
    registry.set_alias(versions[2], "champion")
    registry.step_back(registry.earlier("acme", "churn"))
    assert registry.get("acme", "churn").version == "1"
