"""Drift: what changed is found and named, and what did not change raises no alarm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from features.spec import FeatureSpec
from models.arrays import Ints
from models.drift import FLOORS, Compared, Sides, compare_bins
from models.drift_cuts import OTHER, Cut, cut_of
from models.drift_text import compare_texts
from models.watch_words import Change

EVERYONE = ""
TENURE = FeatureSpec(
    "tenure", "numeric", {"es": "antigüedad: {n} meses", "en": "tenure: {n} months"}
)
PLAN = FeatureSpec(
    "plan", "category", {"es": "plan {n}", "en": "{n} plan"},
    {"month": {"es": "plan mensual", "en": "monthly plan"}},
)  # fmt: skip
Sample = dict[str, list[object]]
Slices = dict[str, Ints]


def compared(
    then: Sample,
    now: Sample,
    persons: list[str] | None = None,
    slices: dict[str, Ints] | None = None,
) -> dict[tuple[str, str, str], Compared]:
    """Compare two samples of features; each row is somebody else's unless persons are given."""
    size = len(next(iter(then.values()))), len(next(iter(now.values())))
    values = {name: [*then[name], *now[name]] for name in then}
    cuts = [cut_of(name, _kind(both), both) for name, both in values.items()]
    kept = [cut for cut in cuts if cut is not None]
    sides = Sides.of(
        np.arange(sum(size)) >= size[0], persons or [f"p{i}" for i in range(sum(size))]
    )
    codes = [cut.codes(values[cut.feature]) for cut in kept]
    found, _ = compare_bins(kept, codes, sides, slices or {EVERYONE: np.arange(sum(size))})
    return {(one.slice, one.feature, one.statistic): one for one in found}


def _kind(values: list[object]) -> str:
    return "category" if any(isinstance(value, str) for value in values) else "numeric"


def normal(size: int, mean: float = 0.0, seed: int = 0) -> list[object]:
    return list(np.random.default_rng(seed).normal(mean, 1.0, size).tolist())


def test_a_shift_is_found_and_the_feature_that_did_not_move_is_not_blamed():
    then = {"tenure": normal(800), "charge": normal(800, seed=1)}
    now = {"tenure": normal(800, mean=0.6, seed=2), "charge": normal(800, seed=3)}
    found = compared(then, now)
    blamed = {feature for (_, feature, _), one in found.items() if one.alarm}
    assert blamed == {"tenure"}
    assert found[EVERYONE, "tenure", "wasserstein"].value == pytest.approx(0.6, abs=0.15)


def test_a_change_too_small_to_matter_raises_no_alarm_however_sure_it_is():
    found = compared({"tenure": normal(40_000)}, {"tenure": normal(40_000, mean=0.05, seed=9)})
    assert not any(one.alarm for one in found.values())
    assert found[EVERYONE, "tenure", "psi"].level == FLOORS["psi"]


def test_few_rows_must_differ_more_than_many_do():
    few = compared({"tenure": normal(60)}, {"tenure": normal(60, seed=5)})
    many = compared({"tenure": normal(6000)}, {"tenure": normal(6000, seed=5)})
    for statistic in ("psi", "wasserstein"):
        key = EVERYONE, "tenure", statistic
        assert few[key].level > many[key].level


def test_values_that_went_missing_are_a_change():
    gone: list[object] = [None if i % 3 == 0 else v for i, v in enumerate(normal(900, seed=4))]
    found = compared({"tenure": normal(900)}, {"tenure": gone})
    assert found[EVERYONE, "tenure", "psi"].alarm


def test_a_category_that_grew_is_found_and_rare_values_are_told_together():
    then: list[object] = ["month"] * 300 + ["year"] * 300 + [f"rare{i}" for i in range(5)]
    now: list[object] = ["month"] * 480 + ["year"] * 120
    found = compared({"plan": then}, {"plan": now})
    assert found[EVERYONE, "plan", "jensen_shannon"].alarm
    cut = cut_of("plan", "category", [*then, *now])
    assert cut is not None
    assert cut.levels == ("month", "year", OTHER)


def test_a_value_that_one_person_has_often_is_not_named():
    plans: list[object] = ["month"] * 60 + ["year"] * 60 + ["Ana's own"] * 60
    persons = np.array([*range(120), *[120] * 60])
    cut = cut_of("plan", "category", plans, persons)
    assert cut is not None
    assert cut.levels == ("month", "year", OTHER)


def test_a_group_of_few_on_both_sides_is_not_told_by_name_however_many_its_rows():
    cut = Cut("plan", "category", np.array([]), ("month", "year"), np.array([]))
    then, now = np.array([0.0, 10.0, 90.0]), np.array([0.0, 60.0, 40.0])
    change = Change(PLAN, cut, then, now, (float("nan"),) * 2, np.array([0, 4, 40]))
    assert "mensual" not in change.say("es")


def test_a_group_that_changed_alone_is_named():
    generator = np.random.default_rng(0)
    then, now = normal(2000), normal(2000, seed=1)
    group = np.flatnonzero(generator.random(4000) < 0.2)
    rest = np.setdiff1d(np.arange(4000), group)
    moved = [v + 0.8 if i + 2000 in set(group.tolist()) else v for i, v in enumerate(now)]  # type: ignore[operator]
    slices = {EVERYONE: np.arange(4000), "city=Cali": group, "city=Pasto": rest}
    found = compared({"tenure": then}, {"tenure": moved}, slices=slices)  # type: ignore[arg-type]
    assert {one.slice for one in found.values() if one.alarm} >= {"city=Cali"}
    assert "city=Pasto" not in {one.slice for one in found.values() if one.alarm}


