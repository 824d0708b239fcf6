"""At intake an incident's features know nothing later: they are the same when all of it is deleted.

``test_features_leakage_every`` draws other futures; this deletes the future, and of the incident
itself everything but what may come in with it.
"""

from datetime import datetime

import pytest

from data_contracts.contract import Column, Contract, Model
from data_contracts.loader import load_contracts
from features.build import build, declared
from ingestion.schema import entity_of, stored_columns
from lakehouse.engine import Engine
from serving.intake import intake_columns
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
        "money": number,
        "boolean": True,
        "date": at.date(),
        "timestamp": at,
    }
    return values[column.type]


def fact(contract: Contract, name: str, at: datetime) -> Row:
    """Return a fact of Ana's at a moment, every column told, outcomes a day later."""
    table = contract.table(name)
    row = {
        c.name: cell(c, day(1, at) if c.role == "outcome_time" else at)
        for c in stored_columns(table)
    }
    who = {"person_token": "ana"} if entity_of(table) else {}
    return row | who | {EVENTS[name]: at, table.keys[0].name: f"{name} {at:%j}"}


def version(contract: Contract, since: datetime, until: datetime | None) -> Row:
    columns = stored_columns(contract.table("customers"))
    row = {
        c.name: cell(c, since) for c in columns if c.role not in ("effective_time", "outcome_time")
    }
    row |= {"churned": False, "signup_at": day(1), "valid_from": since, "valid_to": until}
    return row | {"person_token": "ana"}


def features_at_intake(
    engine: Engine, contract: Contract, model: Model, days: tuple[float, ...], asked: Row
) -> list[Row]:
    from pyspark.sql import functions as fn

    facts = {name: [fact(contract, name, day(one)) for one in days] for name in EVENTS}
    facts["incidents"].append(asked)
    later = [version(contract, day(120), None)] if max(days) > 100 else []
    customers = [version(contract, day(2), day(120) if later else None), *later]
    gold = gold_of(engine, contract, customers=customers, **facts)
    rows = gold["incident"].where(fn.col("opened_at") == fn.lit(INTAKE))
    named = fn.col("incident_id").alias("entity_id"), fn.col("opened_at").alias("as_of_at")
    frame = build(gold, declared(model, contract), rows.select("*", *named), "America/Bogota")
    found: list[Row] = engine.arrow(frame).to_pylist()
    return found


@pytest.mark.parametrize(("contract", "model"), MODELS)
def test_what_comes_after_intake_may_be_deleted(engine: Engine, contract: Contract, model: Model):
    asked = fact(contract, "incidents", INTAKE)
    known = {c.name for c in intake_columns(contract.table("incidents"))}
    bare = {name: asked[name] for name in ("incident_id", "person_token", *known) if name in asked}
    assert set(asked) - set(bare) >= {"closed_at", "escalated", "disputed", "satisfaction"}
    past, future = (20.0, 60.0, 98.0, 99.5), (100.5, 101.0, 130.0)
    whole = features_at_intake(engine, contract, model, past + future, asked)
    assert len(whole) == 1
    assert sum(value is not None for value in whole[0].values()) > len(model.features)
    assert features_at_intake(engine, contract, model, past, bare) == whole
