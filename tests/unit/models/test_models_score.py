"""Scores: the registered model is the fitted one, in plain MLflow too, and says why in words."""

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import mlflow
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.shapes import TrainingSet
from foundation.errors import InvalidRequest, NotFound
from foundation.settings import Settings
from models.artifact import Entry
from models.champion import Provenance
from models.example import MADE_UP_TEXT, synthetic_records
from models.explain import strongest_words
from models.judged import out_of_fold_table
from models.learn import Learned, learn
from models.registry import Registered, Registry
from models.risk import from_json, resolve, risk_class, say_bands, to_json
from models.score import Scorer
from models.score_table import features_json, money_at_risk
from models.train import card_of
from tests.blank_store import new_mlflow_store
from tests.silver_rows import TELECOM

Make = Callable[..., TrainingSet]


@pytest.fixture(scope="module")
def training(make: Make) -> TrainingSet:
    return make(300)


@pytest.fixture(scope="module")
def learned(training: TrainingSet) -> Learned:
    return learn(training)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings.at(tmp_path_factory.mktemp("models") / "data")
    new_mlflow_store(made)
    return made


def log(settings: Settings, tenant: str, training: TrainingSet, learned: Learned) -> Registered:
    rows = learned.rows
    return Registry(settings).log(
        Entry(
            tenant_id=tenant,
            model="churn",
            pipeline=learned.pipeline,
            features=training.features,
            provenance=Provenance("1.0.0", {"customer": 3}, "0.1.0+x", "2026-01-01T00:00:00"),
            parameters={"estimator": learned.estimator},
            metrics={"auc": 0.8},
            example=synthetic_records(rows.records, dict(rows.kinds)),
            out_of_fold=out_of_fold_table(
                rows, training.entity_ids, learned.judged, training.model
            ),
            bands=resolve(training.model.classes, learned.positives / len(rows), 30),
        )
    )


@pytest.fixture(scope="module")
def scorer(settings: Settings, training: TrainingSet, learned: Learned) -> Scorer:
    registry = Registry(settings)
    registry.set_alias(log(settings, "acme", training, learned), "champion")
    return Scorer(registry.get("acme", "churn"))


def test_the_scorer_and_plain_mlflow_predict_the_same(
    scorer: Scorer, settings: Settings, training: TrainingSet
):
    mlflow.set_tracking_uri(settings.mlflow_uri)
    address = "models:/abcall.acme.churn@champion"
    strange = [{"complaints": math.nan, "contract": None}, {"complaints": 2.0, "contract": "?"}]
    records = [*training.records[:40], *strange]
    ours = np.array([score.probability for score in scorer.score(records)])
    plain = mlflow.sklearn.load_model(address).predict_proba(records)[:, 1]
    frame = pd.DataFrame(records, columns=["complaints", "contract"])
    served = np.asarray(mlflow.pyfunc.load_model(address).predict(frame))[:, 1]
    assert np.abs(ours - plain).max() <= 1e-6
    assert np.abs(ours - served).max() <= 1e-6


def test_one_record_scores_as_it_does_among_many(scorer: Scorer, training: TrainingSet):
    records = training.records[:60]
    together = [score.probability for score in scorer.score(records)]
    alone = [scorer.score([record])[0].probability for record in records]
    assert together == pytest.approx(alone, abs=1e-9)


def test_a_reason_is_a_sentence_in_both_languages_with_its_sign(scorer: Scorer):
    score = scorer.score([{"complaints": 3.0, "contract": "month"}])[0]
    by_feature = {reason.feature: reason for reason in score.reasons}
    assert by_feature["complaints"].text_es == "3 reclamos en 30 días"
    assert by_feature["complaints"].contribution > 0
    assert by_feature["contract"].text_es == "contrato mensual"
    assert by_feature["contract"].text_en == "monthly contract"
    calm = scorer.score([{"complaints": 0.0, "contract": "year"}])[0]
    assert all(reason.contribution < 0 for reason in calm.reasons)
    assert calm.probability < 0.2 < score.probability


def test_a_score_names_its_versions_and_keeps_its_vector(scorer: Scorer):
    score = scorer.score([{"complaints": 1.0, "contract": "year", "unknown": 5}])[0]
    assert score.features == {"complaints": 1.0, "contract": "year"}
    assert (score.model_name, score.model_version) == ("abcall.acme.churn", "1")
    assert (score.contract_version, score.table_versions) == ("1.0.0", {"customer": 3})


def test_a_word_for_a_number_is_the_callers_fault(scorer: Scorer):
    with pytest.raises(InvalidRequest, match="complaints: 'many' is not a number"):
        scorer.score([{"complaints": "many"}])


def test_nothing_to_score_is_no_error(scorer: Scorer):
    assert scorer.score([]) == []


