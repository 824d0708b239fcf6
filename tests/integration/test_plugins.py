"""A package of somebody else's, installed into a folder: its feature and estimator are there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.plugins import FEATURES, plugins
from models.champion import code_version

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tests" / "plugin_package"


def install(folder: Path, source: Path = PACKAGE) -> dict[str, str]:
    """Install the package into a folder, and return the environment of who has it."""
    target = folder / "site"
    copy = shutil.copytree(source, folder / "source", dirs_exist_ok=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(target)]
    subprocess.run([*command, str(copy)], check=True, timeout=120)
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(target), str(ROOT)))}


def ran(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment | {"ABCALL_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.slow
def test_an_installed_package_adds_a_feature_and_an_estimator(tmp_path: Path):
    environment = install(tmp_path)
    done = ran(environment, "tests.plugin_worker", str(tmp_path / "work"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["said"] == ["3 llamadas en 7 días", "3 calls in 7 days"]
    assert told["counted"] == 1.0
    assert (told["estimator"], told["same"]) == ("cautious", True)
    assert told["code"] != code_version()
    listed = ran(environment, "cli.main", "plugins").stdout
    for word in ("calls_last_7_days", "abcall.estimators", "acme-models", "1.4.2"):
        assert word in listed


WRONG = {
    "cannot be loaded": ("import Linear", "import Linier"),
    "there is one of that name": ("calls_last_7_days", "calls_last_30_days"),
    "in Spanish and English": ('"es": "{n} llamadas en 7 días", ', ""),
}


@pytest.mark.slow
@pytest.mark.parametrize("sentence", WRONG)
def test_a_package_that_is_at_fault_is_named_to_the_operator(sentence: str, tmp_path: Path):
    source = shutil.copytree(PACKAGE, tmp_path / "wrong")
    for name in ("pyproject.toml", "acme_models/__init__.py"):
        file, (before, after) = source / name, WRONG[sentence]
        file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    done = ran(install(tmp_path, source), "cli.main", "plugins")
    said = " ".join(done.stderr.split())
    assert (done.returncode, sentence in said, "acme-models 1.4.2" in said) == (78, True, True), (
        said
    )


def test_without_packages_nothing_is_added():
    assert plugins(FEATURES) == ()
