"""Registered models in the hands of others, in an environment of their own: the same scores.

A model's ``requirements.txt`` names what it needs but for our own package, which no index has; its
wheel comes from ``python -m hatchling build -t wheel`` and is installed without what the platform
needs besides. The trees need not even that: they are XGBoost's own JSON.
"""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.spec import is_missing
from foundation.settings import Settings
from models.artifact import MODEL_FILE
from models.learn import learn
from models.pipeline import RecordPipeline
from models.recipe import Member, Recipe
from tests.interop.environments import ROOT, environment, ran, uv
from tests.registered_models import folder_of, registered
from tests.unit.models.conftest import declaration, made_up

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
LOCK = ROOT / "requirements.lock"


def environment_of(folder: Path) -> Path:
    """Return the Python of an environment with what the model names, each of it in our lock."""
    named = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = LOCK.read_text(encoding="utf-8")
    assert [one for one in named if f"\n{one} " not in locked] == []
    content = "\n".join(named).encode() + LOCK.read_bytes()
    return environment("models", *named, "--constraint", LOCK, made_of=content)


def wheel(folder: Path) -> Path:
    """Return a folder into which our wheel was installed, without its dependencies."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = (folder / "dist").glob("abcall-*.whl")
    uv("pip", "install", "--no-deps", "--target", folder / "site", built)
    return folder / "site"


def test_a_plain_user_of_scikit_learn_gets_the_same_probabilities(tmp_path: Path):
    settings, training = Settings.at(tmp_path / "data"), made_up(400, text=True)
    scorer = registered(settings, training, learn(training))
    told = [score.probability for score in scorer.score(training.records)]
    folder, given = folder_of(settings, scorer), tmp_path / "given.json"
    records = [
        {name: None if is_missing(value) else value for name, value in record.items()}
        for record in training.records
    ]
    given.write_text(json.dumps({"records": records, "outcomes": training.y.tolist()}))
    program, site = HERE / "sklearn_reader.py", wheel(tmp_path)
    found = json.loads(
        ran(environment_of(folder), program, folder, given, path=[site], home=tmp_path)
    )
    assert np.array(found["probabilities"])[:, 1] == pytest.approx(told, abs=1e-9)
    assert found["classifier"]
    assert min(found["accuracies"]) > 0.7
    assert found["platform"] == []


def test_a_plain_user_of_xgboost_gets_the_same_probabilities(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    training = replace(made_up(400), model=declaration("binary", ("boosted",)))
    learned, trees = learn(training), Recipe([Member("boosted", "boosted", {"rounds": 40})])
    pipeline = RecordPipeline(trees, learned.rows.kinds).fit(training.records, training.y)
    scorer = registered(settings, training, replace(learned, pipeline=pipeline))
    told = [score.probability for score in scorer.score(training.records)]
    folder, rows = folder_of(settings, scorer), tmp_path / "rows.npy"
    np.save(rows, pipeline.encoder_.transform(training.records))
    program = HERE / "xgboost_reader.py"
    found = json.loads(
        ran(environment_of(folder), program, folder / MODEL_FILE, rows, home=tmp_path)
    )
    assert found == pytest.approx(told, abs=1e-6)
