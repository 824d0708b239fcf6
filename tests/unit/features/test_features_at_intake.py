"""At intake an incident's features know nothing later: they are the same when all of it is deleted.

``test_features_leakage_every`` draws other futures; this deletes the future, and of the incident
itself everything but what may come in with it.
"""

from datetime import datetime
from decimal import Decimal

import pytest

from data_contracts.contract import Column, Contract, Model
from data_contracts.loader import load_contracts
from features.build import build, declared
from ingestion.schema import entity_of, stored_columns
from lakehouse.engine import Engine
from operations.incidents.intake import intake_columns
from tests.silver_rows import day, gold_of

INTAKE = day(100)
EVENTS = {"incidents": "opened_at", "calls": "started_at", "offers": "offered_at"}
MODELS = [
    pytest.param(contract, model, id=f"{vertical}-{model.name}")
    for vertical, contract in load_contracts().items()
    for model in contract.models
    if model.entity == "incident"
]
Row = dict[str, object]


def cell(column: Column, at: datetime) -> object:
    """Return something for a column, different from one day to another."""
    number = at.timetuple().tm_yday
    values: dict[str, object] = {
        "string": column.allowed[number % len(column.allowed)] if column.allowed else f"v{number}",
        "integer": number % 5 + 1,
        "number": 0.5,
        "money": Decimal(number),
        "boolean": True,
        "date": at.date(),
        "timestamp": at,
    }
    return values[column.type]


def fact(contract: Contract, name: str, at: datetime, known: datetime | None = None) -> Row:
    """Return a fact of Ana's, every column told; its outcomes come a day later.

    Those that are not known by the moment ``known`` are deleted.
    """
    table, later = contract.table(name), day(1, at)
    row: Row = {}
    for column in stored_columns(table):
        outcome = column.role in ("outcome", "outcome_time")
        if not (outcome and known and later > known):
            row[column.name] = cell(column, later if outcome else at)
    who = {"person_token": "ana"} if entity_of(table) else {}
    return row | who | {EVENTS[name]: at, table.keys[0].name: f"{name} {at:%j %H}"}


def version(contract: Contract, since: datetime, until: datetime | None) -> Row:
    """Return a version of Ana, who did not leave."""
    columns = stored_columns(contract.table("customers"))
    told = [c for c in columns if c.role not in ("effective_time", "outcome_time")]
    row = {c.name: cell(c, since) for c in told} | {"churned": False, "signup_at": day(1)}
    return row | {"person_token": "ana", "valid_from": since, "valid_to": until}


def features_of(
    engine: Engine, contract: Contract, model: Model, facts: dict[str, list[Row]], people: list[Row]
) -> list[Row]:
    from pyspark.sql import functions as fn

    gold = gold_of(engine, contract, customers=people, **facts)
    rows = gold["incident"].where(fn.col("opened_at") == fn.lit(INTAKE))
    named = fn.col("incident_id").alias("entity_id"), fn.col("opened_at").alias("as_of_at")
    frame = build(gold, declared(model, contract), rows.select("*", *named), "America/Bogota")
    found: list[Row] = engine.arrow(frame).to_pylist()
    return found


@pytest.mark.parametrize(("contract", "model"), MODELS)
def test_what_comes_after_intake_may_be_deleted(engine: Engine, contract: Contract, model: Model):
    past, future = (20.0, 60.0, 98.0, 99.5), (100.5, 101.0, 130.0)
    everything = {n: [fact(contract, n, day(d)) for d in past + future] for n in EVENTS}
    asked = fact(contract, "incidents", INTAKE)
    everything["incidents"].append(asked)
    people = [version(contract, day(2), day(120)), version(contract, day(120), None)]
    whole = features_of(engine, contract, model, everything, people)

    known = {n: [fact(contract, n, day(d), INTAKE) for d in past] for n in EVENTS}
    may_come_in = {c.name for c in intake_columns(contract.table("incidents"))}
    bare = {k: v for k, v in asked.items() if k in may_come_in | {"person_token"}}
    assert set(asked) - set(bare) >= {"closed_at", "escalated", "disputed", "satisfaction"}
    known["incidents"].append(bare)
    then = features_of(engine, contract, model, known, [version(contract, day(2), None)])

    assert then == whole
    assert sum(value is not None for value in whole[0].values()) > len(model.features)
