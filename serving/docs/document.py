"""The OpenAPI document: answers from their schemas, requests from the contracts themselves."""

from collections.abc import Sequence
from typing import Any

from apiflask import APIFlask

from data_contracts.contract import Column, ColumnType
from foundation.texts import Language, text
from operations.incidents.intake import intake_columns
from operations.incidents.values import LONGEST_TEXT, LONGEST_VALUE
from serving.house import House
from serving.limits import MOST_RECORDS
from serving.schemas import Failure

Json = dict[str, Any]
SECURITY = "api_key"
SCHEMAS, REQUESTS, ANSWERS = "abcall_schemas", "abcall_requests", "abcall_answers"
REFUSALS = {
    401: "serving.docs_401",
    403: "serving.docs_403",
    404: "serving.docs_404",
    413: "serving.docs_413",
    422: "serving.docs_422",
    429: "serving.docs_429",
    500: "serving.docs_500",
    503: "serving.docs_503",
}
DOCUMENTED = "abcall_documented"
"""Where an app keeps what returns, for a language, the app whose document speaks it."""

MODEL = "model"
"""The parameter that says which of the vertical's models is asked."""
INCIDENT: Json = {
    "incident_id": "PQR-000123",
    "customer_id": "1000000001",
    "kind": "claim",
    "channel": "chat",
    "text": "El internet se cae todas las noches y nadie responde.",
}
"""A made-up example."""

JSON_TYPES: dict[ColumnType, Json] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "money": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}


def configure(app: APIFlask, language: Language) -> None:
    """Describe the app: version, key, and what the areas say of their requests."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        HTTP_ERROR_SCHEMA=Failure,
        DESCRIPTION=text("serving.docs_intro", language),
        SECURITY_SCHEMES={
            SECURITY: {
                "type": "http",
                "scheme": "bearer",
                "description": text("serving.docs_key", language),
            }
        },
    )
    for name in (SCHEMAS, REQUESTS, ANSWERS):
        app.extensions[name] = {}

    def with_requests(spec: Json | str) -> Json | str:
        assert isinstance(spec, dict)
        spec["components"]["schemas"] |= app.extensions[SCHEMAS]
        for (path, verb), told in app.extensions[REQUESTS].items():
            operation = spec["paths"][path][verb]
            of_path = operation.get("parameters", [])
            operation |= told
            if of_path:  # besides those of its path, unless told anew
                named = {one["name"] for one in told.get("parameters", [])}
                kept = [one for one in of_path if one["name"] not in named]
                operation["parameters"] = [*kept, *told.get("parameters", [])]
        for (path, verb, status), schema in app.extensions[ANSWERS].items():
            answer = spec["paths"][path][verb]["responses"][str(status)]
            answer["content"] = {"application/json": {"schema": schema}}
        return spec

    app.spec_processor(with_requests)


def add_schemas(app: APIFlask, schemas: Json) -> None:
    """Add shapes that are made of contracts to the document."""
    app.extensions[SCHEMAS] |= schemas


def describe(
    app: APIFlask, path: str, verb: str, body: Json | None, parameters: Sequence[Json] = ()
) -> None:
    """Say what a route takes: its body, and parameters besides those of its path.

    Parameters
    ----------
    path
        As the document writes it: ``/v1/customers/{customer_id}``.
    """
    told: Json = {"parameters": list(parameters)} if parameters else {}
    app.extensions[REQUESTS][path, verb] = told | ({"requestBody": body} if body else {})


def describe_answer(app: APIFlask, path: str, verb: str, status: int, *schemas: str) -> None:
    """Say which shapes an answer of a status may have, where it is not the route's usual one."""
    either = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    app.extensions[ANSWERS][path, verb, status] = (
        either[0] if len(either) == 1 else {"anyOf": either}
    )


def refusals(house: House) -> dict[int, str]:
    """Return what a route that takes a key and a body may refuse, status → why."""
    return {status: house.said(key) for status, key in REFUSALS.items()}


def document(app: APIFlask) -> Json:
    """Return the OpenAPI document."""
    spec = app.spec
    assert isinstance(spec, dict)
    return spec


def incident_schemas(house: House) -> Json:
    """Return the schemas of the bodies: an incident has the fields of all verticals."""
    columns: dict[str, Column] = {}
    for contract in house.contracts:
        for column in intake_columns(contract.table("incidents")):
            columns.setdefault(column.name, column)
    fields = {name: field_of(column, house.language) for name, column in columns.items()}
    return {
        "Incident": {
            "type": "object",
            "description": house.said("serving.docs_incident"),
            "properties": fields,
            "additionalProperties": False,
            "minProperties": 1,
        },
        "Incidents": _listing("incidents", {"$ref": "#/components/schemas/Incident"}),
        "CustomerIds": _listing(
            "customer_ids", {"type": "string", "minLength": 1, "maxLength": 256}
        ),
    }


def model_parameter(language: Language) -> Json:
    """Return the parameter that chooses a model."""
    return {
        "name": MODEL,
        "in": "query",
        "required": False,
        "description": text("serving.docs_model", language),
        "schema": {"type": "string", "minLength": 1, "maxLength": 63},
    }


def json_body(schema: Json, examples: dict[str, Json]) -> Json:
    """Return a request body with made-up examples."""
    said = {name: {"value": value} for name, value in examples.items()}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema, "examples": said}},
    }


def _listing(name: str, item: Json) -> Json:
    records = {"type": "array", "minItems": 1, "maxItems": MOST_RECORDS, "items": item}
    return {
        "type": "object",
        "properties": {name: records},
        "required": [name],
        "additionalProperties": False,
    }


def field_of(column: Column, language: Language) -> Json:
    """Return the schema of a column's values."""
    known: Json = dict(JSON_TYPES[column.type])
    if column.type == "string":
        free = column.classification == "free_text"
        known["maxLength"] = column.max_length or (LONGEST_TEXT if free else LONGEST_VALUE)
    known["type"] = [known["type"], "null"]
    known["description"] = column.description[language]
    if column.allowed:
        known["description"] += f" ({', '.join(column.allowed)})"
    return known
