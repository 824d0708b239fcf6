"""A real file as a client sends it: in by the upload page, out as customers at risk."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.browser import MAIN, ROOT, settled, signed_in, start, walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EMAIL = "gerente@telco.example"
PASSWORD = re.compile(r"Contraseña \(se muestra solo ahora\): (\S+)")
MINUTES = 60_000


def abcall(data: Path, *words: str) -> str:
    """Return what the command prints, in Spanish."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT,
        env={"ABCALL_DATA": str(data), "COLUMNS": "200", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Return the address of a new telecom tenant's dashboard, and its manager's password."""
    data = tmp_path_factory.mktemp("real") / "data"
    abcall(data, "init")
    abcall(data, "tenant", "new", "telco", "--name", "Telco", "--vertical", "telecom")
    roles = ("--role", "manager", "--role", "uploader")
    said = abcall(data, "user", "add", "telco", EMAIL, "--name", "Gerente", *roles)
    found = PASSWORD.search(said)
    assert found is not None
    server, address = start(data)
    yield address, found[1]
    server.terminate()
    server.wait(10)


def test_the_telco_file_goes_in_as_it_is_and_comes_out_as_customers_at_risk(
    dashboard: tuple[str, str], browser: "Browser", real_data: Callable[[str], Path]
):
    address, password = dashboard
    page = signed_in(browser, f"{address}/upload", EMAIL, password=password)
    file = real_data("churn_ibm_telco/Telco-Customer-Churn.csv")
    page.locator('input[type="file"]').set_input_files(file)
    page.wait_for_selector('[data-testid="stForm"]', timeout=MINUTES)
    settled(page)
    assert page.locator(".ab-source").count() == 21
    page.locator('[data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector(".st-key-receipt", timeout=2 * MINUTES)
    settled(page)
    receipt = page.locator(MAIN).inner_text()
    assert "7.043 filas = 7.043 nuevas" in receipt
    assert "11 celdas vacías se tomaron como 0" in receipt
    page.get_by_role("button", name="Actualizar ahora").click()
    page.wait_for_selector("text=Los tableros están al día", timeout=5 * MINUTES)
    page.get_by_text("Ver los tableros").click()
    page.wait_for_selector("text=Qué tan bien acierta", timeout=MINUTES)
    settled(page)
    overview = page.locator(MAIN).inner_text()
    assert re.search(r"entre [\d.]+ y [\d.]+ clientes", overview)
    assert "acierta" in overview
    walk(page, "customers")
    listed = page.locator(MAIN).inner_text()
    assert "contrato mensual" in listed.lower()
    assert page.locator('[data-testid="stException"]').count() == 0
    page.context.close()
