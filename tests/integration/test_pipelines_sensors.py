"""The sensors: accepted uploads start their tenant's run; whole files of the inbox are taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import update

from foundation.clock import utc_now
from foundation.ports import free_port
from ingestion.gold.refine import refine
from ingestion.sources.registry import register_source
from ingestion.sources.secret import Secret
from ingestion.sources.takes import Takes
from lakehouse.lake import Lake
from pipelines.arrivals import pull_job, receive_job
from pipelines.definitions import job_name
from pipelines.inbox import take
from pipelines.partitions import TENANT_TAG
from pipelines.platform import PIPELINES, Platform
from pipelines.sensors import accepted_uploads, inbox, sources
from tenancy.actor import ROLES, Actor
from tenancy.arrival_tables import SourceRow
from tenancy.sources import get_source
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.uploads import list_uploads
from tests.ingestion_lake import ACTOR, TENANT, Door, installation
from tests.workbooks import zipped

OTHER = Tenant("beta", "Beta", "telecom")
BANK = Tenant("banco", "Banco", "banking")
HEADER = "customer_id,full_name,tenure_months,monthly_charge"


@dataclass(frozen=True)
class House:
    """An installation with two telecom tenants and a bank, and a door into the first."""

    door: Door
    platform: Platform

    def asks(self, vertical: str = "telecom") -> dg.SensorResult:
        """Return what a tick of the vertical's sensor asks for."""
        result = accepted_uploads(vertical, job_name(vertical), self.platform)()
        assert isinstance(result, dg.SensorResult)
        return result

    def asked(self, cursor: str | None) -> list[dg.RunRequest]:
        """Let the inbox sensor look once; return the runs that it asks for."""
        context = dg.build_sensor_context(cursor=cursor)
        result = inbox(self.platform, receive_job(self.platform))(context)
        assert isinstance(result, dg.SensorResult)
        return list(result.run_requests or [])

    def look(self, cursor: str | None) -> str | None:
        """Let the inbox sensor look once; return its cursor."""
        context = dg.build_sensor_context(cursor=cursor)
        inbox(self.platform, receive_job(self.platform))(context)
        return context.cursor

    def put(self, tenant: str, table: str, name: str, text: str) -> Path:
        """Put a file into the inbox."""
        path = self.platform.settings.inbox_dir / tenant / table / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return an installation of the test's own."""
    settings = installation(tmp_path)
    door = Door(settings, tmp_path)
    for tenant in (OTHER, BANK):
        create_tenant(door.lake.store, ACTOR, tenant)
    yield House(door, Platform(settings))
    door.lake.close()


def customers(n: int) -> str:
    rows = [f"10{i:06d},Ana {i},{i % 60},{30_000 + i}" for i in range(1, n + 1)]
    return "\n".join([HEADER, *rows]) + "\n"


def test_accepted_uploads_ask_for_one_run_of_their_tenant(house: House):
    house.door.customers("1,Ana,2026-01-01,1,10,10,no")
    house.door.customers("2,Eva,2026-01-01,1,10,10,no")
    (asked,) = house.asks().run_requests or []
    accepted = list_uploads(house.door.lake.store, TENANT, {"accepted"})
    assert len(accepted) == 2
    assert asked.partition_key == "acme"
    assert asked.tags[TENANT_TAG] == "acme"
    assert set(str(asked.run_key).split("+")) == {upload.id for upload in accepted}


def test_the_same_uploads_ask_under_the_same_key_and_refined_ones_not_at_all(house: House):
    house.door.customers("1,Ana,2026-01-01,1,10,10,no")
    first, again = (house.asks().run_requests or [] for _ in range(2))
    assert [r.run_key for r in first] == [r.run_key for r in again]
    refine(house.door.lake, TENANT)
    assert not house.asks().run_requests


def test_a_tenant_is_a_partition_of_its_own_vertical_only(house: House):
    wanted = {}
    for vertical in ("telecom", "banking"):
        (request,) = house.asks(vertical).dynamic_partitions_requests or []
        wanted[vertical] = set(request.partition_keys)
    assert wanted == {"telecom": {"acme", "beta"}, "banking": {"banco"}}


