"""The dashboard in a real browser: every page, both languages, desk and phone."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.browser import MAIN, settled, signed_in, start, walk
from tests.unit.dashboards.conftest import House, made_house
from tests.unit.dashboards.offers_by_hand import company_with_offers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

PAGES = ("overview", "customers", "incidents", "offers", "models", "quarantine", "upload")
DESK, PHONE = 1440, 390
ENGLISH = ("Today", "Customers", "Upload", "Sign out", "Browse", "per file", "Choose", "rows")
SPANISH = ("Hoy", "Clientes", "Cargar", "Salir", "filas", "Elegir")


@dataclass(frozen=True)
class Served:
    """A running dashboard over a small house."""

    house: House
    address: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with made_house(tmp_path_factory.mktemp("browser")) as house:
        company_with_offers(house)
        server, address = start(house.lake.settings.data_dir)
        yield Served(house, address)
        server.terminate()
        server.wait(10)


def looks_right(page: "Page", foreign: tuple[str, ...]) -> None:
    too_wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert too_wide <= 0
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator('[data-testid="stAlert"]').count() == 0
    shown = page.locator(MAIN).inner_text()
    assert [word for word in foreign if word in shown] == []


def looks_right_at_both_widths(page: "Page", foreign: tuple[str, ...]) -> None:
    looks_right(page, foreign)
    page.set_viewport_size({"width": PHONE, "height": 900})
    settled(page)
    looks_right(page, foreign)
    page.set_viewport_size({"width": DESK, "height": 900})


@pytest.mark.parametrize(("language", "foreign"), [("es", ENGLISH), ("en", SPANISH)])
def test_every_page_fits_desk_and_phone_and_speaks_one_language(
    served: Served, browser: "Browser", language: str, foreign: tuple[str, ...]
):
    """Who walks the pages on a phone from the start is another test's."""
    url = f"{served.address}/?lang={language}"
    page = signed_in(browser, url, "manager@acme.example", DESK)
    other = page.locator(".st-key-language_switch").inner_text()
    for name in PAGES:
        if name != PAGES[0]:
            walk(page, name)
        looks_right_at_both_widths(page, foreign)
    walk(page, "customers")
    page.locator('[data-testid="stPageLink-NavLink"][href*="customer?"]').first.click()
    page.wait_for_selector(".st-key-show_name")
    settled(page)
    looks_right_at_both_widths(page, foreign)
    assert other in ("English", "Español")
    page.context.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize(
    ("language", "foreign", "words"),
    [
        (
            "es",
            ENGLISH,
            ("Llame a 40 clientes", "No molestar", "grupo de control", "40 con oferta"),
        ),
        (
            "en",
            SPANISH,
            ("Call 40 customers", "Do not disturb", "control group", "40 with the offer"),
        ),
    ],
)
def test_offers_tell_whom_to_call_whom_to_leave_and_what_they_brought(
    served: Served,
    browser: "Browser",
    *,
    language: str,
    foreign: tuple[str, ...],
    words: tuple[str, ...],
    width: int,
):
    url = f"{served.address}/?lang={language}"
    page = signed_in(browser, url, "manager@ofertas.example", width)
    walk(page, "offers")
    looks_right(page, foreign)
    shown = page.locator(MAIN).inner_text()
    assert [one for one in words if one.lower() not in shown.lower()] == []
    assert page.locator(".st-key-download_calls button").is_visible()
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("ArrowLeft")
    settled(page)
    assert page.locator(".st-key-decide_offers button").is_visible()
    page.context.close()


def test_buttons_and_links_are_large_enough_for_a_thumb(served: Served, browser: "Browser"):
    page = signed_in(browser, f"{served.address}/", "manager@acme.example", PHONE)
    targets = page.locator(f'{MAIN} button, {MAIN} [data-testid="stPageLink-NavLink"]')
    heights = [one.bounding_box()["height"] for one in targets.all() if one.is_visible()]
    assert heights
    assert min(heights) >= 44
    page.context.close()


