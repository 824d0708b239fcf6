"""The service as a Flask app: what holds for all routes; each area brings its own."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from apiflask import APIFlask
from flask import request

from data_contracts.loader import load_contracts
from foundation.settings import Settings
from foundation.texts import text
from lakehouse.lake import Lake
from models.live import LiveModels
from serving.calls import routes as calls_routes
from serving.customers import routes as customer_routes
from serving.docs import routes as docs_routes
from serving.graph import routes as graph_routes
from serving.health import routes as health_routes
from serving.incidents import routes as incident_routes
from serving.keys import routes as keys_routes
from serving import limits_routes
from serving.models import routes as model_routes
from serving.scores import routes as score_routes
from serving.tables import routes as table_routes
from serving.webhooks import routes as webhooks_routes
from serving.bounds import add_bounds
from serving.docs.document import configure
from serving.errors import register_errors
from serving.headers import add_headers
from serving.house import House
from serving.language import asked_language, speak
from serving.health.life import Life
from serving.door.limiting import add_limiting
from serving.observed.logs import log_requests
from serving.observed.telemetry import count_requests
from serving.observed.traces import trace_requests

HOUSE = "abcall"
"""Where an app keeps its house, for what runs beside its requests."""

AREAS = (
    health_routes,
    score_routes,
    model_routes,
    incident_routes,
    customer_routes,
    calls_routes,
    table_routes,
    graph_routes,
    keys_routes,
    limits_routes,
    webhooks_routes,
    docs_routes,
)
"""Modules whose ``add(app, house)`` brings routes."""


class Service(APIFlask):
    """An app of plain functions: it asks of none, at every call, whether it is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function."""
        return func


def create_app(
    settings: Settings, lake: Lake | None = None, life: Life | None = None, workers: int = 1
) -> APIFlask:
    """Return the service of an installation; nothing is opened before the first request.

    Parameters
    ----------
    lake
        An open lake to use; without it the service opens its own.
    life
        Of the process that serves it; without it the app counts as warm.
    workers
        Processes that share tenants' rates, this one among them.
    """
    app = Service(
        __name__,
        title=text("serving.docs_title", settings.language),
        version=version("abcall"),
        docs_path=None,
        json_errors=False,
    )
    configure(app, settings.language)

    @app.before_request
    def choose_language() -> None:
        speak(asked_language(request) or settings.language)

    trace_requests(app)
    count_requests(app)
    log_requests(app)
    add_limiting(app, settings, workers)
    add_bounds(app)
    add_headers(app, settings)
    register_errors(app)
    contracts = load_contracts(settings.contract_dirs)
    opened = lake if lake is not None else Lake.open(settings)
    house = House(opened, tuple(contracts.values()), LiveModels(opened), life or Life())
    app.extensions[HOUSE] = house
    for area in AREAS:
        area.add(app, house)
    return app
