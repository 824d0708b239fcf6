"""A dashboard process and a real browser for tests: start, sign in, walk."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError

import pytest

from foundation.ports import free_port
from tests.unit.dashboards.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
MAIN = '[data-testid="stMainBlockContainer"]'


def start(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server in a process group of its own and wait until it answers."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboards" / "app.py")]
    server = subprocess.Popen(
        [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
        env={**os.environ, "ABCALL_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return server, address
    server.kill()
    pytest.fail("the dashboard did not answer within a minute")


def settled(page: "Page") -> None:
    """Wait until no script runs and nothing more is drawn."""
    page.wait_for_selector(MAIN)
    page.wait_for_timeout(300)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(300)


def signed_in(
    browser: "Browser", url: str, email: str, width: int = 1440, password: str = PASSWORD
) -> "Page":
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(url)
    settled(page)
    page.locator('input[type="text"]').first.fill(email)
    page.locator('input[type="password"]').fill(password)
    page.locator('[data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector(".st-key-sign_out")
    settled(page)
    return page


def walk(page: "Page", name: str) -> None:
    """Go to a page by the menu, as a person does."""
    page.locator(f'.st-key-menu a[href*="{name}"]').click()
    settled(page)
