"""A small real installation, made once a run: generated files through the one door, refreshed.

Two telecom tenants: ``andina`` (dated history, incidents with texts, churn and incident risk) and
``caribe`` (a bare snapshot without identifiers, churn only). Tests read it and do not write to its
lake; a test that must write makes an installation of its own.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_contracts.contract import Contract
from data_contracts.loader import load_contracts
from foundation.settings import MIB, Settings
from ingestion.mapping import Mapping
from ingestion.proposal import propose_mapping
from ingestion.reading import read_file
from ingestion.receive import receive
from lakehouse.lake import Lake
from models.refresh import refresh
from simulation.delivery import Delivery, GeneratedTenant
from simulation.demo import generate_demo
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant, tenant_for
from tests.blank_store import new_mlflow_store
from tests.once import made_once

SCALE = 0.15
TENANTS = ("andina-movil", "caribe-conecta")
LIMIT_BYTES = 64 * MIB
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager", "uploader"}))


@dataclass(frozen=True)
class DemoLake:
    """The installation, its tenants, and what was generated for them."""

    settings: Settings
    lake: Lake
    contract: Contract
    andina: Tenant
    caribe: Tenant
    generated: dict[str, GeneratedTenant]

    def key(self, tenant: Tenant, *scopes: str) -> str:
        """Return the secret of a new API key of the tenant."""
        return issue_key(self.lake.store, STAFF, tenant, scopes or ("score",)).secret

    def customer_ids(self) -> list[str]:
        """Return the identifiers of andina's customers as its first file writes them."""
        delivery = next(d for d in self.generated["andina-movil"].deliveries if d.order == 1)
        raw = read_file(delivery.path, delivery.path.name, LIMIT_BYTES)
        source = next(s for s, t in delivery.hints.columns.items() if t == "customer_id")
        return [v for v in raw.rows[source].to_pylist() if v and v.strip()]


@pytest.fixture(scope="session")
def demo_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoLake]:
    """Return the installation with both tenants' gold, champions and scores: a copy of its own."""
    made = made_once(tmp_path_factory, "demo_made", _make)
    folder = tmp_path_factory.mktemp("demo_lake") / "own"
    shutil.copytree(made, folder)
    generated = {one.id: one for one in generate_demo(folder.with_name("files"), scale=SCALE)}
    settings, contract = Settings.at(folder / "data"), load_contracts()["telecom"]
    with Lake.open(settings) as lake:
        andina, caribe = (tenant_for(lake.store, STAFF, name) for name in TENANTS)
        yield DemoLake(settings, lake, contract, andina, caribe, generated)


def _make(folder: Path) -> None:
    settings, contract = Settings.at(folder / "data"), load_contracts()["telecom"]
    new_mlflow_store(settings)
    with Lake.open(settings) as lake:
        open_store(settings).close()
        Keyring(settings, lake.store).create_master()
        generated = {made.id: made for made in generate_demo(folder / "files", scale=SCALE)}
        for name in TENANTS:
            _deliver(lake, contract, generated[name])


def _deliver(lake: Lake, contract: Contract, made: GeneratedTenant) -> None:
    tenant = Tenant(made.id, made.name, made.vertical, made.plan, made.language, made.currency)
    create_tenant(lake.store, STAFF, tenant)
    for delivery in made.deliveries:
        mapping = mapping_of(contract, delivery)
        receive(lake, tenant, STAFF, delivery.path, delivery.table, mapping=mapping)
    refresh(lake, tenant)


def mapping_of(contract: Contract, delivery: Delivery) -> Mapping:
    """Return the mapping that the tenant would choose, with the values proposed for it."""
    hints, raw = delivery.hints, read_file(delivery.path, delivery.path.name, LIMIT_BYTES)
    proposed = propose_mapping(contract.table(delivery.table), raw, contract).mapping
    values = {c: v for c, v in proposed.values.items() if c in hints.columns.values()}
    return Mapping(hints.columns, hints.key, hints.label, hints.upload, values)
