"""The log: one JSON object a line, of facts that name no person.

A worker writes what it answered a few times a second, many lines at once: a line written by itself
hands the interpreter to another thread in the middle of a request. Warnings and worse go out at
once, with all that waits before them. A worker that is killed loses the last lines; one that stops
in order writes them first.
"""

import json
import logging
import sys
import threading
import time
from functools import lru_cache
from logging.handlers import MemoryHandler
from typing import NamedTuple

from apiflask import APIFlask
from flask import Response, g, request

from serving.observed.methods import method_of

log = logging.getLogger("abcall.serving")
WAIT_SECONDS = 0.2
MOST_WAITING = 1_000


class JsonLines(logging.Formatter):
    """Writes a record's own message and its ``facts``; messages of others keep their level."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        facts = getattr(record, "facts", {})
        base = {"at": _second(int(record.created)), "level": record.levelname}
        said = {"source": record.name, "event": record.getMessage()}
        return _LINE.encode(base | said | facts)


_LINE = json.JSONEncoder(ensure_ascii=False)


@lru_cache(1)
def _second(at: int) -> str:
    """Return a second as a line says it; many lines are of the same."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(at))


class Batches(MemoryHandler):
    """Writes records to stderr, those together that came since it last did."""

    def __init__(self, wait_seconds: float = WAIT_SECONDS) -> None:
        super().__init__(MOST_WAITING, flushLevel=logging.WARNING)
        self._wait_seconds = wait_seconds
        threading.Thread(target=self._write_often, name="log", daemon=True).start()

    def flush(self) -> None:
        """Write what waits; whoever logs meanwhile does not wait for it."""
        self.acquire()
        waiting, self.buffer = self.buffer, []
        self.release()
        if not waiting:
            return
        try:
            sys.stderr.write("".join([f"{self.format(one)}\n" for one in waiting]))
            sys.stderr.flush()
        except Exception:  # as any handler: who logs does not fail by it
            self.handleError(waiting[-1])

    def _write_often(self) -> None:
        while True:
            time.sleep(self._wait_seconds)
            self.flush()


def log_to_stderr(*, in_batches: bool = False) -> None:
    """Send every record to stderr as JSON lines."""
    handler = Batches() if in_batches else logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)


def log_requests(app: APIFlask) -> None:
    """Log each request by its route, never by what it carried."""

    @app.before_request
    def begun() -> None:
        g.begun_at = time.perf_counter()

    @app.after_request
    def ended(answer: Response) -> Response:
        rule, known = request.url_rule, g.get
        told = Answered(
            method_of(request.method),
            rule.rule if rule else None,
            answer.status_code,
            time.perf_counter() - known("begun_at"),
            known("tenant_id"),
            known("key_id"),
            known("records"),
        )
        log_answer(told)
        return answer


class Answered(NamedTuple):
    """A request that was answered, as operators see it."""

    method: str
    route: str | None
    status: int
    seconds: float
    tenant: str | None
    key: str | None
    records: int | None


def log_answer(told: Answered) -> None:
    """Write the line of an answered request."""
    facts = told._asdict()
    facts["seconds"] = round(told.seconds, 4)
    log.info("answered", extra={"facts": facts})
