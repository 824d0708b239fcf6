"""One code, two engines: the same deliveries give the same tables, cell by cell."""

import datetime as dt
import shutil
from dataclasses import dataclass, replace
from hashlib import sha256
from shutil import which

import pyarrow as pa
import pytest

from data_contracts.loader import load_contracts
from features.training_set import current_entities, training_set
from foundation.errors import NotEnoughData
from foundation.settings import Engine, Settings
from ingestion.gold.refine import refine
from ingestion.receive import receive
from lakehouse.lake import Lake
from lakehouse.refs import LAYERS, Layer
from simulation.delivery import Delivery, GeneratedTenant
from simulation.demo import generate_demo
from tenancy.actor import system_actor
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.store import Store
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.uploads import list_uploads, start_upload
from tests.conftest import require
from tests.demo_lake import mapping_of
from tests.same_tables import checksum, differences

SCALE = 0.08
SECOND_ROUND = 6
RECEIVED_AT = dt.datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
ACTOR = system_actor("tests")
ENGINES: tuple[Engine, Engine] = ("sail", "spark")
NOT_COMPARED = {"payload", "updated_at"}
"""Sealed anew by every run, and the clock of the run."""


@dataclass(frozen=True)
class Delivered:
    """A tenant and what it sends."""

    tenant: Tenant
    made: GeneratedTenant


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[Delivered]]:
    """Make an installation in which every delivery has arrived: its id and time are fixed."""
    folder = tmp_path_factory.mktemp("parity")
    settings = Settings.at(folder / "data")
    store = open_store(settings)
    Keyring(settings, store).create_master()
    found = []
    for whole in generate_demo(folder / "files", scale=SCALE):
        made = replace(whole, deliveries=tuple(d for d in whole.deliveries if _needed(d)))
        tenant = Tenant(made.id, made.name, made.vertical, made.plan, made.language, made.currency)
        tenant = replace(tenant, time_zone=made.time_zone)
        create_tenant(store, ACTOR, tenant)
        # Its data key is made at first use: both engines' lakes must have the same.
        Keyring(settings, store).of(tenant)
        _arrived(store, tenant, made)
        found.append(Delivered(tenant, made))
    store.close()
    return settings, found


def _needed(delivery: Delivery) -> bool:
    """Spare Spark what adds nothing: second deliveries of events that are only merged by key."""
    return delivery.order < SECOND_ROUND or delivery.table in {"customers", "incidents"}


def _arrived(store: Store, tenant: Tenant, made: GeneratedTenant) -> None:
    """Record the uploads as a run does that then stops: the next one goes on with them."""
    for delivery in made.deliveries:
        content = delivery.path.read_bytes()
        start_upload(
            store,
            ACTOR,
            tenant,
            delivery.table,
            file_name=delivery.path.name,
            sha256=sha256(content).hexdigest(),
            size_bytes=len(content),
            upload_id=sha256(f"{tenant.id} {delivery.order}".encode()).hexdigest()[:32],
            received_at=RECEIVED_AT + dt.timedelta(hours=delivery.order),
        )


@pytest.fixture(scope="module")
def lakes(delivered: tuple[Settings, list[Delivered]]) -> dict[Engine, Lake]:
    """Take the same installation through both engines, from files to features."""
    require(which("java"), "Java")
    settings, everyone = delivered
    lakes = {}
    for engine in ENGINES:
        own = replace(Settings.at(settings.data_dir.with_name(engine)), engine=engine)
        own = replace(own, master_key_file=settings.master_key_file)
        shutil.copytree(settings.data_dir, own.data_dir)
        lakes[engine] = Lake.open(own)
        for one in everyone:
            _through(lakes[engine], one)
    return lakes


def _through(lake: Lake, one: Delivered) -> None:
    contract = load_contracts()[one.tenant.vertical]
    for delivery in one.made.deliveries:
        mapping = mapping_of(contract, delivery)
        receive(lake, one.tenant, ACTOR, delivery.path, delivery.table, mapping=mapping)
    refine(lake, one.tenant)
    for model in contract.models:
        for make in (training_set, current_entities):
            try:
                make(lake, one.tenant, contract, model.name)
            except NotEnoughData:
                # Of a tenant without incidents; the tables tell whether both engines agree.
                continue


def _tables(lake: Lake, tenant: Tenant) -> dict[tuple[Layer, str], pa.Table]:
    found: dict[tuple[Layer, str], pa.Table] = {}
    for ref in lake.refs(tenant):
        rows = lake.arrow(ref)
        kept = [column for column in rows.column_names if column not in NOT_COMPARED]
        found[ref.layer, ref.name] = rows.select(kept)
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
class TestParity:
    def test_every_table_is_the_same_on_both_engines(
        self, lakes: dict[Engine, Lake], delivered: tuple[Settings, list[Delivered]]
    ) -> None:
        told = []
        for one in delivered[1]:
            sail, spark = (_tables(lakes[engine], one.tenant) for engine in ENGINES)
            assert sail.keys() == spark.keys()
            for place, rows in sail.items():
                if checksum(rows) != checksum(spark[place]):
                    seen = differences(rows, spark[place], ENGINES)
                    told.append(f"{one.tenant.id} {place[0]}.{place[1]}: {seen}")
        assert not told, "\n".join(told)

    def test_the_lakes_hold_every_layer(
        self, lakes: dict[Engine, Lake], delivered: tuple[Settings, list[Delivered]]
    ) -> None:
        """Two empty lakes would be the same too."""
        sizes = {
            (one.tenant.id, layer): sum(
                rows.num_rows
                for place, rows in _tables(lakes["spark"], one.tenant).items()
                if place[0] == layer
            )
            for one in delivered[1]
            for layer in LAYERS
        }
        dated = delivered[1][0].tenant.id
        assert all(sizes[one.tenant.id, layer] for one in delivered[1] for layer in LAYERS[:4])
        assert sizes[dated, "features"] > 500

    def test_the_account_of_every_upload_is_the_generator_s(
        self, lakes: dict[Engine, Lake], delivered: tuple[Settings, list[Delivered]]
    ) -> None:
        for engine, lake in lakes.items():
            for one in delivered[1]:
                uploads = {u.id: u for u in list_uploads(lake.store, one.tenant)}
                for delivery in one.made.deliveries:
                    name = sha256(f"{one.tenant.id} {delivery.order}".encode()).hexdigest()[:32]
                    upload = uploads[name]
                    where = f"{engine} {one.tenant.id} {delivery.path.name}"
                    assert upload.state == "refined", where
                    assert dict(upload.counts) == delivery.expected.counts(), where
                    assert upload.ended == delivery.expected.ended, where
