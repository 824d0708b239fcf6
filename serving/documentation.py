"""The OpenAPI document: answers from their schemas, requests from the contracts themselves."""

from collections.abc import Iterable
from typing import Any

from apiflask import APIFlask

from data_contracts.contract import Column, ColumnType, Contract
from foundation.texts import Language, text
from serving.intake import intake_columns
from serving.limits import LONGEST_TEXT, LONGEST_VALUE, MOST_RECORDS
from serving.schemas import Failure

Json = dict[str, Any]
SECURITY = "api_key"
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


def configure(app: APIFlask, contracts: Iterable[Contract], language: Language) -> None:
    """Describe the app: version, key, and the bodies that the contracts allow."""
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
    schemas = request_schemas(contracts, language)

    def with_requests(spec: Json | str) -> Json | str:
        assert isinstance(spec, dict)
        spec["components"]["schemas"] |= schemas
        for path, body in bodies().items():
            spec["paths"][path]["post"]["requestBody"] = body
            spec["paths"][path]["post"]["parameters"] = [_model_parameter(language)]
        return spec

    app.spec_processor(with_requests)


def document(app: APIFlask) -> Json:
    """Return the OpenAPI document."""
    spec = app.spec
    assert isinstance(spec, dict)
    return spec


def request_schemas(contracts: Iterable[Contract], language: Language) -> Json:
    """Return the schemas of the bodies: an incident has the fields of all verticals."""
    columns: dict[str, Column] = {}
    for contract in contracts:
        for column in intake_columns(contract.table("incidents")):
            columns.setdefault(column.name, column)
    fields = {name: _field(column, language) for name, column in columns.items()}
    return {
        "Incident": {
            "type": "object",
            "description": text("serving.docs_incident", language),
            "properties": fields,
            "additionalProperties": False,
            "minProperties": 1,
        },
        "Incidents": _listing("incidents", {"$ref": "#/components/schemas/Incident"}),
        "CustomerIds": _listing(
            "customer_ids", {"type": "string", "minLength": 1, "maxLength": 256}
        ),
    }


def bodies() -> dict[str, Json]:
    """Return each route's request body with made-up examples."""
    either = [{"$ref": f"#/components/schemas/{name}"} for name in ("Incident", "Incidents")]
    return {
        "/v1/score/incidents": _body(
            {"oneOf": either}, {"one": INCIDENT, "batch": {"incidents": [INCIDENT]}}
        ),
        "/v1/score/customers": _body(
            {"$ref": "#/components/schemas/CustomerIds"},
            {"two": {"customer_ids": ["1000000001", "1000000002"]}},
        ),
    }


def _model_parameter(language: Language) -> Json:
    return {
        "name": MODEL,
        "in": "query",
        "required": False,
        "description": text("serving.docs_model", language),
        "schema": {"type": "string", "minLength": 1, "maxLength": 63},
    }


def _body(schema: Json, examples: dict[str, Json]) -> Json:
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


def _field(column: Column, language: Language) -> Json:
    known: Json = dict(JSON_TYPES[column.type])
    if column.type == "string":
        free = column.classification == "free_text"
        known["maxLength"] = column.max_length or (LONGEST_TEXT if free else LONGEST_VALUE)
    known["type"] = [known["type"], "null"]
    known["description"] = column.description[language]
    if column.allowed:
        known["description"] += f" ({', '.join(column.allowed)})"
    return known