def test_rows_of_one_person_count_as_one():
    """Forty persons with fifty rows each are forty, and need the level of forty."""
    generator = np.random.default_rng(3)
    values = np.repeat(generator.normal(size=80), 50).tolist()
    persons = [f"p{i // 50}" for i in range(4000)]
    together = compared({"tenure": values[:2000]}, {"tenure": values[2000:]}, persons)
    apart = compared({"tenure": values[:2000]}, {"tenure": values[2000:]})
    key = EVERYONE, "tenure", "wasserstein"
    assert together[key].level > 3 * apart[key].level


@settings(max_examples=25)
@given(st.integers(2, 12), st.integers(0, 2**31))
def test_each_statistic_is_the_librarys_own(width: int, seed: int):
    generator = np.random.default_rng(seed)
    then, now = generator.integers(1, 50, (2, width))
    levels = tuple(f"v{i}" for i in range(width))
    category = Cut("plan", "category", np.array([]), levels, np.array([]))
    number = Cut("tenure", "number", np.arange(1.0, width), (), np.arange(float(width)))
    codes = np.concatenate([np.repeat(np.arange(width), n) for n in (then, now)]) + 1
    sides = Sides.of(np.arange(len(codes)) >= then.sum(), [str(i) for i in range(len(codes))])
    everyone = {EVERYONE: np.arange(len(codes))}
    found, _ = compare_bins([category, number], [codes, codes], sides, everyone)
    value = {one.statistic: one.value for one in found}
    assert value["jensen_shannon"] == pytest.approx(jensenshannon(then, now, base=2.0), abs=1e-9)
    places = np.arange(width)
    distance = wasserstein_distance(places, places, then, now)
    assert value["wasserstein"] == pytest.approx(distance)
    p, q = (
        (then + 0.5) / (then.sum() + (width + 1) / 2),
        (now + 0.5) / (now.sum() + (width + 1) / 2),
    )
    p0, q0 = 0.5 / (then.sum() + (width + 1) / 2), 0.5 / (now.sum() + (width + 1) / 2)
    index = ((q - p) * np.log(q / p)).sum() + (q0 - p0) * np.log(q0 / p0)
    assert value["psi"] == pytest.approx(index)


def test_texts_of_another_topic_are_told_apart_and_the_same_topic_is_not():
    bill = [f"la factura de {m % 9} llegó con un cobro doble" for m in range(200)]
    net = [f"el internet se cae cada {m % 9} minutos" for m in range(200)]
    persons = [f"p{i}" for i in range(400)]
    sides = Sides.of(np.arange(400) >= 200, persons)
    assert compare_texts("text", [*bill, *net], sides, 3.0).alarm
    mixed = [text for pair in zip(bill, net, strict=True) for text in pair]
    assert not compare_texts("text", mixed, sides, 3.0).alarm


def test_many_texts_of_few_persons_must_differ_more_than_those_of_many():
    texts, now = [f"mi factura de {m % 9}" for m in range(400)], np.arange(400) >= 200
    many, few = (
        compare_texts("text", texts, Sides.of(now, [f"p{i // each}" for i in range(400)]), 3.0)
        for each in (1, 10)
    )
    assert few.level > many.level


def test_what_changed_is_said_in_words_of_both_languages():
    then, now = [31.0] * 50 + [30.0] * 50, [12.0] * 50 + [11.0] * 50
    both: list[object] = [*then, *now]
    cut = cut_of("tenure", "numeric", both)
    assert cut is not None
    counts = [np.bincount(cut.codes(side), minlength=cut.width) for side in (then, now)]
    change = Change(TENURE, cut, counts[0], counts[1], (30.5, 11.5), np.maximum(*counts))
    assert change.say("es") == (
        "En promedio bajó: antes «antigüedad: 30,5 meses», ahora «antigüedad: 11,5 meses»."
    )
    assert "fell on average" in change.say("en")


def test_the_share_of_a_category_is_told_by_its_own_word():
    then: list[object] = ["month"] * 20 + ["year"] * 80
    now: list[object] = ["month"] * 70 + ["year"] * 30
    cut = cut_of("plan", "category", [*then, *now])
    assert cut is not None
    counts = [np.bincount(cut.codes(side), minlength=cut.width) for side in (then, now)]
    change = Change(PLAN, cut, counts[0], counts[1], (float("nan"),) * 2, np.maximum(*counts))
    assert change.say("es") == "«plan mensual» pasó de 20,0 % a 70,0 % de los registros."


@pytest.mark.slow
def test_stable_data_raise_an_alarm_in_one_check_of_a_hundred_at_most():
    """Twenty features and three groups at once, in samples of a few hundred, a hundred times."""
    generator = np.random.default_rng(11)
    alarms = 0
    for _ in range(100):
        rows = [list(generator.exponential(size=600)) for _ in range(10)]
        rows += [[str(v) for v in generator.integers(0, 4, 600)] for _ in range(10)]
        sample = {f"f{i}": values for i, values in enumerate(rows)}
        group = generator.random(600) < 0.4
        slices = {EVERYONE: np.arange(600), "a": np.flatnonzero(group), "b": np.flatnonzero(~group)}
        then = {name: values[:300] for name, values in sample.items()}
        now = {name: values[300:] for name, values in sample.items()}
        alarms += any(one.alarm for one in compared(then, now, slices=slices).values())
    assert alarms <= 4  # of a hundred checks at 1 %, more than four are seen once in 270 times
