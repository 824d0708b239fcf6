"""``/health``, ``/ready`` and ``/metrics``: whether the process lives, works, and how much."""

import hmac
from typing import Any

from apiflask import APIFlask
from flask import Response, request

from foundation.errors import MissingPart, NotFound
from foundation.settings import Settings
from serving.health.parts import Readiness
from serving.house import House
from serving.language import spoken
from serving.observed import telemetry
from serving.observed.outbox import OutboxMetrics
from serving.schemas import Alive
from serving.schemas import Readiness as ReadinessSchema

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""

    @app.get("/health")
    @app.output(Alive)
    @app.doc(summary=house.said("serving.docs_health"), operation_id="health")
    def health() -> dict[str, str]:
        return {"status": "alive"}

    readiness = Readiness(house.lake, house.life, house.models)
    schema = {"schema": {"$ref": "#/components/schemas/Readiness"}}
    description = house.said("serving.docs_503")
    said: dict[int | str, Any] = {
        503: {"description": description, "content": {"application/json": schema}}
    }

    @app.get("/ready")
    @app.output(ReadinessSchema)
    @app.doc(summary=house.said("serving.docs_ready"), operation_id="ready", responses=said)
    def ready() -> tuple[dict[str, Any], int]:
        found = readiness.parts()
        whole = all(part.fault is None for part in found)
        told = [part.to_json(spoken()) for part in found]
        return {"ready": whole, "parts": told}, 200 if whole else 503

    outbox = OutboxMetrics(house.lake)

    @app.get("/metrics")
    @app.doc(hide=True)
    def metrics() -> Response:
        _require_metrics_key(house.settings)
        return Response(telemetry.page([outbox]), content_type=METRICS_TYPE)


def _require_metrics_key(settings: Settings) -> None:
    """Let in who shows the key of the settings; to all others the page does not exist."""
    file = settings.metrics_key_file
    if file is not None:
        try:
            key = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise MissingPart("operate.no_metrics_key") from error
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key and hmac.compare_digest(shown.encode(), key.encode()):
            return
    raise NotFound("serving.no_route")