def test_a_file_is_taken_only_when_two_looks_saw_it_the_same(house: House):
    path = house.put("acme", "customers", "clientes.csv", customers(5))
    first = house.look(None)
    assert path.exists()
    path.write_text(customers(30), encoding="utf-8")
    second = house.look(first)
    assert path.exists(), "a file that still grew was taken"
    house.look(second)
    assert not path.exists()
    (upload,) = list_uploads(house.door.lake.store, TENANT)
    assert (upload.file_name, upload.counts["rows"]) == ("clientes.csv", 30)


def test_a_bad_file_is_refused_with_a_text_beside_it_and_the_others_are_taken(house: House):
    bad = house.put("acme", "customers", "a_malo.csv", "")
    unknown = house.put("nadie", "customers", "clientes.csv", customers(3))
    good = house.put("acme", "customers", "b_bueno.csv", customers(30))
    house.look(house.look(None))
    assert not any(path.exists() for path in (bad, unknown, good))
    refused = bad.parent / ".refused"
    assert sorted(p.name for p in refused.iterdir()) == ["a_malo.csv", "a_malo.csv.txt"]
    assert "a_malo.csv" in (refused / "a_malo.csv.txt").read_text(encoding="utf-8")
    assert "nadie" in (unknown.parent / ".refused" / "clientes.csv.txt").read_text(encoding="utf-8")
    states = {u.file_name: u.state for u in list_uploads(house.door.lake.store, TENANT)}
    assert states == {"a_malo.csv": "refused", "b_bueno.csv": "accepted"}


def test_what_was_taken_or_refused_is_not_looked_at_again(house: House):
    house.put("acme", "customers", "a_malo.csv", "")
    house.put("acme", "customers", "b_bueno.csv", customers(30))
    cursor = house.look(house.look(None))
    house.look(house.look(cursor))
    assert len(list_uploads(house.door.lake.store, TENANT)) == 2


def test_of_an_accepted_file_only_its_receipt_stays(house: House):
    path = house.put("acme", "customers", "clientes.csv", customers(30))
    house.look(house.look(None))
    done = path.parent / ".done"
    assert [p.name for p in done.iterdir()] == ["clientes.csv.txt"]
    receipt = (done / "clientes.csv.txt").read_text(encoding="utf-8")
    assert "clientes.csv" in receipt
    assert "30" in receipt
    assert "Ana" not in receipt
    house.put("acme", "customers", "clientes.csv", customers(40))
    house.look(house.look(None))
    assert sorted(p.name for p in done.iterdir()) == ["clientes-2.csv.txt", "clientes.csv.txt"]


def test_a_second_refused_file_of_the_same_name_leaves_the_first(house: House):
    path = house.put("acme", "customers", "malo.csv", "")
    house.look(house.look(None))
    house.put("acme", "customers", "malo.csv", "\n")
    house.look(house.look(None))
    refused = path.parent / ".refused"
    contents = {p.name: p.read_text(encoding="utf-8") for p in refused.iterdir()}
    assert sorted(contents) == ["malo-2.csv", "malo-2.csv.txt", "malo.csv", "malo.csv.txt"]
    assert (contents["malo.csv"], contents["malo-2.csv"]) == ("", "\n")


def test_what_breaks_at_one_file_leaves_it_for_a_later_look_and_the_others_are_taken(house: House):
    bad = house.put("acme", "customers", "a_malo.csv", "")
    (bad.parent / ".refused").write_text("a file where the folder should be", encoding="utf-8")
    good = house.put("acme", "customers", "b_bueno.csv", customers(30))
    cursor = house.look(house.look(None))
    assert (bad.exists(), good.exists()) == (True, False)
    (bad.parent / ".refused").unlink()
    house.look(cursor)
    assert not bad.exists()


