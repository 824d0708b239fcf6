"""No feature of any model of any contract, a tenant's own columns included, looks past its as-of.

Two worlds share a past and differ in all that comes later: facts, corrections that take effect
later, and outcomes that become known later. Every feature must be the same in both.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_contracts.contract import Column, ColumnType, Contract, Model, Table
from data_contracts.extension import OwnColumn
from data_contracts.loader import load_contracts, load_documents
from data_contracts.own import extended_contract
from features.build import build, declared
from features.gold import Gold
from ingestion.schema import entity_of, stored_columns
from lakehouse.engine import Engine
from tests.silver_rows import day, gold_of

NOW = day(100)
PERSONS = ("ana", "eva")
EVENTS = ("incidents", "calls", "offers")
Row = dict[str, object]
World = dict[str, list[Row]]


def own(name: str, type_: ColumnType) -> OwnColumn:
    label = {"es": name, "en": name}
    return OwnColumn("customers", name, type_, "measure", "internal", label, (name,))


OWN = (own("plan_score", "number"), own("plan_kind", "string"), own("plan_active", "boolean"))
EXTENDED = extended_contract(load_documents()["telecom"], OWN, 1)
CONTRACTS: Sequence[Contract] = (*load_contracts().values(), EXTENDED)
MODELS = [(contract, model) for contract in CONTRACTS for model in contract.models]

earlier = st.floats(0, 99.99).map(day)
later = st.floats(100.01, 200).map(day)


def cell(column: Column) -> st.SearchStrategy[object]:
    """Return any value that silver may hold in a column, NULL among them."""
    values: dict[str, st.SearchStrategy[object]] = {
        "string": st.sampled_from(column.allowed or ("one", "two", "three")),
        "integer": st.integers(0, 9),
        "number": st.integers(0, 9).map(float),
        "money": st.integers(0, 9).map(Decimal),
        "boolean": st.booleans(),
        "date": earlier.map(lambda moment: moment.date()),
        "timestamp": st.one_of(earlier, later),
    }
    return st.one_of(st.none(), values[column.type])


def time_of(table: Table) -> str:
    return table.by_role("event_time")[0].name


def facts(table: Table, moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[Row]:
    """Return a fact of a person at a moment, its other columns anything."""
    cells = {c.name: cell(c) for c in stored_columns(table) if not c.key}
    who = {"person_token": st.sampled_from(PERSONS)} if entity_of(table) else {}
    return st.fixed_dictionaries({**cells, **who, time_of(table): moments})


def versions(table: Table, since: st.SearchStrategy[datetime]) -> st.SearchStrategy[Row]:
    cells = {c.name: cell(c) for c in stored_columns(table) if c.role != "effective_time"}
    return st.fixed_dictionaries({**cells, "valid_from": since})


def worlds(contract: Contract, data: st.DataObject) -> tuple[World, World]:
    """Draw two worlds with one past and two futures."""
    one: World = {"customers": []}
    other: World = {"customers": []}
    for person in PERSONS:
        first = data.draw(versions(contract.table("customers"), st.just(day(0))))
        for world in (one, other):
            world["customers"] += _history(contract, {**first, "person_token": person}, data)
    for name in EVENTS:
        table = contract.table(name)
        past = data.draw(st.lists(facts(table, earlier), min_size=1, max_size=4))
        if name == "incidents":
            past += [{**data.draw(facts(table, st.just(NOW))), "person_token": p} for p in PERSONS]
        for world in (one, other):
            future = data.draw(st.lists(facts(table, later), max_size=2))
            told = [_told_later(table, row, data) for row in past]
            rows = enumerate([*told, *future])
            world[name] = [{**row, table.keys[0].name: f"{name}{at}"} for at, row in rows]
    return one, other


def _history(contract: Contract, first: Row, data: st.DataObject) -> list[Row]:
    """Return a version and, perhaps, a correction that takes effect after now."""
    table = contract.table("customers")
    first = _told_later(table, first, data)
    if data.draw(st.booleans()):
        return [first]
    second = {**data.draw(versions(table, later)), "person_token": first["person_token"]}
    return [{**first, "valid_to": second["valid_from"]}, second]


def _told_later(table: Table, row: Row, data: st.DataObject) -> Row:
    """Return a row with every outcome that is not known by now told anyhow."""
    redrawn = dict(row)
    for column in stored_columns(table):
        told = row.get(column.name)
        unknown = told is None or (isinstance(told, datetime) and told > NOW)
        if column.role == "outcome_time" and unknown:
            redrawn[column.name] = data.draw(st.one_of(st.none(), later))
        elif column.role == "outcome":
            redrawn[column.name] = data.draw(cell(column))
    return redrawn


def features_now(engine: Engine, contract: Contract, model: Model, world: World) -> list[Row]:
    """Return every feature of the model as of now, by entity."""
    gold = gold_of(engine, contract, **world)
    rows = engine.arrow(
        build(gold, declared(model, contract), _grid(engine, gold, model), "America/Bogota")
    )
    found: list[Row] = rows.sort_by("entity_id").to_pylist()
    return found


def _grid(engine: Engine, gold: Gold, model: Model) -> object:
    from pyspark.sql import functions as fn

    if model.entity == "customer":
        keys = [(one, one, NOW) for one in PERSONS]
        schema = "entity_id string, person_token string, as_of_at timestamp"
        return engine.session.createDataFrame(keys, schema)
    opened = gold["incident"].where(fn.col("opened_at") == fn.lit(NOW))
    return opened.select(
        "*", fn.col("incident_id").alias("entity_id"), fn.col("opened_at").alias("as_of_at")
    )


@pytest.mark.parametrize(
    ("contract", "model"),
    MODELS,
    ids=[f"{c.vertical}-{c.version}-{m.name}" for c, m in MODELS],
)
@settings(
    max_examples=4,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_different_future_changes_no_feature(
    engine: Engine, contract: Contract, model: Model, data: st.DataObject
):
    one, other = worlds(contract, data)
    known = features_now(engine, contract, model, one)
    assert len(known) == len(PERSONS)
    assert features_now(engine, contract, model, other) == known


@pytest.mark.parametrize(("contract", "model"), MODELS[-2:], ids=["customer", "incident"])
def test_the_test_itself_sees_a_feature_that_looks_ahead(
    engine: Engine, contract: Contract, model: Model
):
    """Moved a day, the same worlds differ: what is compared does depend on time."""

    def world(at: datetime) -> World:
        person = {"person_token": "ana", "valid_from": day(0), "plan_score": 1.0}
        changed = {**person, "valid_from": at, "plan_score": 2.0, "monthly_charge": Decimal(9)}
        fact = {"incident_id": "past", "person_token": "ana", "opened_at": at, "kind": "claim"}
        asked = {**fact, "incident_id": "asked", "opened_at": NOW}
        versions_ = [{**person, "valid_to": at}, changed]
        return {"customers": versions_, "incidents": [fact, asked]}

    later_, earlier_ = (
        features_now(engine, contract, model, world(NOW + timedelta(days=way))) for way in (1, -1)
    )
    assert later_ != earlier_
