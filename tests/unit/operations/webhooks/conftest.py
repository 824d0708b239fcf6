"""An installation whose webhooks may lead to loopback, with a receiver there."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.webhooks.subscriptions import subscribe
from tenancy.actor import ROLES, Actor
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.webhook_events import publish
from tenancy.webhooks import NewSecret
from tests.receiver import Receiver, receiving

STAFF = Actor("staff:tests", "staff", None, ROLES)
ACME, GLOBEX = Tenant("acme", "Acme", "telecom"), Tenant("globex", "Globex", "telecom")
HAPPENED = {"incident_id": "PQR-1", "kind": "claim", "channel": "chat"}


@dataclass
class Desk:
    """The installation with its receiver."""

    lake: Lake
    receiver: Receiver

    def add(self, path: str, tenant: Tenant = ACME, *events: str) -> NewSecret:
        named = events or ("incident.registered",)
        return subscribe(self.lake, STAFF, tenant, self.receiver.url(path), named)

    def happen(self, tenant: Tenant = ACME, times: int = 1, token: str | None = None) -> int:
        with self.lake.store.session() as session:
            told = [
                publish(session, tenant, "incident.registered", HAPPENED, person_token=token)
                for _ in range(times)
            ]
        return sum(told)


@pytest.fixture
def desk(tmp_path: Path, blank_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    settings = replace(Settings.at(tmp_path / "data"), webhook_loopback=True)
    settings.data_dir.mkdir()
    shutil.copy(blank_sqlite, settings.data_dir / "operations.db")
    with receiving(tmp_path) as receiver, Lake.open(settings) as lake:
        monkeypatch.setenv("SSL_CERT_FILE", str(receiver.ca))
        Keyring(settings, lake.store).create_master()
        for tenant in (ACME, GLOBEX):
            create_tenant(lake.store, STAFF, tenant)
        yield Desk(lake, receiver)