def test_a_customer_opens_by_link_for_their_own_tenant_alone(served: Served, browser: "Browser"):
    token = served.house.tokens[0]
    url = f"{served.address}/customer?id={token}"
    rightful = signed_in(browser, url, "viewer@acme.example")
    assert f"Cliente {token[:8]}" in rightful.locator("h1").inner_text()
    assert "Solo" not in rightful.locator("h1").inner_text()
    assert rightful.locator(".st-key-show_name").count() == 0
    assert "Más de la mitad de los clientes así sigue" in rightful.locator(MAIN).inner_text()
    walk(rightful, "incidents")
    assert "La mitad de los casos así se cierra en unos 6 días" in rightful.inner_text(MAIN)
    foreign = signed_in(browser, url, "manager@vacia.example")
    alert = foreign.locator('[data-testid="stAlert"]').inner_text()
    assert "No encontramos a este cliente" in alert
    assert token[:8] not in foreign.locator(MAIN).inner_text()
    rightful.context.close()
    foreign.context.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_case_tells_what_it_is_about_and_what_to_reply(
    served: Served, browser: "Browser", width: int
):
    page = signed_in(browser, f"{served.address}/incidents", "viewer@acme.example", width)
    shown = page.locator(MAIN)
    assert "Motivo: fault (80 % de confianza)." in shown.inner_text()
    assert "Motivo: no sé. Lo más parecido: fault (50 %), bill (40 %)." in shown.inner_text()
    assert "Urgencia: alta (70 % de confianza)." in shown.inner_text()
    page.locator("summary", has_text="2 respuestas sugeridas").click()
    page.wait_for_selector("text=Respuesta RE-7 del caso R7")
    assert "Artículo A-1: Módem" in shown.inner_text()
    assert "Ya quedó arreglado." in shown.inner_text()
    page.context.close()


def test_a_manager_reads_the_name_by_a_button(served: Served, browser: "Browser"):
    token = served.house.tokens[2]
    page = signed_in(browser, f"{served.address}/customer?id={token}", "manager@acme.example")
    assert "Ana 2" not in page.locator(MAIN).inner_text()
    page.locator(".st-key-show_name button").click()
    page.wait_for_selector("text=quedó registrada en la auditoría")
    assert "Ana 2" in page.locator(MAIN).inner_text()
    page.context.close()


def test_a_file_goes_in_with_its_mapping_and_the_rejected_row_comes_back(
    served: Served, browser: "Browser", tmp_path: Path
):
    rows = [f"1{n:05};Ana {n};Mensual;45000;{400 if n == 3 else 30 + n}" for n in range(12)]
    file = tmp_path / "mis clientes.csv"
    file.write_text("\n".join(["cedula;nombre;contrato;cargo_mensual;edad", *rows]) + "\n")
    page = signed_in(browser, f"{served.address}/upload", "manager@vacia.example")
    page.locator('input[type="file"]').set_input_files(file)
    page.wait_for_selector('[data-testid="stForm"]')
    settled(page)
    assert page.locator(".ab-source").count() == 5
    page.locator('[data-testid="stFormSubmitButton"] button').click()
    page.wait_for_selector(".st-key-receipt", timeout=60_000)
    settled(page)
    assert "12 filas = 11 nuevas + 1 rechazada" in page.locator(".st-key-receipt").inner_text()
    page.locator('.st-key-receipt [data-testid="stPageLink-NavLink"]').click()
    page.wait_for_selector(".ab-table")
    settled(page)
    assert page.locator(".ab-table td").all_inner_texts()[0] == "4"
    assert "mayor que 120" in page.locator(".ab-table").inner_text()
    with page.expect_download() as started:
        page.locator('[data-testid="stDownloadButton"] button').click()
    assert "400" in Path(started.value.path()).read_text(encoding="utf-8-sig")
    page.context.close()


def test_the_server_ends_in_five_seconds_and_leaves_no_child(served: Served, browser: "Browser"):
    server, address = start(served.house.lake.settings.data_dir)
    page = signed_in(browser, f"{address}/", "manager@acme.example")
    told = time.monotonic()
    server.send_signal(signal.SIGTERM)
    server.wait(10)
    assert time.monotonic() - told <= 5
    with pytest.raises(ProcessLookupError):
        os.killpg(server.pid, 0)
    page.context.close()
