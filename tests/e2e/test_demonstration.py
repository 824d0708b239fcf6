"""``abcall demo``: the main job to its end; its table gives the generator's own account of rows."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from simulation.demo import generate_demo
from tests.e2e.processes import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Demo = tuple[subprocess.CompletedProcess[str], Path]
SCALE = 0.2
ROWS, MODELS = 0, 1
NAMES = ("rows", "inserted", "updated", "unchanged", "superseded", "deleted", "quarantined")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Return the ended demonstration and its data folder."""
    data = tmp_path_factory.mktemp("demo") / "data"
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "demo", "--scale", str(SCALE)],
        cwd=ROOT,
        env={"ABCALL_DATA": str(data), "ABCALL_LANGUAGE": "en", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, data


def cells(output: str, name: str, table: int) -> list[str]:
    lines = [line for line in output.splitlines() if name in line and "│" in line]
    line = lines[table]
    return [cell.strip() for cell in line.strip("│ ").split("│")]


def test_it_ends_well_and_every_file_has_its_account(demo: Demo):
    done, _ = demo
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_table_is_the_generators_account(demo: Demo, tmp_path: Path):
    done, _ = demo
    for made in generate_demo(tmp_path, scale=SCALE):
        expected: Counter[str] = Counter()
        for delivery in made.deliveries:
            expected.update(delivery.expected.counts())
        shown = cells(done.stdout, made.name, ROWS)[1:8]
        assert [int(cell.replace(",", "")) for cell in shown] == [expected[n] for n in NAMES]


def test_no_auc_is_above_the_truths(demo: Demo):
    done, _ = demo
    for name in ("Andina", "Caribe", "Quind"):
        row = cells(done.stdout, name, MODELS)
        own, truth = row[1], row[2]
        if truth != "—":
            low = float(own.partition("(")[2].partition("–")[0])
            assert low <= float(truth) + 0.005, f"{name}: {own} against {truth}"


def test_a_second_one_takes_the_place_of_the_first_but_of_no_other(demo: Demo, tmp_path: Path):
    _, data = demo
    accounts = json.loads((data / "demonstration.json").read_text())
    assert {account["tenant"] for account in accounts} == {
        "andina-movil",
        "caribe-conecta",
        "banco-quindio",
        "ABCall",
    }
    assert (data / "demonstration.json").stat().st_mode & 0o077 == 0
    environment = {"ABCALL_DATA": str(tmp_path / "own"), "PATH": "/usr/bin:/bin"}

    def abcall(*arguments: str) -> int:
        command = [sys.executable, "-m", "cli.main", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

    assert abcall("init") == 0
    assert abcall("tenant", "new", "real", "--name", "Real", "--vertical", "telecom") == 0
    assert abcall("demo", "--scale", "0.05") == 2
    assert abcall("uploads", "real") == 0
