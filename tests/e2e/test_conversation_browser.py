"""A case whole in a real browser: its call heard and read, its photo seen, and by whom not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foundation.settings import Settings
from operations.conversation.opening import READ
from tenancy.audit import entries
from tests.cases_house import ACME, CALL, WORDS, Cases, cases_at
from tests.e2e.browser import MAIN, settled, signed_in, start

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Served:
    """A running dashboard over the cases."""

    cases: Cases
    address: str

    def looks(self) -> int:
        return sum(one.action == READ for one in entries(self.cases.lake.store, ACME))


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[Served]:
    with cases_at(blank_installation(tmp_path_factory.mktemp("cases") / "data")) as cases:
        server, address = start(cases.lake.settings.data_dir)
        yield Served(cases, address)
        server.terminate()
        server.wait(10)


def fits(page: "Page") -> bool:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return bool(page.evaluate(wide) <= 0)


def current(page: "Page") -> str:
    return page.locator('.turn[aria-current="true"]').inner_text()


def test_a_manager_hears_a_call_in_step_with_its_words_and_sees_the_photo(
    served: Served, browser: "Browser"
):
    page = signed_in(browser, f"{served.address}/incidents", "manager@acme.example")
    page.get_by_text("Ver el caso completo").first.click()
    page.wait_for_selector(".player")
    settled(page)
    assert f"incident={CALL}" in page.url
    assert fits(page) and page.locator('[data-testid="stAlert"]').count() == 0
    assert served.looks() == 0
    told = page.locator(MAIN).inner_text()
    assert "Transcripción hecha con vosk." in told and "borrosa: pida otra al cliente" in told
    page.locator(".turn", has_text="Gracias por esperar").click()
    page.wait_for_selector(".play:has-text('Pausar')")
    page.wait_for_selector('.turn[aria-current="true"]:has-text("Es la tercera vez")')
    assert served.looks() == 1
    page.locator(".play").click()
    page.wait_for_selector(".play:has-text('Escuchar')")
    page.locator(".faults button", has_text="Silencio largo").click()
    page.wait_for_selector(".play:has-text('Pausar')")
    slider = page.get_by_role("slider", name="Momento de la llamada")
    slider.focus()
    slider.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0:00 de 0:30"
    page.get_by_text("Mostrar la foto").click()
    page.wait_for_selector(".ab-photo img")
    assert page.locator(".ab-box").count() == 7
    assert served.looks() == 2
    page.get_by_role("button", name=f"Ver el caso {WORDS}").click()
    page.wait_for_selector("text=No llegó la factura.")
    page.wait_for_selector(".player", state="detached")
    assert f"incident={WORDS}" in page.url
    page.context.close()


def test_who_may_not_hear_reads_it_on_a_phone_by_the_link(served: Served, browser: "Browser"):
    url = f"{served.address}/conversation?incident={CALL}&lang=en"
    page = signed_in(browser, url, "viewer@acme.example", 390)
    page.wait_for_selector(".player")
    player = page.locator(".player").inner_text()
    assert "Only a manager or a privacy officer may hear the sound" in player
    shown = f"{page.locator(MAIN).inner_text()} {player}"
    assert "[NOMBRE]" in shown and "María" not in shown and "3001234567" not in shown
    assert page.locator(".play").count() == page.get_by_text("Show the photo").count() == 0
    page.locator(".turn", has_text="Mañana va un técnico").click()
    assert "Mañana va un técnico" in current(page)
    heights = [one.bounding_box()["height"] for one in page.locator(".player button").all()]
    assert heights and min(heights) >= 44
    assert fits(page)
    page.context.close()
