"""Dagster's and MLflow's pages as they run: staff work in them, nobody else gets one byte."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from cli.main import run
from cli.up import planned
from foundation.settings import Settings
from tenancy.actor import ROLES, Actor
from tenancy.bootstrap import open_store
from tenancy.tenants import get_tenant
from tenancy.users import create_staff, create_user
from tests.e2e.processes import END_SECONDS, Program, start
from tests.web import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STAFF = Actor("staff:tests", "staff", None, ROLES)
PASSWORD = "una frase de prueba 2026"
EVA, ANA = "eva@abcall.co", "ana@acme.co"


@dataclass(frozen=True)
class Pages:
    """Both pages on an installation with one tenant."""

    sites: dict[str, Site]
    programs: dict[str, Program]

    def signed_in(self, name: str) -> str:
        """Return the cookie of a session of Eva's."""
        answer = self.sites[name].sign_in(EVA, PASSWORD)
        assert answer.status == 303, answer.words
        return answer.cookie


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("staff_pages")
    settings = Settings.at(folder / "data")
    assert run(["init"], settings) == 0
    assert run(["tenant", "new", "acme", "--name", "A", "--vertical", "telecom"], settings) == 0
    store = open_store(settings)
    acme = get_tenant(store, STAFF, "acme")
    create_user(store, STAFF, acme, email=ANA, name="Ana", password=PASSWORD, roles=["manager"])
    create_staff(store, STAFF, email=EVA, name="Eva", password=PASSWORD, roles=["manager"])
    store.close()
    environment = {"ABCALL_DATA": str(settings.data_dir), "ABCALL_LANGUAGE": "en"}
    sites, programs = {}, {}
    for server in planned(settings):
        if "cli.staff" in server.command and server.port is not None:
            _, module, *arguments = server.command[1:]
            log = folder / f"{server.name}.log"
            programs[server.name] = start([module, *arguments], environment, log)
            sites[server.name] = Site(server.port)
    try:
        for name, site in sites.items():
            wait_for(site, programs[name])
        yield Pages(sites, programs)
    finally:
        for program in programs.values():
            program.clear()


def wait_for(site: Site, program: Program) -> None:
    deadline = time.monotonic() + 90
    while True:
        assert program.process.poll() is None, program.said()
        assert time.monotonic() < deadline, program.said()
        with suppress(OSError):
            site.ask("/")
            return
        time.sleep(0.2)


def paths_of_dagster() -> set[str]:
    """Return every address that Dagster's application declares."""
    from dagster_webserver.webserver import DagsterWebserver

    return {route.path for route in DagsterWebserver(None).build_routes()}


def paths_of_mlflow() -> set[str]:
    """Return every address that MLflow's application declares."""
    from mlflow.server import app as flask_app
    from mlflow.server.fastapi_app import app

    declared = {str(rule) for rule in flask_app.url_map.iter_rules()}
    return declared | {getattr(route, "path", "/") for route in app.routes}


@pytest.mark.parametrize(
    ("name", "paths_of", "at_least"),
    [("dagster", paths_of_dagster, 15), ("mlflow", paths_of_mlflow, 150)],
)
def test_nobody_gets_anything_at_any_address(
    pages: Pages, name: str, paths_of: Callable[[], set[str]], at_least: int
):
    paths = {path.translate(str.maketrans("<>{}:", "xxxxx")) or "/" for path in paths_of()}
    assert len(paths) >= at_least
    answers = {path: pages.sites[name].ask(path) for path in sorted(paths)}
    assert {path: a.status for path, a in answers.items() if a.status != 401} == {}
    assert len({answer.body for answer in answers.values()}) == 1


def test_a_tenants_manager_is_refused_like_an_unknown_one(pages: Pages):
    for site in pages.sites.values():
        refused = [site.sign_in(email, PASSWORD) for email in (ANA, "nobody@acme.co")]
        assert refused[0].status == refused[1].status == 401
        assert refused[0].body == refused[1].body


def test_dagster_starts_and_tells_to_its_own_page_alone(pages: Pages):
    site, cookie = pages.sites["dagster"], pages.signed_in("dagster")
    assert "data" in site.post("/graphql", cookie).words
    assert site.post("/graphql", cookie, Origin="http://127.0.0.1:8501").status == 401
    address = f"ws://127.0.0.1:{site.port}/graphql"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, origin=site.origin, subprotocols=["graphql-ws"])
    assert refused.value.response.status_code == 401
    headers = {"Cookie": cookie}
    with connect(
        address, origin=site.origin, subprotocols=["graphql-ws"], additional_headers=headers
    ) as socket:
        socket.send('{"type": "connection_init", "payload": {}}')
        assert "connection_ack" in str(socket.recv(timeout=30))


def test_mlflow_serves_its_store_and_has_no_assistant_that_runs_commands(pages: Pages):
    site, cookie = pages.sites["mlflow"], pages.signed_in("mlflow")
    search = "/api/2.0/mlflow/experiments/search?max_results=1"
    assert "experiments" in site.ask(search, headers={"Cookie": cookie}).words
    for path in ("config", "sessions", "message", "skills"):
        address = f"/ajax-api/3.0/mlflow/assistant/{path}"
        for method in ("GET", "POST"):
            headers = {"Cookie": cookie, "Origin": site.origin}
            assert site.ask(address, method, headers, b"{}").status in (404, 405), address


def test_a_person_signs_in_by_the_form_and_comes_to_the_page(pages: Pages, browser: "Browser"):
    for name, site in pages.sites.items():
        page = browser.new_context().new_page()
        arrived = page.goto(site.origin)
        assert arrived is not None
        assert arrived.status == 401
        assert "ABCall's staff only" in page.inner_text("h1")
        page.fill("#email", EVA)
        page.fill("#password", PASSWORD)
        page.click("button")
        page.wait_for_selector({"dagster": "text=Overview", "mlflow": "text=Experiments"}[name])


def test_both_end_in_time_and_leave_nothing(pages: Pages):
    """The last one of this module: it ends the pages."""
    for program in pages.programs.values():
        assert program.end(signal.SIGTERM) < END_SECONDS
        assert program.left_behind() == {}
