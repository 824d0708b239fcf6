"""A real installation in a folder of its own, for benchmarks and soaks."""

from dataclasses import replace
from pathlib import Path

from foundation.settings import Engine, Settings
from tenancy.actor import Actor, system_actor
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

ACTOR: Actor = system_actor("benchmark")


def make_installation(
    folder: Path, *tenant_ids: str, engine: Engine = "sail"
) -> tuple[Settings, list[Tenant]]:
    """Make an installation with telecom tenants of these ids."""
    settings = replace(Settings.at(folder), engine=engine)
    store = open_store(settings)
    Keyring(settings, store).create_master()
    tenants = [Tenant(name, name.title(), "telecom") for name in tenant_ids]
    for tenant in tenants:
        create_tenant(store, ACTOR, tenant)
    store.close()
    return settings, tenants
