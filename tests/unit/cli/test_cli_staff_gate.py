"""The gate before Dagster's and MLflow's pages: staff come through, nobody else learns a thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from cli.staff.gate import Gate, Page
from cli.staff.sessions import Sessions
from cli.staff.web_socket import SIGNED_OUT
from foundation.errors import NotSignedIn
from foundation.settings import Settings
from tenancy.actor import ROLES, Actor
from tenancy.bootstrap import open_store
from tenancy.staff import set_staff_disabled
from tenancy.store import Store
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.users import create_staff, create_user
from tests.web import Site, serving

STAFF = Actor("staff:tests", "staff", None, ROLES)
PASSWORD = "una frase de prueba 2026"
EVA, CLERK, ANA, OUT = "eva@abcall.co", "clerk@abcall.co", "ana@acme.co", "out@abcall.co"
PATHS = ("/", "/graphql", "/static/app.js", "/staff", "/staff/sign-in", "//", "/%2e%2e/graphql")


@dataclass
class House:
    """A page behind its gate, and what the app behind it was asked."""

    site: Site
    store: Store
    reached: list[str]

    def signed_in(self) -> str:
        """Return the cookie of a new session of Eva's."""
        answer = self.site.sign_in(EVA, PASSWORD)
        assert answer.status == 303
        return answer.cookie

    def socket(self, cookie: str = "", origin: str | None = None) -> ClientConnection:
        """Open a web socket as a browser does."""
        headers = {"Cookie": cookie} if cookie else {}
        address = f"ws://127.0.0.1:{self.site.port}/graphql"
        return connect(address, origin=origin or self.site.origin, additional_headers=headers)


