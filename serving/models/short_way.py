"""The short way of a usual question to a model: what Flask would answer, without Flask.

Around a score of one record, a framework's own work takes three times as long as the model's. A
question that is as almost all are – JSON of known length, from a key that was looked up a moment
ago, with nothing wrong in it – is answered here, by the parts that the whole way is made of. All
others, and whatever fails, go the whole way from their beginning, and are refused and told there.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from apiflask import APIFlask

from features.shapes import Record
from foundation.clock import utc_now
from foundation.texts import Language
from foundation.tracing import is_traced
from serving.body import JSON, json_bytes, object_in, records_under
from serving.bounds import head_beyond
from serving.caller import secret_in
from serving.door.doorkeeper import Doorkeeper, Known
from serving.door.limiting import DOOR, standing_of
from serving.house import House
from serving.language import language_in
from serving.limits import LARGE_BODY_BYTES
from serving.models.asked import REASONS, RECORDS, SCOPE, AskedModel
from serving.observed import telemetry
from serving.observed.logs import Answered, log_answer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE = "/v1/models/<model>/score"
BEFORE, AFTER = ROUTE.split("<model>")
QUERIES = {"": True, f"{REASONS}=true": True, f"{REASONS}=false": False}


def add_short_way(app: APIFlask, house: House) -> None:
    """Let usual questions to models go the short way."""
    keeper: Doorkeeper = app.extensions[DOOR]
    app.wsgi_app = ShortWay(app.wsgi_app, house, keeper)  # type: ignore[method-assign]


@dataclass(frozen=True)
class Question:
    """A usual question whose sender may ask it, and all of whose values are in order."""

    known: Known
    asked: AskedModel
    records: list[Record]
    reasons: bool
    language: Language


class ShortWay:
    """A WSGI app that answers usual questions to models, and hands all else on."""

    def __init__(self, app: "WSGIApplication", house: House, keeper: Doorkeeper) -> None:
        self._app, self._house, self._keeper = app, house, keeper

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        begun = time.perf_counter()
        known = self._caller(environ)
        if known is None:
            return self._app(environ, start_response)
        body: bytes = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            question = self._question(environ, known, body)
            answer = _answered(question)
        except Exception:  # of whoever asked or of ours: the whole way meets it again, and tells
            environ["wsgi.input"] = BytesIO(body)
            return self._app(environ, start_response)
        _note(question, time.perf_counter() - begun)
        start_response("200 OK", _headers(question, answer))
        return [answer]

    def _caller(self, environ: "WSGIEnvironment") -> Known | None:
        """Return who asks, where the request's head is a usual question's."""
        if not _is_usual(environ) or is_traced():
            return None
        secret = secret_in(environ.get("HTTP_AUTHORIZATION", ""))
        known = self._keeper.remembered(secret) if secret else None
        if known is None or (known.ends_at is not None and known.ends_at <= utc_now()):
            return None
        return known

    def _question(self, environ: "WSGIEnvironment", known: Known, body: bytes) -> Question:
        known.actor.require(SCOPE)
        given = records_under(object_in(body), RECORDS)
        name = environ["PATH_INFO"][len(BEFORE) : -len(AFTER)]
        asked = AskedModel.of(self._house.models, known.tenant, known.contract, name)
        language = language_in(environ) or known.tenant.language
        reasons = QUERIES[environ["QUERY_STRING"]]
        return Question(known, asked, asked.records(given), reasons, language)


def _is_usual(environ: "WSGIEnvironment") -> bool:
    """Say whether a request's head is a usual question's; its name may still be no model's."""
    path, length = environ["PATH_INFO"], environ.get("CONTENT_LENGTH") or ""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and path.startswith(BEFORE)
        and path.endswith(AFTER)
        and environ.get("CONTENT_TYPE") == JSON
        and environ["QUERY_STRING"] in QUERIES
        and length.isdecimal()
        and int(length) <= LARGE_BODY_BYTES
        and "HTTP_TRANSFER_ENCODING" not in environ
        and not head_beyond(environ)
    )


def _answered(question: Question) -> bytes:
    """Return the answer, asked for under the tenant's limits."""
    allowance, count = question.known.allowance, len(question.records)
    telemetry.begun_one()
    try:
        allowance.admit(time.monotonic(), utc_now())
        try:
            told = question.asked.answer(
                question.records, question.language, reasons=question.reasons
            )
            return json_bytes(told)
        finally:
            allowance.finish(count, time.monotonic())
    finally:
        telemetry.ended_one()


def _note(question: Question, seconds: float) -> None:
    tenant, key, count = question.known.tenant.id, question.known.actor.id, len(question.records)
    telemetry.answered_one("POST", ROUTE, 200, tenant, seconds)
    log_answer(Answered("POST", ROUTE, 200, seconds, tenant, key, count))


def _headers(question: Question, answer: bytes) -> list[tuple[str, str]]:
    return [
        ("Content-Type", JSON),
        ("Content-Length", str(len(answer))),
        *standing_of(question.known),
        ("Content-Language", question.language),
    ]
