"""Call centres of two tenants on a store of their own, and a short way to tell events."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.calls.taking import Taken, take_events
from tenancy.actor import system_actor
from tenancy.calls import CALL
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

ACTOR = system_actor("tests")
ACME = Tenant("acme", "Acme", "telecom")
GLOBEX = Tenant("globex", "Globex", "telecom")


@dataclass(frozen=True)
class Centre:
    """A call centre."""

    lake: Lake

    def take(self, *events: object, tenant: Tenant = ACME) -> list[Taken]:
        """Take events in."""
        contract = self.lake.contract_of(tenant)
        return take_events(self.lake, tenant, ACTOR, contract, events)

    def calls(self, tenant: Tenant = ACME) -> dict[str, Any]:
        """Return the stored calls by key."""
        with self.lake.store.reading() as session:
            found = session.execute(CALL.select().where(CALL.c.tenant_id == tenant.id))
            return {row.call_key: row for row in found}


def centre_on(folder: Path, store_url: str) -> Centre:
    """Open a centre on an upgraded store."""
    from dataclasses import replace

    settings = replace(Settings.at(folder / "data"), store_url=store_url)
    settings.data_dir.mkdir(exist_ok=True)
    lake = Lake.open(settings)
    Keyring(settings, lake.store).create_master()
    for tenant in (ACME, GLOBEX):
        create_tenant(lake.store, ACTOR, tenant)
    return Centre(lake)


@pytest.fixture
def centre(tmp_path: Path, store_url: str) -> Iterator[Centre]:
    """Return a centre, on each database."""
    made = centre_on(tmp_path, store_url)
    yield made
    made.lake.close()
