"""What every answer tells a browser: keep nothing, guess nothing, load nothing.

After OWASP's REST security cheat sheet. No answer lets pages of other origins in (CORS): a key in a
page is everybody's, so clients call from their servers.

A page that needs more says so in ``g.content_policy``.
"""

from apiflask import APIFlask
from flask import Response, g

from foundation.settings import Settings
from serving.language import spoken

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
    behind_tls = settings.public_url.startswith("https://")

    @app.after_request
    def with_headers(answer: Response) -> Response:
        answer.headers.update(SECURITY_HEADERS)
        if "content_policy" in g:
            answer.headers["Content-Security-Policy"] = g.content_policy
        if behind_tls:
            answer.headers["Strict-Transport-Security"] = HSTS
        answer.headers["Content-Language"] = spoken()
        answer.vary.update(("Accept-Language", "Authorization"))
        return answer
