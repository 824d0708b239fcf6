"""``/v1/customers…``: everything about one customer in one answer (360°), for an agent's screen."""

from typing import Any

from apiflask import APIFlask
from flask import g, request

from data_contracts.contract import Contract
from features.online_persons import ways_of
from foundation.texts import text
from operations.customers.customers import LONGEST_ID, LONGEST_WAY, customer_known, customers_by
from operations.customers.view import Known, customer_view
from serving.caller import Caller, caller_of, note_person_read
from serving.customers.schemas import CustomerView, CustomerViews
from serving.docs.document import SECURITY, Json, describe, refusals
from serving.house import House
from serving.scores.answers import stored_answer
from serving.scores.latest import plain

SCOPE, AGENT, LONGEST_NAME = "read", "agent", 120


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    lake = house.lake
    said = refusals(house) | {404: house.said("customers.docs_404")}

    @app.get("/v1/customers/<customer_id>")
    @app.output(CustomerView)
    @app.doc(
        summary=house.said("customers.docs_view"),
        operation_id="customer",
        responses=said,
        security=SECURITY,
    )
    def one_customer(customer_id: str) -> Json:
        caller = caller_of(request, lake, SCOPE)
        known = customer_known(lake, caller.tenant, caller.actor, caller.contract, customer_id)
        note_person_read(caller, lake, known.person.token)
        return _told(known, caller)

    @app.get("/v1/customers")
    @app.output(CustomerViews)
    @app.doc(
        summary=house.said("customers.docs_by"),
        operation_id="customers_by",
        responses=said,
        security=SECURITY,
    )
    def those_of_a_way() -> Json:
        caller = caller_of(request, lake, SCOPE)
        given = {name: value for name, value in request.args.items() if name != AGENT}
        found = customers_by(lake, caller.tenant, caller.actor, caller.contract, given)
        g.records = len(found)
        for known in found:
            note_person_read(caller, lake, known.person.token)
        return {"customers": [_told(known, caller) for known in found]}

    agent = _parameter(AGENT, house.said("customers.docs_agent"), LONGEST_NAME)
    about = house.said("customers.docs_id")
    identification = _parameter("customer_id", about, LONGEST_ID) | {"in": "path", "required": True}
    describe(app, "/v1/customers/{customer_id}", "get", None, [identification, agent])
    describe(app, "/v1/customers", "get", None, [*_ways(house), agent])


def _told(known: Known, caller: Caller) -> Json:
    view = customer_view(known, caller.language, request.args.get(AGENT, "")[:LONGEST_NAME])
    scores = [
        stored_answer(plain(row), caller.language)
        | {"title": row["title"], "incident_id": row["incident_id"]}
        for row in view["predictions"]
    ]
    return view | {"predictions": scores}


def _ways(house: House) -> list[Json]:
    """Return the parameters of all verticals' ways to a customer."""
    labels: dict[str, str] = {}
    for contract in house.contracts:
        labels |= {way: _label(contract, way, house) for way in ways_of(contract)}
    return [
        _parameter(
            way, text("customers.docs_way", house.language, way=label.capitalize()), LONGEST_WAY
        )
        for way, label in labels.items()
    ]


def _label(contract: Contract, way: str, house: House) -> str:
    return contract.table("customers").column(way).label[house.language]


def _parameter(name: str, about: str, longest: int) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": longest}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": schema,
    }
