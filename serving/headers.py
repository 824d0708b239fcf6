"""What every answer tells a browser: keep nothing, guess nothing, load nothing."""

from apiflask import APIFlask
from flask import Response

from serving.language import spoken

SECURITY_HEADERS = {
    "Server": "abcall",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
}


def add_headers(app: APIFlask) -> None:
    """Add the headers to every answer of the app."""

    @app.after_request
    def with_headers(answer: Response) -> Response:
        answer.headers.update(SECURITY_HEADERS)
        answer.headers["Content-Language"] = spoken()
        answer.vary.update(("Accept-Language", "Authorization"))
        return answer
