"""The site is built without a warning; its links lead somewhere; reading it needs no network."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.documentation.console import DOCS, read_page, written_pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""What a browser fetches by itself, and where the tag says from."""


class Read(HTMLParser):
    """The anchors, links and loaded addresses of one page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.language = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.anchors.add(told.get("id", ""))
        if tag == "html":
            self.language = told.get("lang", "")
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if told.get(LOADED.get(tag, "")):
            self.loaded.append(told[LOADED[tag]])


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Read]:
    return {path: Read(path) for path in site.rglob("*.html")}


def test_every_link_within_the_site_leads_somewhere(site: Path, pages: dict[Path, Read]):
    broken = [
        f"{path.relative_to(site)} → {link}"
        for path, read in pages.items()
        if path.parent.name != "notebooks"
        for link in read.links
        if not urlsplit(link).scheme and not leads(path, link, pages)
    ]
    assert broken == []


def leads(path: Path, link: str, pages: dict[Path, Read]) -> bool:
    """Say whether a page or file is there, and the anchor on it."""
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    anchors = pages[target].anchors if target in pages else {""}
    return target.exists() and (not parts.fragment or unquote(parts.fragment) in anchors)


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Read]):
    elsewhere = [one for read in pages.values() for one in read.loaded if urlsplit(one).netloc]
    assert elsewhere == []


def test_every_written_page_is_there_in_its_language(site: Path, pages: dict[Path, Read]):
    built = {page.name: site / f"{page.name}.html" for page in map(read_page, written_pages())}
    assert {name for name, path in built.items() if path not in pages} == set()
    told = {name: pages[path].language for name, path in built.items()}
    assert {name for name, language in told.items() if language == "es"} == {
        page.name for page in map(read_page, written_pages()) if page.language == "es"
    }


def test_every_contract_and_command_has_its_place(site: Path, pages: dict[Path, Read]):
    verticals = {
        path.name.partition(".")[0] for path in DOCS.parent.glob("data_contracts/*.odcs.yaml")
    }
    verticals.discard("contact_center")
    assert {path.stem for path in (site / "made" / "contracts").glob("*.html")} == verticals
    assert "abcall-vertical-new" in pages[site / "reference" / "commands.html"].anchors
    assert "abcall-vertical-new" in pages[site / "reference" / "ordenes.html"].anchors


def test_the_search_finds_words_of_pages_without_a_server(site: Path):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert index.startswith("Search.setIndex(")
    assert '"quarantin' in index or "quarantin:" in index
