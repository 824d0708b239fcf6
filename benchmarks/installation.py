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
    folder: Path,
    *tenant_ids: str,
    engine: Engine = "sail",
    store_url: str | None = None,
    time_zone: str = "America/Bogota",
) -> tuple[Settings, list[Tenant]]:
    """Make an installation with telecom tenants of these ids; on SQLite unless a URL is given."""
    settings = replace(Settings.at(folder), engine=engine)
    settings = replace(settings, store_url=store_url or settings.store_url)
    store = open_store(settings)
    Keyring(settings, store).create_master()
    tenants = [Tenant(name, name.title(), "telecom", time_zone=time_zone) for name in tenant_ids]
    for tenant in tenants:
        create_tenant(store, ACTOR, tenant)
    store.close()
    return settings, tenants
