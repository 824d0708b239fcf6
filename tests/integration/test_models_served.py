"""Champions behind ``mlflow models serve`` predict what our own code predicts, record by record."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_contracts.contract import Task
from foundation.settings import Settings
from models.learn import learn
from tests.registered_models import folder_of, registered
from tests.served_models import served
from tests.unit.models.conftest import made_up

pytestmark = pytest.mark.slow
STRANGE = [
    {"complaints": math.nan, "contract": None, "text": None},
    {"complaints": 2.0, "contract": "never seen", "text": "palabras que nadie escribió"},
]


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
    scorer = registered(settings, training, learn(training))
    names = [spec.name for spec in training.features]
    records = [{n: r[n] for n in names} for r in [*training.records[:40], *STRANGE]]
    told = np.array([ours(task)(score) for score in scorer.score(records)])
    with served(str(folder_of(settings, scorer)), tmp_path / "serve.log") as ask:
        found = ask(records)
    assert found.reshape(told.shape) == pytest.approx(told, abs=1e-9)
