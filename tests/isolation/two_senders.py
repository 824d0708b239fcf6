"""Two tenants who sent the same file, for what no table of attempts can say."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ingestion.mapping import Mapping
from ingestion.receive import receive
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.ingestion_lake import CUSTOMERS, TENANT, Door, installation

BETA = Tenant("beta", "Beta", "telecom", time_zone="UTC", currency="USD")
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager", "uploader"}))
PASSWORD = "una frase de prueba 2026"
HEADER = "id,name,since,months,charge,total,left"
ROWS = (
    "1010001277,Ana Ruiz,2026-01-01,1,10,10,no",
    '1010001278,"=HYPERLINK(""http://x"")",2026-01-01,-5,10,10,no',
    "1010001279,Eva Paz,2026-01-01,-6,10,10,no",
)


def user_of(tenant: Tenant, *roles: str) -> Actor:
    return Actor(f"user-{tenant.id}", "user", tenant.id, frozenset(roles))


@dataclass(frozen=True)
class House:
    """Two tenants who sent the same file: each has two rejected rows."""

    door: Door
    uploads: dict[str, str]

    @property
    def lake(self) -> Lake:
        """The installation's lake."""
        return self.door.lake


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("isolation")
    door = Door(installation(folder), folder)
    create_tenant(door.lake.store, STAFF, BETA)
    path = door.write([HEADER, *ROWS], "clientes.csv")
    mapping = Mapping(CUSTOMERS, "natural", None, "increment")
    uploads = {
        tenant.id: receive(
            door.lake, tenant, user_of(tenant, "uploader"), path, "customers", mapping=mapping
        ).upload.id
        for tenant in (TENANT, BETA)
    }
    yield House(door, uploads)
    door.lake.close()
