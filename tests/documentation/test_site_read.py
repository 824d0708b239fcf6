"""The site is read in a browser without a network: on a phone, in the dark, by searching."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PHONE = {"width": 390, "height": 844}
TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"
GROUND = "getComputedStyle(document.body).backgroundColor"


def test_no_page_is_wider_than_a_phone(site: Path, browser: "Browser"):
    page = browser.new_context(viewport=PHONE, offline=True).new_page()
    wide = []
    for path in sorted(set(site.rglob("*.html")) - set(site.glob("notebooks/*"))):
        page.goto(path.as_uri(), wait_until="domcontentloaded")
        if page.evaluate(TOO_WIDE):
            wide.append(str(path.relative_to(site)))
    assert wide == []


def test_pages_and_drawings_follow_light_and_dark(site: Path, browser: "Browser"):
    seen = []
    for scheme in ("light", "dark"):
        page = browser.new_context(color_scheme=scheme, offline=True).new_page()
        page.goto((site / "concepts" / "data.html").as_uri())
        words = page.locator(".drawing text").first
        seen.append((page.evaluate(GROUND), words.evaluate("e => getComputedStyle(e).fill")))
    (light, light_words), (dark, dark_words) = seen
    assert light != dark
    assert light_words != dark_words


def test_a_search_finds_the_page(site: Path, browser: "Browser"):
    page = browser.new_context(offline=True).new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q=watermark")
    found = page.locator("#search-results li a", has_text="Glossary")
    found.first.wait_for(timeout=15_000)
    found.first.click()
    assert "glossary.html" in page.url
