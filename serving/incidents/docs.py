"""What the routes of incidents take, as the OpenAPI document says it."""

from base64 import b64encode

from apiflask import APIFlask

from data_contracts.contract import Column
from ingestion.media.kinds import MEDIA_TYPES
from operations.incidents.attachments import LONGEST_NAME
from operations.incidents.feedback import FIELDS
from operations.incidents.intake import LATER
from operations.incidents.requests import ATTACHMENTS, LONGEST_KEY
from serving.docs.document import (
    INCIDENT,
    Json,
    add_schemas,
    describe,
    field_of,
    incident_schemas,
    json_body,
)
from serving.house import House
from serving.limits import MOST_RECORDS

KEY = "Idempotency-Key"


def describe_bodies(app: APIFlask, house: House) -> None:
    """Document the bodies: an incident as for a score, its files, what came of it."""
    incident_fields = incident_schemas(house)["Incident"]
    files = {
        "type": ["array", "null"],
        "description": house.said("incidents.docs_attachments"),
        "items": {"$ref": "#/components/schemas/Attachment"},
    }
    registering = incident_fields | {
        "properties": incident_fields["properties"] | {ATTACHMENTS: files}
    }
    add_schemas(
        app,
        {
            "NewIncident": registering,
            "NewIncidents": _several("NewIncident"),
            "Attachment": _attachment_schema(),
            "IncidentOutcome": _object(_later(house)),
            "IncidentFeedback": _object(_feedback_fields(house)),
        },
    )
    key: list[Json] = [
        {
            "name": KEY,
            "in": "header",
            "required": False,
            "description": house.said("incidents.docs_key"),
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
        }
    ]
    whole, path = {"whole": INCIDENT}, "/v1/incidents"
    describe(app, path, "post", _body("NewIncident", whole), key)
    batch: Json = {"two": {"incidents": [INCIDENT]}}
    describe(app, f"{path}/batch", "post", _body("NewIncidents", batch), key)
    closed: Json = {"closed": {"solved": True}}
    describe(app, f"{path}/{{incident_id}}", "patch", _body("IncidentOutcome", closed))
    used: Json = {"used": {"reply": "R-000421", "solved": True}}
    feedback = f"{path}/{{incident_id}}/feedback"
    describe(app, feedback, "post", _body("IncidentFeedback", used))
    written = b64encode("Agente: Buenos días\nCliente: Buenos días".encode()).decode()
    later: Json = {"later": {"name": "call.txt", "media_type": "text/plain", "content": written}}
    transcripts = f"{path}/{{incident_id}}/transcripts"
    describe(app, transcripts, "post", _body("Attachment", later))


def _body(schema: str, examples: dict[str, Json]) -> Json:
    return json_body({"$ref": f"#/components/schemas/{schema}"}, examples)


def _object(fields: Json) -> Json:
    return {
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "minProperties": 1,
    }


def _several(schema: str) -> Json:
    items = {"$ref": f"#/components/schemas/{schema}"}
    several = {"type": "array", "minItems": 1, "maxItems": MOST_RECORDS, "items": items}
    return _object({"incidents": several}) | {"required": ["incidents"]}


def _attachment_schema() -> Json:
    optional = ["string", "null"]
    return {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
            "media_type": {"type": "string", "enum": list(MEDIA_TYPES)},
            "content": {"type": optional, "contentEncoding": "base64"},
            "sha256": {"type": optional, "pattern": "^[0-9a-fA-F]{64}$"},
            "url": {"type": optional, "format": "uri"},
        },
        "required": ["name", "media_type"],
        "additionalProperties": False,
    }


def _later(house: House) -> Json:
    columns: dict[str, Column] = {}
    for contract in house.contracts:
        for column in contract.table("incidents").columns:
            if column.role in LATER:
                columns.setdefault(column.name, column)
    return {name: field_of(column, house.language) for name, column in columns.items()}


def _feedback_fields(house: House) -> Json:
    types: Json = {"solved": ["boolean", "null"], "accepted": ["boolean", "null"]}
    types["margin"] = ["number", "null"]
    return {
        name: {
            "type": types.get(name, ["string", "null"]),
            "description": house.said(f"incidents.docs_{name}"),
        }
        for name in FIELDS
    }
