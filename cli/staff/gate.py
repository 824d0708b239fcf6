"""The gate before an ASGI app: who is not ABCall's staff gets 401 on every path, and nothing else.

A browser sends its cookie along with what any page makes it ask for. So a request that comes from
another origin, on this machine too, counts as nobody's; whatever may change something (a method
other than GET, a web socket) must name this very origin.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cli.staff.sessions import Sessions
from cli.staff.sign_in_page import HEADERS, SIGN_IN, SIGN_OUT, sign_in_page, signed_in_page
from cli.staff.web_socket import Watched
from foundation.errors import NotSignedIn, TooLarge
from foundation.texts import Language, text

SAFE_METHODS = ("GET", "HEAD")
OWN_PAGE = "/staff"
FORM_LIMIT_BYTES = 4 * 1024
PASSWORDS_AT_A_TIME = 2
"""Each takes 64 MiB while it is checked; who guesses in parallel waits in line."""


@dataclass(frozen=True)
class Page:
    """What lies behind the gate: its name, its own cookie, and the language to speak."""

    name: str
    cookie: str
    language: Language


class Gate:
    """Lets ABCall's staff through to ``app``."""

    def __init__(self, app: ASGIApp, sessions: Sessions, page: Page) -> None:
        self._app = app
        self._sessions = sessions
        self._page = page
        self._passwords = CapacityLimiter(PASSWORDS_AT_A_TIME)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        answer = await self._answer(asked, receive)
        if answer is not None:
            await answer(scope, receive, send)
        elif scope["type"] == "websocket":
            admitted = partial(self._sessions.actor, self._token(asked))
            await Watched(receive, send, admitted).serve(self._app, scope)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, asked: HTTPConnection, receive: Receive) -> Response | None:
        """Return what the gate itself answers; None for staff on their way to the app."""
        path, posted = asked.scope["path"], asked.scope.get("method") == "POST"
        if not _is_ours(asked):
            return self._refusal(asked)
        if posted and path == SIGN_IN:
            return await self._sign_in(Request(asked.scope, receive))
        token = self._token(asked)
        if await to_thread.run_sync(self._sessions.actor, token) is None:
            return self._refusal(asked)
        if posted and path == SIGN_OUT:
            return self._sign_out(token)
        return self._html(signed_in_page, HTTPStatus.OK) if path == OWN_PAGE else None

    async def _sign_in(self, asked: Request) -> Response:
        try:
            email, password = await _credentials(asked)
            begin = self._sessions.begin
            token = await to_thread.run_sync(begin, email, password, limiter=self._passwords)
        except (NotSignedIn, TooLarge) as refused:
            wrong = refused.say(self._page.language)
            form = sign_in_page(self._page.name, self._page.language, wrong)
            return HTMLResponse(form, refused.http_status, HEADERS)
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER, HEADERS)
        answer.set_cookie(self._page.cookie, token, httponly=True, samesite="strict")
        return answer

    def _sign_out(self, token: str) -> Response:
        self._sessions.end(token)
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER, HEADERS)
        answer.delete_cookie(self._page.cookie, httponly=True, samesite="strict")
        return answer

    def _refusal(self, asked: HTTPConnection) -> Response:
        """Return 401: the sign-in form for a person, a sentence for a program or web socket."""
        if asked.scope["type"] == "http" and "text/html" in asked.headers.get("accept", ""):
            return self._html(sign_in_page, HTTPStatus.UNAUTHORIZED)
        said = text("staff_pages.refused", self._page.language)
        return PlainTextResponse(said, HTTPStatus.UNAUTHORIZED, HEADERS)

    def _html(self, write: Callable[[str, Language], str], status: int) -> Response:
        return HTMLResponse(write(self._page.name, self._page.language), status, HEADERS)

    def _token(self, asked: HTTPConnection) -> str:
        return asked.cookies.get(self._page.cookie, "")


def _is_ours(asked: HTTPConnection) -> bool:
    """Tell whether a request comes from this origin, or from nowhere (it was typed)."""
    if asked.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = asked.headers.get("origin")
    if origin is None:
        return asked.scope.get("method") in SAFE_METHODS and asked.scope["type"] == "http"
    return urlsplit(origin).netloc == asked.headers.get("host")


async def _credentials(asked: Request) -> tuple[str, str]:
    """Return e-mail and password of the form; ``TooLarge`` without reading on."""
    body = b""
    async for chunk in asked.stream():
        body += chunk
        if len(body) > FORM_LIMIT_BYTES:
            raise TooLarge("staff_pages.too_large")
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    email, password = (form.get(name, [""])[0] for name in ("email", "password"))
    return email, password
