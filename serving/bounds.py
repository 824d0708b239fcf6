"""How large a request may be before anybody looks at it: address, headers, body.

Bodies have the limit of their route: JSON takes ``BODY_LIMIT_BYTES``; a route that takes files or
many rows says so with ``room_for``. What takes no body is given none.
"""

from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask
from flask import Request, abort, request

from serving.limits import BODY_LIMIT_BYTES, HEADERS_LIMIT_BYTES, URL_LIMIT_BYTES


def add_bounds(app: APIFlask) -> None:
    """Refuse what is too large, before a key is looked at."""
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT_BYTES

    @app.before_request
    def bound() -> None:
        if beyond := head_beyond(request.environ):
            abort(beyond)


def head_beyond(told: Mapping[str, Any]) -> int:
    """Return the status that refuses a request's address or headers; 0 where they are in bounds."""
    if len(told["PATH_INFO"]) + len(told["QUERY_STRING"]) >= URL_LIMIT_BYTES:
        return 414
    return 431 if _head_bytes(told) > HEADERS_LIMIT_BYTES else 0


def _head_bytes(told: Mapping[str, Any]) -> int:
    """Return how long the request's headers are, each with its colon, space and line's end."""
    own = [name for name in told if name[:5] == "HTTP_"]
    return sum([len(name) + len(told[name]) for name in own]) - len(own)


def room_for(request: Request, limit_bytes: int) -> None:
    """Let this request's body be larger than JSON may be; before the body is read."""
    request.max_content_length = limit_bytes