def test_a_file_that_changes_while_it_is_received_stays_for_a_later_look(house: House):
    path = house.put("acme", "customers", "clientes.csv", customers(30))
    changed = customers(40)

    def change(place: str) -> None:
        if place.startswith("before:bronze"):
            path.write_text(changed, encoding="utf-8")

    with Lake.open(house.platform.settings, change) as lake:
        take(lake, path)
    assert path.read_text(encoding="utf-8") == changed
    house.look(house.look(None))
    assert not path.exists()
    uploads = list_uploads(house.door.lake.store, TENANT)
    assert sorted(upload.counts["rows"] for upload in uploads) == [30, 40]


def test_files_that_are_still_written_under_a_working_name_wait(house: House):
    for name in ("a.csv.part", "~$a.xlsx", "b.csv.tmp", "c.crdownload", ".oculto.csv"):
        house.put("acme", "customers", name, customers(3))
    house.look(house.look(None))
    assert list_uploads(house.door.lake.store, TENANT) == []
    path = house.platform.settings.inbox_dir / "acme" / "customers" / "a.csv.part"
    path.rename(path.with_name("a.csv"))
    house.look(house.look(None))
    assert len(list_uploads(house.door.lake.store, TENANT)) == 1


def test_a_file_beside_the_tables_folders_finds_its_table(house: House):
    path = house.platform.settings.inbox_dir / "acme" / "clientes.csv"
    house.put("acme", "customers", "otro.csv", customers(3)).unlink()
    path.write_text(customers(30), encoding="utf-8")
    house.look(house.look(None))
    (upload,) = list_uploads(house.door.lake.store, TENANT)
    assert (upload.table, upload.state) == ("customers", "accepted")
    assert (path.parent / ".done" / "clientes.csv.txt").exists()


@pytest.mark.slow
def test_a_container_is_received_in_a_run_of_its_own(house: House):
    path = house.platform.settings.inbox_dir / "acme" / "marzo.zip"
    path.parent.mkdir(parents=True)
    zipped(path, {"clientes.csv": customers(30), "nota.txt": "hola"})
    cursor = house.look(None)
    (asked,) = house.asked(cursor)
    assert house.asked(cursor)[0].run_key == asked.run_key, "asked for once"
    assert path.exists()
    assert receive_job(house.platform).execute_in_process(run_config=asked.run_config).success
    assert not path.exists()
    told = (path.parent / ".done" / "marzo.zip.txt").read_text(encoding="utf-8")
    assert "30 filas" in told
    assert "nota.txt" in told


@pytest.mark.slow
def test_a_run_receives_nothing_outside_the_inbox(house: House):
    outside = house.door.write(customers(3), "afuera.csv")
    inside = house.put("acme", "customers", "link.csv", "")
    inside.unlink()
    inside.symlink_to(outside)
    for file in ("acme/customers/link.csv", "../../afuera.csv", str(outside)):
        config = {"ops": {"receive_file": {"config": {"file": file}}}}
        result = receive_job(house.platform).execute_in_process(
            run_config=config, raise_on_error=False
        )
        assert result.success or file == str(outside)
    assert outside.exists()
    assert list_uploads(house.door.lake.store, TENANT) == []


@pytest.mark.slow
def test_a_source_that_is_due_is_pulled_in_a_run_and_its_fault_is_told_without_secrets(
    house: House,
):
    register_source(
        house.door.lake,
        TENANT,
        Actor("staff:t", "staff", None, ROLES),
        name="crm",
        url=f"mysql://lector@127.0.0.1:{free_port()}/crm",
        secret=Secret("a-password-nobody-guesses"),
        takes=Takes("customers", table="clientes"),
        schedule="* * * * *",
    )
    job = pull_job(house.platform)
    assert not (sources(house.platform, job)().run_requests or [])
    with house.door.lake.store.session() as session:
        an_hour_ago = utc_now() - timedelta(hours=1)
        session.execute(update(SourceRow).values(created_at=an_hour_ago))
    (asked,) = sources(house.platform, job)().run_requests or []
    assert asked.tags[TENANT_TAG] == "acme"
    result = job.execute_in_process(run_config=asked.run_config, raise_on_error=False)
    assert not result.success
    events = "\n".join(str(event) for event in result.all_events)
    assert "nobody-guesses" not in events
    source = get_source(house.door.lake.store, PIPELINES, TENANT, "crm")
    assert source.outcome["key"] == "sources.away"
