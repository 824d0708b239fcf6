"""``/v1/models/{model}/score``: what a model says of features that the caller has or imagines."""

from typing import Any

from apiflask import APIFlask
from flask import Response, g, request

from data_contracts.contract import Model
from foundation.errors import InvalidRequest, NotFound
from foundation.texts import Language
from models.score import Score
from operations.incidents.values import shown
from serving.body import json_object, ready_json, records_under
from serving.caller import Caller, caller_of
from serving.docs.document import SECURITY, add_schemas, describe, json_body, refusals
from serving.house import House
from serving.limits import MOST_RECORDS
from serving.models.feature_values import feature_records
from serving.models.schemas import RecordScores
from serving.scores.scoring import scorer_of

REASONS = "reasons"
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
        caller = caller_of(request, house.lake, "score")
        wanted, reasons = _declared(caller, model), _reasons_wanted()
        given = records_under(json_object(request), "records")
        g.records = len(given)
        scorer = scorer_of(house.models, caller, wanted.name)
        scores = scorer.score(feature_records(given, scorer.champion.features), reasons=reasons)
        # A response as it is goes out as it is: checked by the schema in tests, not in requests.
        return ready_json(_answer(wanted, scores, caller.language))

    told = [_reasons_parameter(house)]
    body = json_body({"$ref": "#/components/schemas/FeatureRecords"}, EXAMPLES)
    describe(app, PATH, "post", body, told)
    add_schemas(app, {"FeatureRecords": _records_schema(house)})


EXAMPLES: dict[str, dict[str, Any]] = {
    "two": {"records": [{"complaints_last_90_days": 3}, {"complaints_last_90_days": 0}]}
}


def _declared(caller: Caller, model: str) -> Model:
    models = caller.contract.models
    found = next((one for one in models if one.name == model), None)
    if found is None:
        known = ", ".join(one.name for one in models)
        raise NotFound("serving.no_such_model", model=shown(model), known=known)
    return found


def _reasons_wanted() -> bool:
    given = request.args.get(REASONS, "true")
    if given not in YES_OR_NO:
        raise InvalidRequest("serving.not_boolean", field=REASONS)
    return YES_OR_NO[given]


def _answer(model: Model, scores: list[Score], language: Language) -> dict[str, Any]:
    one = scores[0]
    return {
        "model": model.name,
        "task": model.task,
        "scores": [_scored(score, language) for score in scores],
        "versions": {
            "model": one.model_name,
            "model_version": one.model_version,
            "contract": one.contract_version,
            "code": one.code_version,
            "tables": one.table_versions,
        },
    }


def _scored(score: Score, language: Language) -> dict[str, Any]:
    return {
        "probability": score.probability,
        "predicted_value": score.predicted_value,
        "class_probabilities": score.class_probabilities,
        "risk_class": score.risk_class,
        "reasons": [
            {"feature": r.feature, "contribution": r.contribution, "text": r.say(language)}
            for r in score.reasons
        ],
    }


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
