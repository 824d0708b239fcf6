"""``abcall demo`` takes no other company's place; what it makes, the page that shows it tells."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.processes import ROOT

pytestmark = pytest.mark.slow


def test_a_demonstration_takes_the_place_of_no_other_installation(tmp_path: Path):
    environment = {"ABCALL_DATA": str(tmp_path / "own"), "PATH": "/usr/bin:/bin"}

    def abcall(*arguments: str) -> int:
        command = [sys.executable, "-m", "cli.main", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

    assert abcall("init") == 0
    assert abcall("tenant", "new", "real", "--name", "Real", "--vertical", "telecom") == 0
    assert abcall("demo", "--scale", "0.05") == 2
    assert abcall("uploads", "real") == 0
