"""``/v1/score/…``: what the models say of incidents and customers that are given."""

from typing import Any

from apiflask import APIFlask
from flask import g, request

from serving.body import json_object, records_under
from serving.caller import caller_of
from serving.docs.document import (
    INCIDENT,
    MODEL,
    SECURITY,
    add_schemas,
    describe,
    incident_schemas,
    json_body,
    model_parameter,
    refusals,
)
from serving.house import House
from serving.schemas import CustomerScores, IncidentScores
from serving.scores.scoring import score_customers, score_incidents


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    lake, said = house.lake, refusals(house)

    @app.post("/v1/score/incidents")
    @app.output(IncidentScores)
    @app.doc(
        summary=house.said("serving.docs_incidents"),
        operation_id="score_incidents",
        responses=said,
        security=SECURITY,
    )
    def incidents() -> dict[str, Any]:
        caller = caller_of(request, lake, "score")
        body = json_object(request)
        batch = "incidents" in body
        given = records_under(body, "incidents") if batch else [body]
        g.records = len(given)
        places = [f"incidents[{n}]" for n in range(len(given))] if batch else ["incident"]
        return {"scores": score_incidents(house, caller, given, places, request.args.get(MODEL))}

    @app.post("/v1/score/customers")
    @app.output(CustomerScores)
    @app.doc(
        summary=house.said("serving.docs_customers"),
        operation_id="score_customers",
        responses=said,
        security=SECURITY,
    )
    def customers() -> dict[str, Any]:
        caller = caller_of(request, lake, "score")
        given = records_under(json_object(request), "customer_ids")
        g.records = len(given)
        return {"scores": score_customers(house, caller, given, request.args.get(MODEL))}

    schemas = incident_schemas(house)
    model = [model_parameter(house.language)]
    either = [{"$ref": f"#/components/schemas/{name}"} for name in ("Incident", "Incidents")]
    examples = {"one": INCIDENT, "batch": {"incidents": [INCIDENT]}}
    two = {"two": {"customer_ids": ["1000000001", "1000000002"]}}
    customers_body = json_body({"$ref": "#/components/schemas/CustomerIds"}, two)
    describe(app, "/v1/score/incidents", "post", json_body({"oneOf": either}, examples), model)
    describe(app, "/v1/score/customers", "post", customers_body, model)
    add_schemas(app, schemas)
