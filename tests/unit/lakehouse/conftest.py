"""A lake with a store, a master key and two tenants."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.settings import Settings
from lakehouse.lake import Lake
from lakehouse.places import Place, place_at
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.blank_store import new_store


@pytest.fixture
def acme() -> Tenant:
    return Tenant("acme", "Acme S. A. S.", "telecom")


@pytest.fixture
def globex() -> Tenant:
    return Tenant("globex", "Globex", "banking")


@pytest.fixture(params=["folder", "bucket"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the root of a lake: nothing in this room may know which kind it is."""
    if request.param == "folder":
        return str(tmp_path / "data")
    return f"{request.getfixturevalue('bucket')}/abcall/data"


@pytest.fixture
def place(root: str) -> Place:
    return place_at(f"{root}/things")


@pytest.fixture
def lake(tmp_path: Path, root: str, acme: Tenant, globex: Tenant) -> Iterator[Lake]:
    settings = replace(Settings.at(tmp_path / "data"), lake_url=root)
    new_store(settings)
    staff = Actor("staff:test", "staff", None, frozenset({"manager"}))
    with Lake.open(settings) as lake:
        lake.keys.create_master()
        for tenant in (acme, globex):
            create_tenant(lake.store, staff, tenant)
        yield lake
