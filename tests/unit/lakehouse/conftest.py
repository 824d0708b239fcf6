"""A lake with a store, a master key and two tenants."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant


@pytest.fixture
def acme() -> Tenant:
    return Tenant("acme", "Acme S. A. S.", "telecom")


@pytest.fixture
def globex() -> Tenant:
    return Tenant("globex", "Globex", "banking")


@pytest.fixture
def lake(tmp_path: Path, acme: Tenant, globex: Tenant) -> Iterator[Lake]:
    settings = Settings.at(tmp_path / "data")
    settings.data_dir.mkdir()
    staff = Actor("staff:test", "staff", None, frozenset({"manager"}))
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        lake.keys.create_master()
        for tenant in (acme, globex):
            create_tenant(lake.store, staff, tenant)
        yield lake
