"""Several files at once by the upload page: a workbook with sheets, a zip, and a lone sheet."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tenancy.uploads import list_uploads
from tests.e2e.browser import MAIN, settled, signed_in, start
from tests.unit.dashboards.conftest import House, made_house
from tests.workbooks import workbook, zipped

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

EMAIL = "manager@vacia.example"
HEADER = ["Cédula", "Nombre", "Antigüedad meses", "Cargo mensual"]
PEOPLE: list[list[object]] = [[1010000010 + n, f"Persona {n}", n, 45000 + n] for n in range(12)]
CALLS = "call_id,customer_id,started_at,wait_seconds,answered\n" + "".join(
    f"L-{n},{1010000010 + n},2024-03-{n + 1:02d} 10:00,{n},yes\n" for n in range(12)
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    with made_house(tmp_path_factory.mktemp("several")) as house:
        server, address = start(house.lake.settings.data_dir)
        yield house, address
        server.terminate()
        server.wait(10)


def dropped(browser: "Browser", address: str, *files: Path, width: int = 1440) -> "Page":
    """Sign in, drop files on the upload page and wait for what it makes of them."""
    page = signed_in(browser, f"{address}/upload", EMAIL, width)
    page.locator('input[type="file"]').set_input_files([*files])
    page.wait_for_selector('[data-testid="stForm"]', timeout=60_000)
    settled(page)
    return page


def sent(page: "Page") -> str:
    page.locator('[data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector(".st-key-receipt", timeout=120_000)
    settled(page)
    return page.locator(".st-key-receipt").inner_text()


def test_a_lone_sheet_shows_its_columns_before_it_is_sent(
    served: tuple[House, str], browser: "Browser", tmp_path: Path
):
    cover: list[list[object]] = [["Informe de clientes"], ["Andina"]]
    book = workbook(
        tmp_path / "clientes.xlsx", {"Portada": cover, "Datos": [["Marzo"], [], HEADER, *PEOPLE]}
    )
    page = dropped(browser, served[1], book)
    assert "La hoja «Portada» no contiene una tabla" in page.locator(MAIN).inner_text()
    assert page.locator(".ab-source").count() == len(HEADER)
    assert "12 filas = 12 nuevas" in sent(page)
    page.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_each_file_of_a_zip_goes_into_the_table_that_the_person_sees(
    served: tuple[House, str], browser: "Browser", tmp_path: Path, width: int
):
    house, address = served
    people = "\n".join(",".join(map(str, row)) for row in [HEADER, *PEOPLE[: width // 100]])
    calls = CALLS.replace("L-", f"L{width}-")
    members = {"clientes.csv": people, "llamadas.csv": calls, "léame.txt": "Archivos de marzo."}
    page = dropped(browser, address, zipped(tmp_path / "marzo.zip", members), width=width)
    shown = page.locator(MAIN).inner_text()
    assert "marzo.zip › clientes.csv" in shown
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    told = sent(page)
    assert "Se cargaron 2 archivos" in told
    assert "«marzo.zip › léame.txt»" in told
    tables = {u.table for u in list_uploads(house.lake.store, house.empty)}
    assert tables == {"customers", "calls"}
    page.context.close()
