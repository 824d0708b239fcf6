"""Real files by the command line alone: received, refined, and trained to the quality expected.

Seeds 0–4 of one file take some 50 CPU seconds; where a model errs on one pair in a hundred, they
hardly differ and two are enough. Where the machine is slow, the same by hand:
``abcall upload TENANT customers FILE --receive-only``, ``abcall train TENANT churn --seeds 0-4``.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.settings import Settings
from tests.blank_store import new_mlflow_store

MEAN = r"Mean AUC of churn over the seeds {seeds}: (0\.\d{{4}})"


def abcall(data: Path, *words: str) -> str:
    """Return what the command prints; it must end well."""
    settings = {"ABCALL_DATA": str(data), "ABCALL_LANGUAGE": "en", "COLUMNS": "200"}
    program = str(Path(sys.executable).with_name("abcall"))
    done = subprocess.run(
        [program, *words],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("vertical", "file", "expected", "seeds"),
    [
        ("telecom", "churn_ibm_telco/Telco-Customer-Churn.csv", 0.84, "0-4"),
        ("banking", "churn_credit_card/BankChurners.csv", 0.99, "0-1"),
    ],
)
def test_a_real_file_reaches_its_quality_from_silver_over_several_seeds(
    real_data: Callable[[str], Path],
    tmp_path: Path,
    *,
    vertical: str,
    file: str,
    expected: float,
    seeds: str,
):
    data = tmp_path / "data"
    new_mlflow_store(Settings.at(data))
    abcall(data, "init")
    abcall(data, "tenant", "new", "acme", "--name", "Acme", "--vertical", vertical)
    abcall(data, "upload", "acme", "customers", str(real_data(file)), "--receive-only")
    printed = abcall(data, "train", "acme", "churn", "--seeds", seeds)
    found = re.search(MEAN.format(seeds=seeds), printed)
    assert found is not None, printed
    assert float(found[1]) >= expected
    assert "times the usual" in printed
