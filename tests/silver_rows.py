"""Silver tables made by hand: a few cells a row, everything else as the contract says."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from data_contracts.contract import Contract
from data_contracts.loader import load_contracts
from features.gold import Gold
from foundation.settings import Settings
from ingestion.extractors.words.table import text_rows
from ingestion.gold.grains import grains
from ingestion.schema import silver_schema
from lakehouse.commits import Commit
from lakehouse.engine import Engine
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.blank_store import new_store

ACME = Tenant("acme", "Acme S. A. S.", "telecom")
TELECOM = load_contracts()["telecom"]
RECORDED_AT = datetime(2030, 1, 1, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

Rows = Sequence[Mapping[str, object]]


def day(number: float, start: datetime = NEW_YEAR) -> datetime:
    """Return the moment so many days after the first of January."""
    return start + timedelta(days=number)


def silver(table_name: str, rows: Rows, contract: Contract = TELECOM) -> pa.Table:
    """Return silver rows: what a row does not name is NULL, system columns are filled in."""
    table = contract.table(table_name)
    full = []
    for number, row in enumerate(rows, start=1):
        key = row.get("person_token") if table.history else row.get(table.keys[0].name)
        system = {
            "row_key": key,
            "recorded_at": RECORDED_AT,
            "upload_id": "upload",
            "row_number": number,
            "row_hash": f"hash-{number}",
            "masker_version": "3",
        }
        full.append(system | dict(row))
    schema = silver_schema(table)
    unknown = {name for row in full for name in row} - set(schema.names)
    assert not unknown, f"no such columns in silver {table_name}: {unknown}"
    return pa.Table.from_pylist(full, schema=schema)


def write_silver(
    lake: Lake, tenant: Tenant, table_name: str, rows: Rows, commit: str = "first"
) -> None:
    """Put rows in the place of a tenant's silver table."""
    ref = lake.ref(tenant, "silver", table_name)
    lake.writer.replace(ref, silver(table_name, rows), Commit(f"test:{commit}"))


def gold_of(engine: Engine, contract: Contract = TELECOM, **tables: Rows) -> Gold:
    """Return gold made of hand-made silver: ``gold_of(engine, customers=[…], calls=[…])``."""
    frames = {
        grain.name: grain.build(
            engine.frame(silver(grain.source, tables[grain.source], contract)), contract, "COP"
        )
        for grain in grains()
        if grain.source in tables
    }
    if "incidents" in tables:
        said = text_rows(silver("incidents", tables["incidents"], contract).to_pylist(), ())
        frames["text"] = engine.frame(said)
    return Gold(frames, dict.fromkeys(frames, 0))


@contextmanager
def lake_at(folder: Path) -> Iterator[Lake]:
    """Open a lake of its own with an empty store and one tenant, ``ACME``."""
    settings = Settings.at(folder / "data")
    new_store(settings)
    staff = Actor("staff:test", "staff", None, frozenset({"manager"}))
    with Lake.open(settings) as lake:
        create_tenant(lake.store, staff, ACME)
        yield lake
