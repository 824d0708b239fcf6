"""An ASGI app on a real socket, and a client that speaks to it as plainly as an attacker would."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def words(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def cookie(self) -> str:
        """The cookie that it sets, as ``name=value``; empty where it sets none."""
        return self.headers.get("set-cookie", "").partition(";")[0]


@dataclass(frozen=True)
class Site:
    """A server on loopback."""

    port: int

    @property
    def origin(self) -> str:
        """Its origin, as a browser names it."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request exactly as given; follow nothing."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request(method, path, body, dict(headers or {}))
            got = link.getresponse()
            found = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, found, got.read())
        finally:
            link.close()

    def post(self, path: str, cookie: str = "", **headers: str) -> Answer:
        """Send a GraphQL-like request as a page of this very origin does."""
        said = {"Origin": self.origin, "Cookie": cookie, "Content-Type": "application/json"}
        return self.ask(path, "POST", said | headers, json.dumps({"query": "{ version }"}).encode())

    def sign_in(self, email: str, password: str, cookie: str = "", **headers: str) -> Answer:
        """Send the form of a sign-in page at ``/staff/sign-in``."""
        form = urlencode({"email": email, "password": password}).encode()
        said = {"Origin": self.origin, "Cookie": cookie} | headers
        said["Content-Type"] = "application/x-www-form-urlencoded"
        return self.ask("/staff/sign-in", "POST", said, form)


@contextmanager
def serving(app: ASGIApp) -> Iterator[Site]:
    """Serve an app on a free port of loopback for a while."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    yield Site(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join(10)