def test_the_alias_is_looked_up_each_time_and_tenants_are_apart(
    settings: Settings, training: TrainingSet, learned: Learned
):
    registry = Registry(settings)
    first, second = (log(settings, "globex", training, learned) for _ in range(2))
    registry.set_alias(first, "champion")
    registry.set_alias(second, "challenger")
    assert registry.get("globex", "churn").version == first.version
    assert registry.get("globex", "churn", "challenger").version == second.version
    registry.set_alias(second, "champion")
    assert registry.get("globex", "churn").version == second.version
    assert registry.find("globex", "churn", "challenger") is None
    with pytest.raises(NotFound):
        registry.get("nobody", "churn")


@pytest.mark.parametrize("task", ["multiclass", "number"])
def test_other_tasks_are_scored_by_the_same_code(make: Make, settings: Settings, task: str):
    made = make(200, task)
    training = replace(made, model=replace(made.model, estimators=("linear",)))
    registry = Registry(settings)
    registry.set_alias(log(settings, f"t-{task}", training, learn(training)), "champion")
    score = Scorer(registry.get(f"t-{task}", "churn")).score(training.records)[0]
    assert score.risk_class is None
    assert score.reasons
    if task == "number":
        assert score.probability is None
        assert score.predicted_value is not None
    else:
        assert sum(score.class_probabilities.values()) == pytest.approx(1)
        assert score.probability == max(score.class_probabilities.values())


def test_what_is_kept_to_compare_names_no_person(training: TrainingSet, learned: Learned):
    table = out_of_fold_table(learned.rows, training.entity_ids, learned.judged, training.model)
    columns = ["row", "person", "code", "margins", "monthly_value", "slices"]
    assert table.column_names == columns
    assert not set(table.column("row").to_pylist()) & set(training.entity_ids.tolist())


def test_the_example_input_is_nobodys_row(make: Make):
    training = make(300, text=True)
    kinds = {spec.name: spec.type for spec in training.features}
    example = synthetic_records(training.records, kinds)
    assert not [row for row in example if row in training.records]
    assert {row["text"] for row in example} == {MADE_UP_TEXT}


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(0.0, "low"), (0.0199, "low"), (0.02, "medium"), (0.0485, "medium"), (0.0486, "high")],
)
def test_a_risk_class_is_relative_to_the_usual(
    training: TrainingSet, probability: float, expected: str
):
    """Base rate 2 %: odds 1 : 49; 2.5 times the odds is 2.5 : 49, or 4.85 %."""
    assert risk_class(probability, resolve(training.model.classes, 0.02, 30)) == expected


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_probability_above_the_usual_never_sinks_below_medium(base_rate: float, p: float):
    bands = resolve(TELECOM.model("churn").classes, base_rate, 30)
    assert [band.name for band in bands] == ["low", "medium", "high", "critical"]
    assert [0.0] + [b.from_probability for b in bands[1:]] == sorted(
        b.from_probability for b in bands
    )
    assert (risk_class(p, bands) == "low") == (p < bands[1].from_probability)
    assert bands[1].from_probability == pytest.approx(base_rate)
    assert from_json(to_json(bands)) == bands


def test_a_champion_keeps_its_classes_so_that_a_stored_score_can_be_told_again(
    scorer: Scorer, training: TrainingSet
):
    bands = scorer.champion.bands
    assert bands == resolve(training.model.classes, float(training.y.mean()), 30)
    for score in scorer.score(training.records[:40]):
        assert score.risk_class == risk_class(score.probability or 0.0, bands)


def test_the_classes_are_told_in_words():
    bands = resolve(TELECOM.model("churn").classes, 0.02, 30)
    assert say_bands(bands, 0.02, "es") == (
        "Lo usual es 2,0 %; alto desde 4,9 % (2,4 veces lo usual), "
        "crítico desde 10,9 % (5,5 veces lo usual)."
    )
    assert say_bands(bands, 0.02, "en").startswith("The usual is 2.0 %; high from 4.9 % (2.4 times")


def test_money_is_decimal_and_unknown_where_a_part_is():
    assert money_at_risk(0.1, Decimal("70.35"), 30) == Decimal("7.04")
    assert money_at_risk(0.5, Decimal("70.35"), 60) == Decimal("70.35")
    assert money_at_risk(0.5, None, 30) is None


def test_an_unknown_value_is_null_in_the_kept_vector():
    assert features_json({"a": math.nan, "b": "ñ"}) == '{"a": null, "b": "ñ"}'


def test_the_words_shown_push_the_way_the_text_does():
    pushes = {"cancelar,": 3.0, "ya": 9.0, "gracias": -2.0, "servicio": 1.0}
    assert strongest_words(pushes, 1.0) == "cancelar, servicio"
    assert strongest_words(pushes, -1.0) == "gracias"


def test_a_versions_card_says_how_many_persons_were_left_out(
    training: TrainingSet, learned: Learned
):
    card = card_of(replace(training, left_out=3), learned)
    assert card["persons_left_out"] == "3"
    assert card["rows"] == str(len(learned.rows))
