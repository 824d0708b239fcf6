"""A service of its own: a store, a master key, two telecom tenants with keys, no data yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from foundation.settings import Settings
from lakehouse.lake import Lake
from serving.app import create_app
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
ACME = Tenant("acme", "Acme S. A. S.", "telecom")
GLOBEX = Tenant("globex", "Globex Ltd.", "telecom", language="en")


@dataclass(frozen=True)
class Service:
    """A service with its client, and the way to a key."""

    settings: Settings
    lake: Lake
    client: FlaskClient

    def key(self, tenant: Tenant = ACME, *scopes: str) -> dict[str, str]:
        """Return the headers of a new key."""
        secret = issue_key(self.lake.store, STAFF, tenant, scopes or ("score",)).secret
        return {"Authorization": f"Bearer {secret}"}


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[Service]:
    settings = blank_installation(tmp_path_factory.mktemp("service") / "data")
    with Lake.open(settings) as lake:
        Keyring(settings, lake.store).create_master()
        for tenant in (ACME, GLOBEX):
            create_tenant(lake.store, STAFF, tenant)
        yield Service(settings, lake, create_app(settings, lake).test_client())


@pytest.fixture(scope="module")
def acme(service: Service) -> dict[str, str]:
    """Return the headers of a key of acme that may score."""
    return service.key(ACME)
