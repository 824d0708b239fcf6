"""Earlier uploads under the contract that holds now, mapping and headers brought along."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from data_contracts.changelog import contract_of_document
from data_contracts.contract import Contract
from data_contracts.migration import Migration
from data_contracts.versions import parse_version
from foundation.errors import NotFound
from ingestion.evolution.migrate import OlderContract
from ingestion.evolution.rebuild import Reading, Rebuilt, rebuild
from ingestion.media.filenames import shown
from tenancy.contract_versions import published_versions
from tenancy.extensions import current_extension, mark_redriven

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.store import Store
    from tenancy.tenant import Tenant


def redrive(lake: "Lake", tenant: "Tenant", tables: Collection[str] | None = None) -> list[Rebuilt]:
    """Bring a tenant's earlier uploads under its contract of now: as if they were sent today.

    Parameters
    ----------
    tables
        Only these; all of them where it is None.

    Raises
    ------
    NotFound
        The contract has no such table.
    """
    extension = current_extension(lake.store, tenant)
    own = () if extension is None else extension.own
    contract = lake.contract_of(tenant)
    known = [table.name for table in contract.tables]
    for other in set(tables or ()).difference(known):
        raise NotFound("feeds.no_table", table=shown(other), known=", ".join(known))
    reading = Reading(contract, own, older_contracts(lake.store, contract))
    done = rebuild_all(lake, tenant, reading, tables)
    if extension is not None:
        mark_redriven(lake.store, tenant, extension.revision)
    return done


def finish_redrive(lake: "Lake", tenant: "Tenant") -> None:
    """Go on with a re-drive under the tenant's newest own columns that was killed."""
    extension = current_extension(lake.store, tenant)
    if extension is not None and not extension.redriven:
        redrive(lake, tenant)


def rebuild_all(
    lake: "Lake", tenant: "Tenant", reading: Reading, tables: Collection[str] | None
) -> list[Rebuilt]:
    """Make the tables of a contract anew that a tenant has sent."""
    wanted = [t for t in reading.contract.tables if tables is None or t.name in tables]
    made = (rebuild(lake, tenant, table, reading) for table in wanted)
    return [one for one in made if one is not None]


def older_contracts(store: "Store", contract: Contract) -> OlderContract:
    """Return what gives the published contract from which a migration leads away."""
    published = published_versions(store, contract.vertical)

    def of(migration: Migration) -> Contract | None:
        known = [p for p in published if parse_version(p.version) < migration.target]
        return contract_of_document(known[0].document) if known else None

    return of
