"""How the document tells of ``/v1/tables``: parameters, bodies, and what may be answered."""

from collections.abc import Callable
from typing import Any

from serving.docs.document import SECURITY, Json
from serving.house import House
from serving.limits import LONGEST_REQUEST_KEY, MOST_PAGE_ROWS, PAGE_ROWS
from serving.tables.feed_door import HEADER
from serving.tables.reading import LONGEST_CURSOR
from serving.tables.shapes import example_row, schema_name, table_names

FED = {200: "feeds.docs_200", 207: "feeds.docs_207", 422: "feeds.docs_422"}
REFUSED = {
    400: "feeds.docs_400",
    401: "serving.docs_401",
    403: "serving.docs_403",
    404: "feeds.docs_404",
    413: "serving.docs_413",
    422: "serving.docs_422",
    500: "serving.docs_500",
    503: "serving.docs_503",
}


def described(house: House) -> Callable[..., dict[str, Any]]:
    """Return what makes the documentation of a route of tables."""

    def doc(summary: str, name: str, *, reads: bool = False, named: bool = True) -> dict[str, Any]:
        statuses = REFUSED if reads else REFUSED | FED
        left_out = () if named else (404, 413, 422)
        return {
            "summary": house.said(summary),
            "operation_id": name,
            "responses": {
                status: house.said(key)
                for status, key in statuses.items()
                if status not in left_out
            },
            "security": SECURITY,
        }

    return doc


def key_parameters(house: House) -> Callable[..., list[Json]]:
    """Return what gives the parameters of a route by their names."""
    known: dict[str, Json] = {
        "table": {
            "name": "table",
            "in": "path",
            "required": True,
            "description": house.said("feeds.docs_table"),
            "schema": {"type": "string", "enum": table_names(house)},
        },
        "row": {
            "name": "key",
            "in": "path",
            "required": True,
            "description": house.said("feeds.docs_row_key"),
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_REQUEST_KEY},
        },
        "request": {
            "name": HEADER,
            "in": "header",
            "required": False,
            "description": house.said("feeds.docs_request_key"),
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_REQUEST_KEY},
        },
    }
    return lambda *names: [known[name] for name in names]


def page_parameters(house: House) -> list[Json]:
    """Return the parameters of a page of rows."""
    whole = {"type": "integer", "minimum": 1, "maximum": MOST_PAGE_ROWS, "default": PAGE_ROWS}
    mark = {"type": "string", "minLength": 1, "maxLength": LONGEST_CURSOR}
    filters = {"type": "object", "additionalProperties": {"type": "string"}}
    return [
        *key_parameters(house)("table"),
        _query(house, "limit", "feeds.docs_limit", whole),
        _query(house, "after", "feeds.docs_after", mark),
        _query(house, "filters", "feeds.docs_filter", filters) | {"style": "form", "explode": True},
    ]


def _query(house: House, name: str, said: str, schema: Json) -> Json:
    told = {"name": name, "in": "query", "required": False}
    return {**told, "description": house.said(said), "schema": schema}


def row_body(house: House) -> Json:
    """Return the body that is one row of a table of any vertical."""
    content = {"schema": {"anyOf": _shapes(house)}, "examples": _examples(house, many=False)}
    return {"required": True, "content": {"application/json": content}}


def bulk_body(house: House) -> Json:
    """Return the body of many rows: an array, or lines."""
    rows = {"type": "array", "minItems": 1, "items": {"anyOf": _shapes(house)}}
    lines = {"type": "string", "description": house.said("feeds.docs_gzip")}
    return {
        "required": True,
        "content": {
            "application/json": {"schema": rows, "examples": _examples(house, many=True)},
            "application/x-ndjson": {"schema": lines},
        },
    }


def _shapes(house: House) -> list[Json]:
    return [
        {"$ref": f"#/components/schemas/{schema_name(contract, table)}"}
        for contract in house.contracts
        for table in contract.tables
    ]


def _examples(house: House, *, many: bool) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for contract in house.contracts:
        for table in contract.tables:
            row = example_row(table)
            found.setdefault(table.name, {"value": [row] if many else row})
    return found
