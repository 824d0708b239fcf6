"""``/v1/search``: one question over all masked texts of the key's tenant."""

from dataclasses import asdict
from typing import Any

from apiflask import APIFlask
from flask import g, request

from foundation.errors import InvalidRequest
from operations.incidents.values import shown
from operations.search.asking import NAMES, question_of
from operations.search.fresh import Fresh
from operations.search.index import Hit
from operations.search.question import (
    DEEPEST_HIT,
    LONGEST_FILTER,
    LONGEST_QUERY,
    MOST_PAGE_HITS,
    PAGE_HITS,
)
from operations.search.told import as_told
from serving.caller import caller_of
from serving.docs.document import SECURITY, Json, describe, refusals
from serving.house import House
from serving.search.schemas import FoundPage

SCOPE = "read"
TOLD = ("incident_id", "opened_at", "channel", "product", "risk_class")


def add(app: APIFlask, house: House) -> None:
    """Add the route."""
    fresh = Fresh(house.lake)
    said = {404: "search.docs_404", 422: "search.docs_422", 503: "search.docs_503"}
    answers = refusals(house) | {status: house.said(key) for status, key in said.items()}

    @app.get("/v1/search")
    @app.output(FoundPage)
    @app.doc(
        summary=house.said("search.docs_search"),
        operation_id="search",
        responses=answers,
        security=SECURITY,
    )
    def search() -> Json:
        caller = caller_of(request, house.lake, SCOPE)
        given = _given()
        keys = house.lake.keys.of(caller.tenant)
        question = question_of(given, caller.contract, keys)
        page = fresh.index(caller.tenant).search(question)
        hits = as_told(house.lake, caller.tenant, caller.contract, page.hits)
        g.records = len(hits)
        return {"hits": [_told(hit) for hit in hits], "next": page.next}

    describe(app, "/v1/search", "get", None, [_parameter(house, name) for name in NAMES])


def _given() -> dict[str, str]:
    """Return what the address asks, each name once."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InvalidRequest("search.twice", name=shown(name))
    return dict(request.args.items())


def _told(hit: Hit) -> Json:
    told = {name: getattr(hit.document, name) for name in TOLD}
    places = [asdict(place) for place in hit.places]
    excerpt = None if hit.excerpt is None else asdict(hit.excerpt)
    return told | {"score": hit.score, "places": places, "excerpt": excerpt}


def _parameter(house: House, name: str) -> dict[str, Any]:
    whole = {
        "offset": {"type": "integer", "minimum": 0, "maximum": DEEPEST_HIT - 1, "default": 0},
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST_PAGE_HITS, "default": PAGE_HITS},
    }
    longest = LONGEST_QUERY if name == "q" else LONGEST_FILTER
    schema = whole.get(name, {"type": "string", "maxLength": longest})
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": house.said(f"search.docs_{name}"),
        "schema": schema,
    }
