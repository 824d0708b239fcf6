"""The log: one JSON object a line, of facts that name no person."""

import json
import logging
import sys
import time

from apiflask import APIFlask
from flask import Response, g, request

log = logging.getLogger("abcall.serving")


class JsonLines(logging.Formatter):
    """Writes a record's own message and its ``facts``; messages of others keep their level."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        facts = getattr(record, "facts", {})
        base = {"at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname}
        said = {"source": record.name, "event": record.getMessage()}
        return json.dumps(base | said | facts, ensure_ascii=False)


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
        facts = {
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": answer.status_code,
            "seconds": round(time.perf_counter() - g.begun_at, 4),
            "tenant": g.get("tenant_id"),
            "key": g.get("key_id"),
            "records": g.get("records"),
        }
        log.info("answered", extra={"facts": facts})
        return answer
