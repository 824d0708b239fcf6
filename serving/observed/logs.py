"""The log: one JSON object a line, of facts that name no person."""

import json
import logging
import sys
import time
from functools import lru_cache

from apiflask import APIFlask
from flask import Response, g, request

from serving.observed.methods import method_of

log = logging.getLogger("abcall.serving")


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


def log_to_stderr() -> None:
    """Send every record to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
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
        facts = {
            "method": method_of(request.method),
            "route": rule.rule if rule else None,
            "status": answer.status_code,
            "seconds": round(time.perf_counter() - known("begun_at"), 4),
            "tenant": known("tenant_id"),
            "key": known("key_id"),
            "records": known("records"),
        }
        log.info("answered", extra={"facts": facts})
        return answer
