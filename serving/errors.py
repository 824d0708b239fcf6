"""Errors as answers: ``{"error": {"key", "message", "details"}}``, in the caller's language.

Who asked can mend a 4xx, and the sentence says how. A 500 is ours: it carries a reference under
which the log holds the way the failure took, and no value of anybody's data.
"""

import logging
import sqlite3
from secrets import token_hex
from typing import Any

from apiflask import APIFlask
from flask import Response, jsonify, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from foundation.errors import AbcallError, Busy, NotSignedIn, OperatorError, TooMany
from foundation.failures import trail_of
from foundation.texts import Language, text
from serving.language import spoken
from serving.limits import BODY_LIMIT_BYTES

log = logging.getLogger("abcall.serving")
RETRY_AFTER_SECONDS = 5
HTTP_KEYS = {
    400: "serving.bad_request",
    404: "serving.no_route",
    405: "serving.no_method",
    408: "serving.bad_request",
    413: "serving.body_too_large",
    414: "serving.url_too_long",
    431: "serving.headers_too_large",
}


def register_errors(app: APIFlask) -> None:
    """Turn every error of the app into an answer."""
    app.register_error_handler(AbcallError, said)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(DBAPIError, away)
    app.register_error_handler(PoolTimeout, away)
    app.register_error_handler(Exception, broken)


def error_fact(error: AbcallError, language: Language) -> dict[str, Any]:
    """Return an error as answers tell it: of a whole request, or of one of its records."""
    return {"key": error.key, "message": error.say(language), "details": dict(error.details)}


def said(error: AbcallError) -> Response:
    """Answer an error that the platform raised on purpose."""
    if isinstance(error, OperatorError) or type(error) is AbcallError:
        return broken(error)
    answer = _answer(error.key, error.say(spoken()), error.http_status, dict(error.details))
    if isinstance(error, NotSignedIn):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="abcall"'
    if isinstance(error, Busy):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.details["seconds"])
    return answer


def refused(error: HTTPException) -> Response | HTTPException:
    """Answer what the HTTP layer refused: no such address, wrong method, too large."""
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    if status >= 500:
        return broken(error)
    key = HTTP_KEYS.get(status, "serving.bad_request")
    limit = (request.max_content_length or BODY_LIMIT_BYTES) // 1024
    answer = _answer(key, text(key, spoken(), limit=limit), status, {})
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def away(error: SQLAlchemyError) -> Response:
    """Answer that the store is away where that is so: the same request succeeds later."""
    if not _lost(error):
        return broken(error)
    log.error("store away", extra={"facts": {"failure": trail_of(error)}})
    return said(Busy("operate.store_away"))


def broken(error: Exception) -> Response:
    """Answer a bug or a fault of the installation, and log where it happened."""
    reference = noted(error)
    key = "serving.broken"
    return _answer(key, text(key, spoken(), reference=reference), 500, {"reference": reference})


def _lost(error: SQLAlchemyError) -> bool:
    """Say whether the connection failed, and not what was asked through it."""
    origin = getattr(error, "orig", None)
    if isinstance(origin, sqlite3.Error):  # it says so of a missing table too
        return "locked" in str(origin)
    away = isinstance(error, OperationalError | InterfaceError | PoolTimeout)
    return away or bool(getattr(error, "connection_invalidated", False))


def noted(error: Exception) -> str:
    """Log where a bug or a fault happened; return the reference under which the log holds it."""
    reference = token_hex(6)
    log.error("failed", extra={"facts": {"reference": reference, "failure": trail_of(error)}})
    return reference


def _answer(key: str, message: str, status: int, details: dict[str, Any]) -> Response:
    answer = jsonify({"error": {"key": key, "message": message, "details": details}})
    answer.status_code = status
    return answer
