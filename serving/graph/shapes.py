"""How the document tells of a GraphQL request and its answer."""

from serving.docs.document import Json
from serving.limits import GRAPH_CHARACTERS

EXAMPLE: Json = {
    "query": "query page($first: Int) {\n  customers(first: $first) {\n"
    "    nodes { customer_id recorded_at }\n    pageInfo { hasNextPage endCursor }\n  }\n}",
    "variables": {"first": 10},
}
ERROR: Json = {
    "type": "object",
    "required": ["message", "extensions"],
    "properties": {
        "message": {"type": "string"},
        "locations": {"type": "array", "items": {"type": "object"}},
        "path": {"type": "array", "items": {"type": ["string", "integer"]}},
        "extensions": {
            "type": "object",
            "required": ["key"],
            "properties": {"key": {"type": "string"}},
        },
    },
}


def graph_schemas() -> Json:
    """Return the shapes of a request and of an answer."""
    return {
        "GraphRequest": {
            "type": "object",
            "required": ["query"],
            "properties": {
                "query": {"type": "string", "minLength": 1, "maxLength": GRAPH_CHARACTERS},
                "variables": {"type": ["object", "null"]},
                "operationName": {"type": ["string", "null"]},
                "extensions": {"type": ["object", "null"]},
            },
            "additionalProperties": False,
        },
        "GraphAnswer": {
            "type": "object",
            "properties": {
                "data": {"type": ["object", "null"]},
                "errors": {"type": "array", "minItems": 1, "items": ERROR},
            },
            "additionalProperties": False,
        },
    }