def app_that_remembers(reached: list[str]) -> Starlette:
    async def page(request: Request) -> PlainTextResponse:
        reached.append(request.url.path)
        return PlainTextResponse("the page")

    async def echo(socket: WebSocket) -> None:
        reached.append("websocket")
        await socket.accept()
        async for words in socket.iter_text():
            await socket.send_text(words)

    methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
    return Starlette(
        routes=[WebSocketRoute("/graphql", echo), Route("/{path:path}", page, methods=methods)]
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    store = open_store(Settings.at(tmp_path_factory.mktemp("gate") / "data"))
    acme = create_tenant(store, STAFF, Tenant("acme", "Acme", "telecom"))
    create_user(store, STAFF, acme, email=ANA, name="Ana", password=PASSWORD, roles=["manager"])
    for email, roles in ((EVA, ["manager"]), (CLERK, ["viewer"]), (OUT, ["manager"])):
        create_staff(store, STAFF, email=email, name="E", password=PASSWORD, roles=roles)
    set_staff_disabled(store, STAFF, OUT, disabled=True)
    reached: list[str] = []
    gate = Gate(app_that_remembers(reached), Sessions(store), Page("Dagster", "abcall", "en"))
    with serving(gate) as site:
        yield House(site, store, reached)
    store.close()


@pytest.fixture(autouse=True)
def nothing_reached(house: House) -> None:
    house.reached.clear()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nobody_gets_anything_on_any_path(house: House, method: str):
    for path, accept in product(PATHS, ("*/*", "text/html")):
        if (method, path) == ("POST", "/staff/sign-in"):
            continue
        headers = {"Accept": accept, "Cookie": "abcall=guessed", "Authorization": "Basic eDp5"}
        assert house.site.ask(path, method, headers).status == 401, path
    assert house.reached == []


def test_nobody_opens_a_web_socket(house: House):
    for cookie in ("", "abcall=guessed"):
        with pytest.raises(InvalidStatus) as refused:
            house.socket(cookie)
        assert refused.value.response.status_code == 401
    assert house.reached == []


def test_whoever_is_not_staff_with_the_role_is_refused_like_an_unknown_one(house: House):
    strangers = [(ANA, PASSWORD), (CLERK, PASSWORD), (OUT, PASSWORD), (EVA, "wrong one, but long")]
    nobody = house.site.sign_in("nobody@acme.co", PASSWORD)
    assert nobody.status == 401
    assert "is not right" in nobody.words
    for email, password in strangers:
        answer = house.site.sign_in(email, password)
        assert (answer.status, answer.body, answer.cookie) == (401, nobody.body, ""), email


def test_staff_reach_the_page_and_its_web_socket_until_they_sign_out(house: House):
    cookie = house.signed_in()
    assert house.site.ask("/runs", headers={"Cookie": cookie}).words == "the page"
    assert house.site.post("/graphql", cookie).words == "the page"
    with house.socket(cookie) as socket:
        socket.send("hello")
        assert socket.recv(timeout=10) == "hello"
        assert "Sign out" in house.site.ask("/staff", headers={"Cookie": cookie}).words
        assert house.site.post("/staff/sign-out", cookie).status == 303
        socket.send("still there?")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == SIGNED_OUT
    assert house.site.ask("/runs", headers={"Cookie": cookie}).status == 401


def test_who_is_shut_out_is_out_at_the_next_request(house: House):
    cookie = house.signed_in()
    set_staff_disabled(house.store, STAFF, EVA, disabled=True)
    try:
        assert house.site.ask("/runs", headers={"Cookie": cookie}).status == 401
    finally:
        set_staff_disabled(house.store, STAFF, EVA, disabled=False)
    assert house.site.ask("/runs", headers={"Cookie": cookie}).status == 401, "it came back"


def test_a_page_of_another_origin_does_nothing_with_a_persons_cookie(house: House):
    cookie = house.signed_in()
    house.reached.clear()
    for origin in ("http://127.0.0.1:8501", "https://evil.example", "null", "file://"):
        assert house.site.post("/graphql", cookie, Origin=origin).status == 401, origin
        assert house.site.sign_in(EVA, PASSWORD, Origin=origin).status == 401, origin
        with pytest.raises(InvalidStatus):
            house.socket(cookie, origin=origin)
    assert house.site.ask("/graphql", "POST", {"Cookie": cookie}, b"{}").status == 401
    for site in ("same-site", "cross-site"):
        headers = {"Cookie": cookie, "Sec-Fetch-Site": site}
        assert house.site.ask("/graphql?query=%7Bversion%7D", headers=headers).status == 401
    assert house.reached == []


def test_a_session_is_made_by_signing_in_and_never_taken_from_the_browser(house: House):
    planted = "abcall=planted-by-somebody"
    answer = house.site.sign_in(EVA, PASSWORD, cookie=planted)
    assert answer.cookie != planted
    assert {"HttpOnly", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
    assert house.site.ask("/", headers={"Cookie": planted}).status == 401


def test_signing_in_leads_to_the_page_and_nowhere_else(house: House):
    form = f"email={EVA}&password={PASSWORD.replace(' ', '+')}&next=//evil.example".encode()
    answer = house.site.ask(
        "/staff/sign-in?next=https://evil.example", "POST", {"Origin": house.site.origin}, form
    )
    assert (answer.status, answer.headers["location"]) == (303, "/")


def test_an_oversized_form_is_not_read_on(house: House):
    assert house.site.sign_in("a" * 5000, PASSWORD).status == 413


def test_a_session_that_nobody_uses_ends(house: House):
    sessions = Sessions(house.store, idle=timedelta(0))
    token = sessions.begin(EVA, PASSWORD)
    assert sessions.actor(token) is None
    with pytest.raises(NotSignedIn):
        sessions.begin(ANA, PASSWORD)


def test_what_a_person_types_is_never_markup(house: House, tmp_path: Path):
    answer = house.site.sign_in("<script>alert(1)</script>", "<b>", Accept="text/html")
    assert "<script>" not in answer.words
    assert "default-src 'none'" in answer.headers["content-security-policy"]
