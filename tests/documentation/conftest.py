"""The built site, made once."""

import subprocess
import sys
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from tests.documentation.console import DOCS
from tests.once import made_once


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site; a warning of the build is an error."""
    return made_once(tmp_path_factory, "site", _build) / "html"


def _build(folder: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", folder / "trees"]
    # What the site generates lies beside its pages: another run of these tests may build too.
    with (DOCS.parent / "Makefile").open() as shared:
        flock(shared, LOCK_EX)
        built = subprocess.run(
            [*command, DOCS, folder / "html"], capture_output=True, text=True, check=False
        )
    assert built.returncode == 0, built.stderr
