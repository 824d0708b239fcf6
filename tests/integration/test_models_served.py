"""Champions behind ``mlflow models serve`` predict what our own code predicts, record by record."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_contracts.contract import Task
from features.shapes import TrainingSet
from foundation.settings import Settings
from models.artifact import Entry
from models.champion import Provenance
from models.example import synthetic_records
from models.judged import out_of_fold_table
from models.learn import learn
from models.registry import Registry
from models.risk import resolve
from models.score import Scorer
from models.tracking import client_of
from tests.served_models import served
from tests.unit.models.conftest import made_up

pytestmark = pytest.mark.slow
STRANGE = [
    {"complaints": math.nan, "contract": None, "text": None},
    {"complaints": 2.0, "contract": "never seen", "text": "palabras que nadie escribió"},
]


def registered(settings: Settings, training: TrainingSet) -> Scorer:
    learned = learn(training)
    rows, model = learned.rows, training.model
    binary, base_rate = model.task == "binary", learned.positives / len(rows)
    registry = Registry(settings)
    entry = Entry(
        tenant_id="acme",
        model=model.name,
        pipeline=learned.pipeline,
        features=training.features,
        provenance=Provenance("1.0.0", {"customer": 3}, "0.1.0+x", "2026-01-01T00:00:00"),
        parameters={"estimator": learned.estimator},
        metrics={},
        example=synthetic_records(rows.records, dict(rows.kinds)),
        out_of_fold=out_of_fold_table(rows, training.entity_ids, learned.judged, model),
        bands=resolve(model.classes, base_rate, model.label.horizon_days) if binary else (),
    )
    registry.set_alias(registry.log(entry), "champion")
    return Scorer(registry.get("acme", model.name))


def ours(task: Task) -> Callable[[object], list[float]]:
    if task == "number":
        return lambda score: [score.predicted_value]  # type: ignore[attr-defined]
    if task == "multiclass":
        return lambda score: list(score.class_probabilities.values())  # type: ignore[attr-defined]
    return lambda score: [1 - score.probability, score.probability]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("task", "text"), [("binary", True), ("multiclass", False), ("number", False)]
)
def test_a_served_champion_predicts_the_same(task: Task, text: bool, tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    training = made_up(400, task, text=text)
    scorer = registered(settings, training)
    names = [spec.name for spec in training.features]
    records = [{n: r[n] for n in names} for r in [*training.records[:40], *STRANGE]]
    told = np.array([ours(task)(score) for score in scorer.score(records)])
    version = client_of(settings).get_model_version(scorer.champion.name, scorer.champion.version)
    with served(str(version.source), tmp_path / "serve.log") as ask:
        found = ask(records)
    assert found.reshape(told.shape) == pytest.approx(told, abs=1e-9)
