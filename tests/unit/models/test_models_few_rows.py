"""Few rows take a way of their own, without XGBoost and SciPy, to the same answers."""

import json

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from data_contracts.contract import Task
from features.shapes import Record
from models.boosted import Boosted
from models.calibration import Sigmoid
from models.estimator import FEW_ROWS
from models.forest import Forest
from models.intents import IntentClassifier
from models.pipeline import RecordPipeline
from models.recipe import Member, Recipe
from models.text import CharTfidf
from models.words import WordTfidf
from tests.company_of_texts import THINGS
from tests.unit.models.conftest import made_up

OBJECTIVES = {
    "binary:logistic": {},
    "reg:squarederror": {},
    "multi:softprob": {"num_class": 3},
}
COLUMNS = 6
TEXTS = ["Quiero cancelar el servicio", "¡Gracias, qué buena atención!", "zzz qwx", "", "é́ ñ 数字"]


def fitted(task: Task) -> RecordPipeline:
    """Return a blend of a linear model and trees over numbers, categories and a text."""
    training = made_up(400, task, text=True)
    members = [
        Member("text_linear", "linear", {"strength": 0.1}, 0.4),
        Member("text_boosted", "boosted", {"depth": 3, "rate": 0.1, "rounds": 30}, 0.6),
    ]
    recipe = Recipe(members, Sigmoid(0.9, 0.1) if task == "binary" else None, has_text=True)
    kinds = {spec.name: spec.type for spec in training.features}
    return RecordPipeline(recipe, kinds, task).fit(training.records, training.y)


@pytest.fixture(scope="module", params=list(OBJECTIVES))
def booster(request: pytest.FixtureRequest) -> xgboost.Booster:
    """Return trees over numbers with gaps, deep enough that some end early."""
    generator = np.random.default_rng(3)
    rows = generator.normal(size=(800, COLUMNS)).round(1)
    rows[generator.random(rows.shape) < 0.2] = np.nan
    signal = np.nan_to_num(rows[:, 0] + rows[:, 1] * rows[:, 2])
    outcomes = {
        "binary:logistic": signal > 0.7,
        "reg:squarederror": 100 * signal,
        "multi:softprob": np.digitize(signal, [-0.5, 1.0]),
    }
    parameters = {"objective": request.param, "max_depth": 5, "nthread": 1, "min_child_weight": 3}
    data = xgboost.DMatrix(rows, outcomes[request.param])
    return xgboost.train(parameters | OBJECTIVES[request.param], data, 60)


@pytest.fixture(scope="module")
def forest(booster: xgboost.Booster) -> Forest:
    return Forest.read(booster.save_raw("json"))


NUMBERS = st.one_of(
    st.floats(-4, 4, width=32), st.sampled_from([np.nan, 0.0, -0.0, 1e30, -1e30, 0.1, 0.30000001])
)


@settings(max_examples=150)
@given(st.lists(st.lists(NUMBERS, min_size=COLUMNS, max_size=COLUMNS), min_size=1, max_size=4))
def test_trees_say_what_xgboost_says_to_the_last_bit(
    booster: xgboost.Booster, forest: Forest, rows: list[list[float]]
):
    matrix = np.array(rows)
    told = booster.inplace_predict(matrix, predict_type="margin").reshape(len(rows), -1)
    assert np.array_equal(forest.margins(matrix), told)


def test_a_value_on_the_threshold_goes_right(booster: xgboost.Booster, forest: Forest):
    tree = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"][0]
    row = np.zeros((1, COLUMNS))
    row[0, tree["split_indices"][0]] = tree["split_conditions"][0]
    told = booster.inplace_predict(row, predict_type="margin").ravel()
    assert np.array_equal(forest.margins(row)[0], told)


@pytest.fixture(scope="module", params=["binary", "multiclass", "number"])
def pipeline(request: pytest.FixtureRequest) -> RecordPipeline:
    return fitted(request.param)


def test_a_stored_booster_does_not_keep_its_trees_twice(pipeline: RecordPipeline):
    boosted = next(m for m in pipeline.members_ if isinstance(m, Boosted))
    pipeline.margins([{}])
    assert "_trees" in boosted.__dict__
    assert "_trees" not in boosted.__getstate__()


RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "complaints": st.one_of(st.none(), st.just(float("nan")), st.floats(-3, 30)),
        "contract": st.sampled_from(["month", "year", "never seen", "", None]),
        "text": st.one_of(st.none(), st.sampled_from(TEXTS), st.text(max_size=30)),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_a_blend_with_texts_says_the_same_of_few_and_of_many(
    pipeline: RecordPipeline, records: list[Record]
):
    many = [*records, *[{}] * FEW_ROWS]
    few_rows, many_rows = (pipeline.encoder_.transform(one) for one in (records, many))
    assert not sparse.issparse(few_rows)
    few, all_of_them = pipeline.margins_of(few_rows), pipeline.margins_of(many_rows)
    assert np.abs(few - all_of_them[: len(records)]).max() <= 1e-6
    shares, more = (pipeline.contributions_of(rows) for rows in (few_rows, many_rows))
    assert np.abs(shares - more[: len(records)]).max() <= 1e-6
    assert np.abs(shares.sum(axis=2) - few).max() <= 1e-4


@pytest.mark.parametrize(
    "view",
    [CharTfidf(min_persons=1), CharTfidf(2, 5, 1, unknown_counts=True), WordTfidf(2, 1)],
    ids=["characters", "unknown_counts", "words"],
)
def test_one_text_weighs_what_it_weighs_among_many(view: CharTfidf | WordTfidf):
    rows = view.fit(TEXTS).transform([*TEXTS, "cancelar cancelar otra cosa"])
    for text, row in zip([*TEXTS, "cancelar cancelar otra cosa"], rows, strict=True):
        places, weights = view.row(text)
        alone = np.zeros(rows.shape[1])
        alone[places] = weights
        assert alone == pytest.approx(row.toarray().ravel(), abs=1e-12)


def test_one_text_is_heard_as_it_is_among_many():
    sayings = [f"{verb} {thing}" for thing in THINGS for verb in ("quiero", "devuelvan", "repitan")]
    intents = ["want", "refund", "repeat"] * len(THINGS)
    classifier = IntentClassifier(min_persons=2, epochs=3).fit(sayings, intents)
    asked = [*sayings[:3], "qwxz", "", "devuelvan 数字"]
    few, many = classifier.hear(asked), classifier.hear(asked + sayings[:FEW_ROWS])
    assert few.probabilities == pytest.approx(many.probabilities[: len(asked)], abs=1e-6)
    assert few.evidence == pytest.approx(many.evidence[: len(asked)], abs=1e-5)
    assert few.evidence[4] == -np.inf


class Foreign:
    """A package's estimator that relies on the sparse n-grams it learned from."""

    def margins(self, matrix: sparse.csr_matrix) -> np.ndarray:
        return np.asarray(matrix.tocsr().sum(axis=1))


def test_a_packages_estimator_gets_few_rows_sparse_as_it_learned_them():
    pipeline = fitted("number")
    pipeline.members_, pipeline.weights_ = [Foreign()], [1.0]
    assert pipeline.margins([{"text": TEXTS[0]}]).shape == (1, 1)
