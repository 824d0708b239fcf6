"""Two tenants, ABCall's staff and people of both tenants, on each database."""

import pytest

from tenancy.actor import ROLES, Actor
from tenancy.store import Store
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant


@pytest.fixture
def staff() -> Actor:
    return Actor("staff:test", "staff", None, ROLES)


@pytest.fixture
def acme(store: Store, staff: Actor) -> Tenant:
    return create_tenant(store, staff, Tenant("acme", "Acme", "telecom"))


@pytest.fixture
def globex(store: Store, staff: Actor) -> Tenant:
    return create_tenant(store, staff, Tenant("globex", "Globex", "banking", currency="USD"))


@pytest.fixture
def acme_manager(acme: Tenant) -> Actor:
    return Actor("u1", "user", acme.id, frozenset({"manager"}))


@pytest.fixture
def globex_manager(globex: Tenant) -> Actor:
    return Actor("u2", "user", globex.id, frozenset({"manager"}))
