"""``/v1/models/{model}/score``: what a model says of features that the caller has or imagines."""

from typing import Any

from apiflask import APIFlask
from flask import Response, g, request

from foundation.errors import InvalidRequest
from serving.body import json_object, ready_json, records_under
from serving.caller import caller_of
from serving.docs.document import SECURITY, add_schemas, describe, json_body, refusals
from serving.house import House
from serving.limits import MOST_RECORDS
from serving.models.asked import REASONS, RECORDS, SCOPE, AskedModel
from serving.models.schemas import RecordScores

YES_OR_NO = {"true": True, "false": False}
PATH = "/v1/models/{model}/score"


def add(app: APIFlask, house: House) -> None:
    """Add the route."""

    @app.post("/v1/models/<model>/score")
    @app.output(RecordScores)
    @app.doc(
        summary=house.said("serving.docs_score_model"),
        operation_id="score_records",
        responses=refusals(house),
        security=SECURITY,
    )
    def score(model: str) -> Response:
        caller = caller_of(request, house.lake, SCOPE)
        asked = AskedModel.of(house.models, caller.tenant, caller.contract, model)
        reasons, given = _reasons_wanted(), records_under(json_object(request), RECORDS)
        g.records = len(given)
        # A response as it is goes out as it is: checked by the schema in tests, not in requests.
        return ready_json(asked.answer(asked.records(given), caller.language, reasons=reasons))

    told = [_reasons_parameter(house)]
    body = json_body({"$ref": "#/components/schemas/FeatureRecords"}, EXAMPLES)
    describe(app, PATH, "post", body, told)
    add_schemas(app, {"FeatureRecords": _records_schema(house)})


EXAMPLES: dict[str, dict[str, Any]] = {
    "two": {"records": [{"complaints_last_90_days": 3}, {"complaints_last_90_days": 0}]}
}


def _reasons_wanted() -> bool:
    given = request.args.get(REASONS, "true")
    if given not in YES_OR_NO:
        raise InvalidRequest("serving.not_boolean", field=REASONS)
    return YES_OR_NO[given]


def _reasons_parameter(house: House) -> dict[str, Any]:
    return {
        "name": REASONS,
        "in": "query",
        "required": False,
        "description": house.said("serving.docs_reasons"),
        "schema": {"type": "boolean", "default": True},
    }


def _records_schema(house: House) -> dict[str, Any]:
    value = {"type": ["number", "string", "boolean", "null"]}
    record = {"type": "object", "additionalProperties": value}
    return {
        "type": "object",
        "description": house.said("serving.docs_records"),
        "properties": {
            "records": {"type": "array", "minItems": 1, "maxItems": MOST_RECORDS, "items": record}
        },
        "required": ["records"],
        "additionalProperties": False,
    }
