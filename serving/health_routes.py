"""``/health`` and ``/ready``: whether the process lives, and whether it can do its work."""

from typing import Any

from apiflask import APIFlask

from serving.health import parts
from serving.house import House
from serving.language import spoken
from serving.schemas import Alive, Readiness


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""

    @app.get("/health")
    @app.output(Alive)
    @app.doc(summary=house.said("serving.docs_health"), operation_id="health")
    def health() -> dict[str, str]:
        return {"status": "alive"}

    schema = {"schema": {"$ref": "#/components/schemas/Readiness"}}
    description = house.said("serving.docs_503")
    said: dict[int | str, Any] = {
        503: {"description": description, "content": {"application/json": schema}}
    }

    @app.get("/ready")
    @app.output(Readiness)
    @app.doc(summary=house.said("serving.docs_ready"), operation_id="ready", responses=said)
    def ready() -> tuple[dict[str, Any], int]:
        found = parts(house.lake)
        whole = all(part.fault is None for part in found)
        told = [part.to_json(spoken()) for part in found]
        return {"ready": whole, "parts": told}, 200 if whole else 503
