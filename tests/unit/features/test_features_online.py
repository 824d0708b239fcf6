"""Features from the online store are those of the engine: the same functions, the same values."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts.contract import Column, Contract, Model
from data_contracts.loader import load_contracts
from features.build import ENTITY, PERSON, SAID, available, build, declared
from features.catalogue import MONTHLY_VALUE
from features.facts import AS_OF
from features.gold import Gold
from features.labels import active_customers
from features.live import incident_frame
from features.online import online_customer_frame, online_incident_frame
from features.online_settled import settled
from features.online_store import build_online
from features.records import to_records
from features.shapes import Record
from ingestion.extractors.words import read
from ingestion.extractors.words.columns import SIGNALS, row_of
from ingestion.schema import TYPES, stored_columns
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.silver_rows import NEW_YEAR, day, gold_of, lake_at

EVENTS = {"incidents": "opened_at", "calls": "started_at", "offers": "offered_at"}
PERSONS = ("ana", "luz", "eva")
ZONES = ("America/Bogota", "Pacific/Auckland", "UTC", "America/Santiago")
MODELS = [
    pytest.param(contract, model, id=f"{vertical}-{model.name}")
    for vertical, contract in load_contracts().items()
    for model in contract.models
]
GRID = pa.schema([(ENTITY, pa.string()), (PERSON, pa.string()), (AS_OF, TYPES["timestamp"])])
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
NUMBERS = count()
Row = dict[str, object]


def of_incidents(parameters: object) -> bool:
    return parameters.values[1].entity == "incident"


moments = st.integers(0, 200 * 24 * 3600).map(lambda n: NEW_YEAR + timedelta(seconds=n))


def cells(column: Column) -> st.SearchStrategy[object]:
    """Return what a column may hold, unknown included."""
    known: dict[str, st.SearchStrategy[object]] = {
        "string": st.sampled_from(column.allowed or ("a", "Ñandú", "")),
        "integer": st.integers(0, 9),
        "number": st.sampled_from([0.0, 0.1, 2.5, 31.0]),
        "money": st.decimals("0", "99999999", places=4),
        "boolean": st.booleans(),
        "date": moments.map(datetime.date),
        "timestamp": moments,
    }
    return st.none() | known[column.type]


@st.composite
def facts(draw: st.DrawFn, contract: Contract, name: str) -> list[Row]:
    """Return rows of an event table, some of nobody known."""
    table, rows = contract.table(name), []
    for number in range(draw(st.integers(0, 6))):
        row = {c.name: draw(cells(c)) for c in stored_columns(table)}
        row |= {PERSON: draw(st.sampled_from([*PERSONS, None])), EVENTS[name]: draw(moments)}
        rows.append(row | {table.keys[0].name: f"{name}-{number}"})
    return rows


@st.composite
def people(draw: st.DrawFn, contract: Contract) -> list[Row]:
    """Return versions of customers, one after the other."""
    rows: list[Row] = []
    columns = list(stored_columns(contract.table("customers")))
    for person in draw(st.lists(st.sampled_from(PERSONS), unique=True)):
        since = sorted(draw(st.lists(moments, min_size=1, max_size=3, unique=True)))
        for at, until in zip(since, [*since[1:], draw(st.none() | st.just(day(199)))], strict=True):
            if until is None or until > at:
                row = {c.name: draw(cells(c)) for c in columns}
                rows.append(row | {PERSON: person, "valid_from": at, "valid_to": until})
    return rows


@st.composite
def asked(draw: st.DrawFn, contract: Contract) -> list[Row]:
    """Return incidents that come in."""
    columns = list(stored_columns(contract.table("incidents")))
    rows = []
    for number in range(draw(st.integers(1, 3))):
        row = {c.name: draw(cells(c)) for c in columns}
        who = draw(st.sampled_from([*PERSONS, "stranger", None]))
        rows.append(row | {ENTITY: str(number), PERSON: who, "opened_at": draw(moments)})
    return rows


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with lake_at(tmp_path_factory.mktemp("online")) as lake:
        lake.keys.create_master()
        yield lake


def same(found: Record, expected: Record) -> None:
    """Compare, sums of doubles aside: an engine adds them up in an order of its own."""
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert type(found[name]) is type(value), name
        if isinstance(value, float):
            assert found[name] == pytest.approx(value, rel=1e-12, nan_ok=True), name
        else:
            assert found[name] == value, name


@st.composite
def companies(draw: st.DrawFn, contract: Contract) -> tuple[Tenant, dict[str, list[Row]]]:
    """Return a company on some clock, that sends some of the tables."""
    number = next(NUMBERS)
    zone = draw(st.sampled_from(ZONES))
    tenant = Tenant(f"company-{number}", "Company", contract.vertical, time_zone=zone)
    sent = {name: draw(facts(contract, name)) for name in EVENTS if draw(st.booleans())}
    if draw(st.integers(0, 4)):
        sent["customers"] = draw(people(contract))
    return tenant, sent


def in_lake(lake: Lake, tenant: Tenant, contract: Contract, tables: dict[str, list[Row]]) -> Gold:
    """Write a company's gold and make its online store."""
    create_tenant(lake.store, STAFF, tenant)
    gold = gold_of(lake.engine, contract, **tables)
    for name, frame in gold.frames.items():
        lake.writer.replace(lake.ref(tenant, "gold", name), frame, Commit("test:gold"))
    assert build_online(lake, tenant, contract) == bool(tables)
    return gold


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "model"), [one for one in MODELS if of_incidents(one)])
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_incidents_features_are_the_engines(
    lake: Lake, contract: Contract, model: Model, data: st.DataObject
):
    tenant, tables = data.draw(companies(contract))
    in_lake(lake, tenant, contract, tables)
    columns = [(c.name, TYPES[c.type]) for c in stored_columns(contract.table("incidents"))]
    schema = pa.schema([(ENTITY, pa.string()), (PERSON, pa.string()), *columns])
    rows = data.draw(asked(contract))
    given_rows = pa.Table.from_pylist(rows, schema=schema)
    if data.draw(st.booleans()):  # a champion that takes what the words say
        said = [row_of(read(str(row["text"] or ""))) for row in rows]
        given_rows = given_rows.append_column(SAID, pa.array(said, pa.struct(list(SIGNALS))))
    found, expected = (
        frame_of(lake, tenant, contract, model.name, given_rows)
        for frame_of in (online_incident_frame, incident_frame)
    )
    assert found.features == expected.features
    assert found.table_versions == expected.table_versions
    assert found.monthly_values == expected.monthly_values
    for name in ("entity_ids", "person_tokens", "as_of"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
        assert getattr(found, name).dtype.kind == getattr(expected, name).dtype.kind
    for one, other in zip(found.records, expected.records, strict=True):
        same(one, other)


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "model"), [one for one in MODELS if not of_incidents(one)])
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_customers_features_are_the_engines(
    lake: Lake, contract: Contract, model: Model, data: st.DataObject
):
    tenant, tables = data.draw(companies(contract))
    gold, as_of = in_lake(lake, tenant, contract, tables), data.draw(moments)
    found = online_customer_frame(
        lake, tenant, contract, model.name, [*PERSONS, "stranger"], as_of=as_of
    )
    if not tables:
        assert found is None
        return
    grid = pa.Table.from_pylist([{ENTITY: p, PERSON: p, AS_OF: as_of} for p in PERSONS], GRID)
    chosen = declared(model, contract)
    rows = lake.engine.arrow(build(gold, chosen, lake.engine.frame(grid), tenant.time_zone))
    specs = [f.spec(contract) for f in chosen if available(f, gold)]
    expected = dict(zip(rows[ENTITY].to_pylist(), to_records(rows, specs), strict=True))
    worth = dict(zip(rows[ENTITY].to_pylist(), rows[MONTHLY_VALUE].to_pylist(), strict=True))
    known = [
        person
        for person in PERSONS
        for row in tables.get("customers", [])
        if row[PERSON] == person and in_effect(row, as_of)
    ]
    assert found is not None
    assert found.entity_ids.tolist() == known
    assert found.monthly_values == tuple(worth[person] for person in known)
    for person, record in zip(known, found.records, strict=True):
        same(record, expected[person])
    if "customer" in gold:
        there = lake.engine.arrow(active_customers(gold, model, (as_of,)))[PERSON].to_pylist()
        over = settled(lake, tenant, contract, model.name, PERSONS, as_of=as_of)
        coming = {one for one in known if signs_up_later(tables["customers"], one, as_of)}
        assert over - coming == set(known) - set(there) - coming


def signs_up_later(customers: list[Row], person: str, as_of: datetime) -> bool:
    of_person = (row for row in customers if row[PERSON] == person and in_effect(row, as_of))
    return any(row["signup_at"] is not None and row["signup_at"] > as_of for row in of_person)


def in_effect(row: Row, as_of: datetime) -> bool:
    return row["valid_from"] <= as_of and (row["valid_to"] is None or as_of < row["valid_to"])
