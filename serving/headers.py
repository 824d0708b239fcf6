"""What every answer tells a browser: keep nothing, guess nothing, load nothing.

After OWASP's REST security cheat sheet. No answer lets pages of other origins in (CORS): a key in a
page is everybody's, so clients call from their servers.

A page that needs more says so in ``g.content_policy``.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from apiflask import APIFlask
from flask import Response, g

from foundation.settings import Settings
from serving.language import spoken

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    ExceptionInfo = (
        tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
    )

SECURITY_HEADERS = {
    "Server": "abcall",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), microphone=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
}


TWO_YEARS_SECONDS = 63_072_000
HSTS = f"max-age={TWO_YEARS_SECONDS}; includeSubDomains"


def add_headers(app: APIFlask, settings: Settings) -> None:
    """Add the headers to every answer of the app; behind TLS, that there is nothing without it."""
    told = SECURITY_HEADERS | {"Vary": "Accept-Language, Authorization"}
    if settings.public_url.startswith("https://"):
        told |= {"Strict-Transport-Security": HSTS}
    app.wsgi_app = Headed(app.wsgi_app, told)  # type: ignore[method-assign]

    @app.after_request
    def with_headers(answer: Response) -> Response:
        if "content_policy" in g:
            answer.headers["Content-Security-Policy"] = g.content_policy
        answer.headers.add("Content-Language", spoken())
        return answer


class Headed:
    """A WSGI app whose answers have these headers, where they say nothing else themselves."""

    def __init__(self, app: "WSGIApplication", headers: dict[str, str]) -> None:
        self._app, self._headers = app, list(headers.items())

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""

        def start(
            status: str, headers: list[tuple[str, str]], failure: "ExceptionInfo | None" = None, /
        ) -> Callable[[bytes], object]:
            own = {name for name, _ in headers}
            told = [*headers, *(one for one in self._headers if one[0] not in own)]
            return start_response(status, told, failure)

        return self._app(environ, start)
