"""A short soak of the service on PostgreSQL: all that goes wrong goes wrong, nothing is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.postgres import find_programs
from tests.conftest import require

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]
MINUTES, SCALE = "0.75", "0.1"


def test_nothing_is_lost_or_doubled_while_all_goes_wrong():
    require(find_programs(), "PostgreSQL (initdb, pg_ctl)")
    command = [sys.executable, "-m", "benchmarks.serving_soak", "--store", "postgresql"]
    done = subprocess.run(
        [*command, "--minutes", MINUTES, "--scale", SCALE],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"
    assert "None lost, none doubled." in done.stdout
    assert ", 0 not; " in done.stdout
    for disturbance in ("models moved", "worker killed", "PostgreSQL crashed"):
        assert f"{disturbance}: " in done.stdout
