"""The section of new columns in a real browser: proposed, corrected, accepted, withdrawn."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion.mapping import Mapping
from ingestion.receive import receive
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.users import create_user
from tests.e2e.browser import MAIN, settled, signed_in, start
from tests.ingestion_lake import ACTOR, TENANT, installation
from tests.unit.dashboards.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EMAIL = "gerente@acme.example"
SECONDS = 1000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("columns")
    settings = installation(folder)
    with Lake.open(settings) as lake:
        staff = Actor("staff:test", "staff", None, frozenset({"manager"}))
        user = {"email": EMAIL, "name": "Gerente", "password": PASSWORD}
        create_user(lake.store, staff, TENANT, roles=["manager"], **user)
        for number, header in enumerate(("Puntaje interno", "PUNTAJE_INTERNO")):
            file = folder / f"clientes{number}.csv"
            rows = [f"C{n},2024-0{number + 1}-01,{n},{n * 3}" for n in range(30)]
            file.write_text("\n".join([f"id,desde,meses,{header}", *rows]) + "\n", encoding="utf-8")
            columns = {"id": "customer_id", "desde": "effective_at", "meses": "tenure_months"}
            mapping = Mapping(columns, "natural", None, "increment")
            receive(lake, TENANT, ACTOR, file, "customers", mapping=mapping)
    server, url = start(settings.data_dir)
    yield url
    server.terminate()
    server.wait(10)


def said(page: "Page", words: str) -> str:
    page.wait_for_selector(f"text={words}", timeout=90 * SECONDS)
    settled(page)
    return page.locator(MAIN).inner_text()


def test_a_manager_makes_a_new_column_their_own_and_takes_it_back(
    address: str, browser: "Browser", tmp_path: Path
):
    page = signed_in(browser, f"{address}/upload", EMAIL)
    shown = said(page, "Columnas nuevas")
    assert "en 2 archivos y 60 filas, 100 % con valor" in shown
    assert "También escrita: " in shown
    page.get_by_role("button", name="Proponer como columna").click()
    form = said(page, "Confirme o corrija")
    assert "¿Dice algo de una persona?" in form
    page.screenshot(path=tmp_path / "propose.png", full_page=True)
    page.get_by_label("Nombre para personas").fill("puntaje")
    page.get_by_label("Mayor valor admitido").fill("50")
    page.get_by_role("button", name="Aceptar y leer de nuevo").click()
    done = said(page, "ya es una columna de su contrato")
    assert "Se leyeron de nuevo 2 archivos anteriores" in done
    assert "26 filas que estaban bien pasaron a «Filas por corregir»" in done
    assert "aceptada" in done
    page.screenshot(path=tmp_path / "accepted.png", full_page=True)
    page.get_by_role("button", name="Retirar esta columna").click()
    assert "retirada" in said(page, "ya no está en su contrato")
    page.get_by_role("button", name="English").click()
    english = said(page, "New columns")
    assert "100% filled" in english
