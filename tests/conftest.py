"""Fixtures that every test may use; a part that is absent skips, or fails where all is required."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.ingestion_lake import Door

pytest_plugins = [
    "tests.blank_stores",
    "tests.demo_lake",
    "tests.ending",
    "tests.mariadb",
    "tests.object_storage",
    "tests.packages",
    "tests.postgres",
    "tests.service_process",
    "tests.sshd",
]

# How long an example takes tells of the machine and its load, not of the code.
hypothesis.settings.register_profile("abcall", deadline=None)
hypothesis.settings.load_profile("abcall")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
REQUIRE_ALL = os.environ.get("ABCALL_REQUIRE_ALL") == "1"


def require(present: object, what: str) -> None:
    """Go on where ``present``; else skip, or fail when ``ABCALL_REQUIRE_ALL=1``."""
    if not present:
        leave_out = pytest.fail if REQUIRE_ALL else pytest.skip
        leave_out(f"{what} is absent on this machine")


@pytest.fixture
def door(tmp_path: Path) -> "Iterator[Door]":
    """Return the door of an installation with one tenant, its lake closed afterwards."""
    from tests.ingestion_lake import Door, installation

    opened = Door(installation(tmp_path), tmp_path)
    yield opened
    opened.lake.close()


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Return the path of a real data file: ``real_data("churn_ibm_telco/Telco….csv")``."""

    def path_of(name: str) -> Path:
        path = SHARED_DATA / name
        require(path.exists(), f"the real data set {name}")
        return path

    return path_of


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Return Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium")
    require(found, "Chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield opened
        opened.close()
