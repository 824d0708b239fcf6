"""The service as a Flask app: what holds for all routes; each area brings its own."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from apiflask import APIFlask
from flask import request

import serving
from data_contracts.loader import load_contracts
from foundation.settings import Settings
from foundation.texts import Language, text
from lakehouse.lake import Lake
from models.live import LiveModels
from serving.bounds import add_bounds
from serving.docs.document import DOCUMENTED, configure
from serving.door.limiting import add_limiting
from serving.errors import register_errors
from serving.headers import add_headers
from serving.health.life import Life
from serving.house import House
from serving.language import asked_language, speak
from serving.models.short_way import add_short_way
from serving.observed.logs import log_requests
from serving.observed.telemetry import count_requests
from serving.observed.traces import trace_requests

HOUSE = "abcall"
"""Where an app keeps its house, for what runs beside its requests."""


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
    app = _blank(settings.language)

    @app.before_request
    def choose_language() -> None:
        speak(asked_language(request) or settings.language)

    trace_requests(app)
    count_requests(app)
    log_requests(app)
    add_limiting(app, settings, workers)
    add_bounds(app)
    register_errors(app)
    contracts = load_contracts(settings.contract_dirs)
    opened = lake if lake is not None else Lake.open(settings)
    house = House(
        opened, tuple(contracts.values()), LiveModels(opened), settings.language, life or Life()
    )
    app.extensions[HOUSE] = house
    app.extensions[DOCUMENTED] = cache(partial(_documented, app, house))
    for area in areas():
        area.add(app, house)
    add_short_way(app, house)
    add_headers(app, settings)
    return app


def _blank(language: Language) -> Service:
    app = Service(
        __name__,
        title=text("serving.docs_title", language),
        version=version("abcall"),
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type]  # there are no files
        json_errors=False,
    )
    configure(app, language)
    return app


def _documented(app: APIFlask, house: House, language: Language) -> APIFlask:
    """Return the app whose documentation speaks a language; only the house's serves requests."""
    if language == house.language:
        return app
    other = _blank(language)
    for area in areas():
        area.add(other, replace(house, language=language))
    return other


def areas() -> list[ModuleType]:
    """Return what brings routes: the module ``routes`` of each package of this room, by name."""
    names = [found.name for found in iter_modules(serving.__path__) if found.ispkg]
    having = [name for name in names if find_spec(f"{serving.__name__}.{name}.routes")]
    return [import_module(f"{serving.__name__}.{name}.routes") for name in having]
