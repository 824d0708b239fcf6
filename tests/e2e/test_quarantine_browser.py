"""Rows to correct, in a real browser: one correction for all, a cell, a dismissal, and its past."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion.ledger.query import state_counts
from ingestion.mapping import Mapping
from ingestion.receive import receive
from tenancy.audit import entries
from tests.e2e.browser import MAIN, settled, signed_in, start, walk
from tests.unit.dashboards.conftest import STAFF, House, made_house

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

COLUMNS = {"cedula": "customer_id", "nombre": "full_name", "edad": "age", "meses": "tenure_months"}
LINES = (
    "cedula;nombre;edad;meses",
    *(f"20{n:05};Luz {n};40;{n}" for n in range(10)),
    *(f"21{n:05};Sol {n};40;doce" for n in range(3)),
    "2200001;Paz Uno;400;1",
    "2200002;Paz Dos;41",
)


@dataclass(frozen=True)
class Served:
    """A running dashboard over a house with five rejected rows more."""

    house: House
    address: str

    def counts(self) -> tuple[int, ...]:
        found = state_counts(self.house.lake, self.house.acme, "customers")
        return tuple(found[name] for name in ("open", "resolved", "replaced", "dismissed"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("quarantine_browser")
    with made_house(folder) as house:
        path = folder / "nuevos.csv"
        path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
        mapping = Mapping(COLUMNS, "natural", None, "increment")
        receive(house.lake, house.acme, STAFF, path, "customers", mapping=mapping)
        server, address = start(house.lake.settings.data_dir)
        yield Served(house, address)
        server.terminate()
        server.wait(10)


def text_of(page: "Page") -> str:
    return page.locator(MAIN).inner_text()


def open_cause(page: "Page", sentence: str) -> None:
    """Walk to the page and open the cause whose card says this."""
    walk(page, "quarantine")
    card = page.locator('[class*="st-key-cause-"]').filter(has_text=sentence)
    card.locator("button").click()
    page.wait_for_selector("text=Volver a la lista")
    settled(page)


def test_who_may_only_look_sees_rows_and_no_values(served: Served, browser: "Browser"):
    page = signed_in(browser, f"{served.address}/", "viewer@acme.example")
    open_cause(page, "no es un número entero")
    told = text_of(page)
    assert "oculto" in told
    assert "doce" not in told
    assert page.locator(".st-key-all_at_once").count() == 0
    assert page.locator('[data-testid="stDownloadButton"]').count() == 0
    page.context.close()


def test_a_value_is_replaced_in_all_rows_a_cell_corrected_and_a_row_dismissed(
    served: Served, browser: "Browser"
):
    page = signed_in(browser, f"{served.address}/", "manager@acme.example")
    open_cause(page, "no es un número entero")
    with page.expect_download() as started:
        page.locator(".st-key-download_csv_customers button").click()
    assert "doce" in Path(started.value.path()).read_text(encoding="utf-8-sig")
    page.locator('.st-key-all_at_once [data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector("text=Primero escriba o elija el valor correcto")
    assert served.counts() == (6, 0, 0, 0)
    page.locator(".st-key-after_any input").fill("12")
    page.locator('.st-key-all_at_once [data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector("text=Filas enviadas: 3; entraron: 3", timeout=60_000)
    settled(page)
    assert "Ya no hay filas por corregir por esa causa" in text_of(page)
    assert served.counts() == (3, 3, 0, 0)

    _correct_cell(page, served)
    _dismiss_line(page, served)
    _reopen(page, served)
    acts = {entry.action for entry in entries(served.house.lake.store, served.house.acme)}
    assert {"quarantine.read", "quarantine.downloaded", "quarantine.cells"} <= acts
    page.context.close()


def _correct_cell(page: "Page", served: Served) -> None:
    """Correct a cell wrongly, which leaves the row on the list, and then blank it by name."""
    open_cause(page, "mayor que 120")
    _write_first_cell(page, "300")
    page.wait_for_selector("text=rechazadas otra vez: 1. Las rechazadas siguen", timeout=60_000)
    settled(page)
    assert served.counts() == (3, 3, 1, 0)
    page.get_by_text("Dejar ese dato en blanco").click()
    settled(page)
    page.locator('.st-key-all_at_once [data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector("text=Ya no hay filas por corregir por esa causa", timeout=60_000)
    # The cause's rows came in two files: an act for each, and one offer to refresh.
    assert text_of(page).count("Filas enviadas: 1; entraron: 1; rechazadas otra vez: 0.") >= 2
    assert page.locator(".st-key-refresh_now").count() == 1
    assert served.counts() == (1, 5, 1, 0)


def _write_first_cell(page: "Page", value: str) -> None:
    """Type into the first cell that the page points out: the second column, after the row."""
    grid = page.locator('[data-testid="stDataFrame"] .dvn-scroller')
    grid.dblclick(position={"x": 130, "y": 55})
    # The cell's own editor: keys that are typed before it is open go nowhere.
    editor = page.locator("#portal").locator("input, textarea").first
    editor.fill(value)
    editor.press("Enter")
    page.wait_for_selector("text=Corregir y reenviar 1 fila")
    page.locator(".st-key-send_cells button").click()


def _dismiss_line(page: "Page", served: Served) -> None:
    open_cause(page, "le faltan campos")
    page.locator('[data-testid="stExpander"] summary').click()
    page.locator(".st-key-dismiss_reason input").fill("Fila de prueba")
    page.locator('[data-testid="stExpander"] [data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector("text=Filas descartadas: 1", timeout=60_000)
    assert served.counts() == (0, 5, 1, 1)


def _reopen(page: "Page", served: Served) -> None:
    walk(page, "quarantine")
    page.get_by_text("Ver filas").first.click()
    page.wait_for_selector("text=Fila de prueba")
    page.locator(".st-key-reopen button").click()
    page.wait_for_selector("text=Filas reabiertas: 1", timeout=60_000)
    assert served.counts() == (1, 5, 1, 0)


def test_an_act_or_a_file_of_another_tenant_is_not_there(served: Served, browser: "Browser"):
    foreign = signed_in(
        browser, f"{served.address}/quarantine?act={'0' * 32}", "manager@vacia.example"
    )
    assert "No encontramos la corrección" in text_of(foreign)
    foreign.goto(f"{served.address}/quarantine?upload={'0' * 32}")
    settled(foreign)
    foreign.context.close()
