"""Readiness tells the truth: part by part, without a path, and asks the store once a second."""

import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text, update

from foundation.clock import utc_now
from foundation.settings import Settings
from foundation.texts import text as sentence
from lakehouse.lake import Lake
from serving.app import create_app
from serving.health.life import Life
from tenancy.keys import Keyring
from tenancy.outbox import SealedChange, put
from tenancy.outbox_tables import OutboxChangeRow
from tenancy.tenants import create_tenant
from tests.unit.serving.conftest import ACME, STAFF, Service

PARTS = [
    "process", "models", "model_versions", "store", "migrations", "master_key", "model_registry",
    "disk", "outbox",
]  # fmt: skip


@pytest.fixture
def installed(tmp_path: Path, blank_installation: Callable[[Path], Settings]) -> Settings:
    """Return an installation of this test's own."""
    settings = blank_installation(tmp_path / "data")
    with Lake.open(settings) as lake:
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, ACME)
    return settings


def asked(settings: Settings, life: Life | None = None) -> tuple[int, dict[str, str | None]]:
    """Return the status of a new app's readiness, and what it says of each part."""
    with Lake.open(settings) as lake:
        return said(create_app(settings, lake, life).test_client())


def said(client: FlaskClient) -> tuple[int, dict[str, str | None]]:
    answer = client.get("/ready")
    assert answer.json["ready"] is (answer.status_code == 200)
    faults = {part["name"]: part.get("message") for part in answer.json["parts"]}
    ready = {part["name"]: part["ready"] for part in answer.json["parts"]}
    assert all(ready.values()) is answer.json["ready"]
    return answer.status_code, {name: fault for name, fault in faults.items() if fault}


def test_a_whole_installation_is_ready(service: Service):
    answer = service.client.get("/ready")
    assert answer.status_code == 200
    assert [part["name"] for part in answer.json["parts"]] == PARTS
    assert said(service.client) == (200, {})


def test_nothing_installed_is_told_part_by_part_and_without_a_path(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    (settings.data_dir / "mlflow").mkdir(parents=True)
    (settings.data_dir / "mlflow" / "mlflow.db").write_text("no database, but a file")
    status, faults = asked(settings)
    assert status == 503
    assert faults == {
        "migrations": "La base de datos de la operación no tiene la forma de esta versión.",
        "master_key": "La clave maestra no está o no es la de esta instalación.",
        "model_registry": "El registro de modelos no responde.",
        "outbox": sentence("operate.part_outbox"),
    }


def test_a_store_that_may_only_be_read_is_not_ready(
    installed: Settings, caplog: pytest.LogCaptureFixture
):
    with Lake.open(installed) as lake:
        client = create_app(installed, lake).test_client()
        event.listen(
            lake.store.engine, "connect", lambda opened, _: opened.execute("PRAGMA query_only = ON")
        )
        with caplog.at_level(logging.WARNING, "abcall.serving"):
            status, faults = said(client)
    assert (status, set(faults)) == (503, {"store"})
    assert faults["store"] == (
        "La base de datos de la operación no responde o no admite escrituras."
    )
    told = [record.facts for record in caplog.records if record.getMessage() == "part"]
    assert [(fact["part"], fact["state"]) for fact in told] == [("store", "missing")]
    assert any("disk.not_writable" in line for line in told[0]["failure"])


def test_a_store_of_another_version_is_not_ready(installed: Settings):
    with Lake.open(installed) as lake, lake.store.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    status, faults = asked(installed)
    assert (status, set(faults)) == (503, {"migrations"})


def test_a_missing_master_key_is_not_ready(installed: Settings):
    installed.master_key_file.unlink()
    status, faults = asked(installed)
    assert (status, set(faults)) == (503, {"master_key"})


def test_a_full_disk_is_not_ready(installed: Settings, monkeypatch: pytest.MonkeyPatch):
    usage = shutil.disk_usage(installed.data_dir)
    few = usage._replace(free=255 * 1024 * 1024)
    monkeypatch.setattr("serving.health.parts.shutil.disk_usage", lambda _folder: few)
    status, faults = asked(installed)
    assert (status, faults) == (
        503,
        {"disk": "Queda poco espacio en el disco de la base de datos."},
    )


@pytest.mark.parametrize(("minutes", "late"), [(14, False), (16, True)])
def test_changes_that_wait_for_the_lake_are_told_but_answers_go_on(
    installed: Settings, minutes: int, late: bool
):
    with Lake.open(installed) as lake, lake.store.session() as session:
        change = SealedChange("e-1", "incidents", "{}", "mark", None, b"sealed")
        put(session, ACME, "system:tests", [change])
        old = utc_now() - timedelta(minutes=minutes)
        session.execute(update(OutboxChangeRow).values(put_at=old))
    told = {"outbox": sentence("operate.part_outbox")} if late else {}
    assert asked(installed) == (200, told)


def test_a_process_that_warms_up_or_stops_is_not_ready(installed: Settings):
    life = Life.shared()
    assert asked(installed, life) == (503, {"models": "Los modelos se están cargando."})
    life.warm = True
    assert asked(installed, life) == (200, {})
    life.stop()
    assert asked(installed, life) == (503, {"process": "El servicio se está deteniendo."})


def test_it_is_asked_once_a_second_whoever_wants_to_know(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
):
    clock = [1000.0]
    monkeypatch.setattr("serving.health.parts.time.monotonic", lambda: clock[0])
    with Lake.open(installed) as lake:
        client = create_app(installed, lake).test_client()
        assert said(client)[0] == 200
        installed.master_key_file.unlink()
        clock[0] += 0.9
        assert said(client)[0] == 200
        clock[0] += 0.2
        assert said(client)[0] == 503
