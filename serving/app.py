"""The scoring service as a Flask app: routes, and what holds for all of them."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from apiflask import APIFlask
from flask import Response, g, jsonify, request

from data_contracts.loader import load_contracts
from foundation.settings import Settings
from foundation.texts import text
from lakehouse.lake import Lake
from serving.body import json_object, records_under
from serving.caller import caller_of
from serving.docs_page import page
from serving.documentation import MODEL, SECURITY, configure, document
from serving.errors import register_errors
from serving.headers import add_headers
from serving.health import parts
from serving.language import asked_language, speak, spoken
from serving.limits import BODY_LIMIT_BYTES
from serving.logs import log_requests
from serving.schemas import Alive, CustomerScores, IncidentScores, Readiness
from serving.scoring import score_customers, score_incidents

if TYPE_CHECKING:
    from foundation.texts import Language

REFUSALS = {
    401: "serving.docs_401",
    403: "serving.docs_403",
    404: "serving.docs_404",
    413: "serving.docs_413",
    422: "serving.docs_422",
    500: "serving.docs_500",
    503: "serving.docs_503",
}


def create_app(settings: Settings, lake: Lake | None = None) -> APIFlask:
    """Return the service of an installation; nothing is opened before the first request.

    Parameters
    ----------
    lake
        An open lake to use; without it the service opens its own.
    """
    app = APIFlask(
        __name__,
        title=text("serving.docs_title", settings.language),
        version=version("abcall"),
        docs_path=None,
        json_errors=False,
    )
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT_BYTES
    contracts = load_contracts(settings.contract_dirs)
    configure(app, contracts.values(), settings.language)

    @app.before_request
    def choose_language() -> None:
        speak(asked_language(request) or settings.language)

    log_requests(app)
    add_headers(app)
    register_errors(app)
    house = lake if lake is not None else Lake.open(settings)
    _add_health(app, house, settings.language)
    _add_scoring(app, house, settings.language)
    _add_docs(app)
    return app


def _add_health(app: APIFlask, lake: Lake, language: "Language") -> None:
    @app.get("/health")
    @app.output(Alive)
    @app.doc(summary=text("serving.docs_health", language), operation_id="health")
    def health() -> dict[str, str]:
        return {"status": "alive"}

    schema = {"schema": {"$ref": "#/components/schemas/Readiness"}}
    description = text("serving.docs_503", language)
    said: dict[int | str, Any] = {
        503: {"description": description, "content": {"application/json": schema}}
    }

    @app.get("/ready")
    @app.output(Readiness)
    @app.doc(summary=text("serving.docs_ready", language), operation_id="ready", responses=said)
    def ready() -> tuple[dict[str, Any], int]:
        found = parts(lake)
        whole = all(part.fault is None for part in found)
        told = [part.to_json(spoken()) for part in found]
        return {"ready": whole, "parts": told}, 200 if whole else 503


def _add_scoring(app: APIFlask, lake: Lake, language: "Language") -> None:
    refusals: dict[int, str] = {status: text(key, language) for status, key in REFUSALS.items()}

    @app.post("/v1/score/incidents")
    @app.output(IncidentScores)
    @app.doc(
        summary=text("serving.docs_incidents", language),
        operation_id="score_incidents",
        responses=refusals,
        security=SECURITY,
    )
    def incidents() -> dict[str, Any]:
        caller = caller_of(request, lake, "score")
        body = json_object(request)
        batch = "incidents" in body
        given = records_under(body, "incidents") if batch else [body]
        g.records = len(given)
        places = [f"incidents[{n}]" for n in range(len(given))] if batch else ["incident"]
        return {"scores": score_incidents(lake, caller, given, places, request.args.get(MODEL))}

    @app.post("/v1/score/customers")
    @app.output(CustomerScores)
    @app.doc(
        summary=text("serving.docs_customers", language),
        operation_id="score_customers",
        responses=refusals,
        security=SECURITY,
    )
    def customers() -> dict[str, Any]:
        caller = caller_of(request, lake, "score")
        given = records_under(json_object(request), "customer_ids")
        g.records = len(given)
        return {"scores": score_customers(lake, caller, given, request.args.get(MODEL))}


def _add_docs(app: APIFlask) -> None:
    @app.get("/docs")
    @app.doc(hide=True)
    def docs() -> Response:
        return Response(page(document(app), spoken()), mimetype="text/html")

    @app.get("/")
    @app.doc(hide=True)
    def start() -> Response:
        return jsonify({"documentation": "/docs", "openapi": "/openapi.json"})
