"""The page of the service in a real browser: a route and a question of GraphQL tried with a key."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from lakehouse.lake import Lake
from serving.app import create_app
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tests.ingestion_lake import TENANT, installation

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
WIDE, PHONE = 1440, 390


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.open(installation(tmp_path_factory.mktemp("docs"))) as lake:
        yield lake


@pytest.fixture(scope="module")
def address(lake: Lake) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(lake.settings, lake), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_a_reader_tries_a_route_and_graphql_and_the_browser_blocks_nothing(
    lake: Lake, address: str, browser: "Browser", width: int
):
    said: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.goto(f"{address}/docs")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.fill("#key", issue_key(lake.store, STAFF, TENANT, ["feed", "read"]).secret)
    feed = page.locator("section#post-v1-tables-table-rows")
    feed.locator("summary").first.click()
    feed.locator("select[name=table]").select_option("incidents")
    feed.locator("button").click()
    assert feed.locator("output .status").inner_text().startswith("200 ")
    assert '"accepted": 1' in feed.locator("output pre").inner_text()
    graph = page.locator("section#post-v1-graphql")
    graph.locator("summary").first.click()
    graph.locator("button").last.click()
    graph.locator("output pre").filter(has_text="type Query").wait_for()
    graph.locator("button").first.click()
    graph.locator("output pre").filter(has_text='"hasNextPage": false').wait_for()
    assert said == []
    page.close()
