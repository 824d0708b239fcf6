"""What tests of the outbox start from: changes put in, drained, and what the lake then holds."""

from lakehouse.boundary import Boundary, no_fault
from lakehouse.lake import Lake
from operations.outbox.changes import Change
from operations.outbox.drain import drain, put_in
from tenancy.tenant import Tenant
from tests.ingestion_lake import ACTOR, TENANT


def put(lake: Lake, *changes: Change, tenant: Tenant = TENANT) -> list[bool]:
    """Put changes into the outbox, in a transaction of their own."""
    contract, keys = lake.contract_of(tenant), lake.keys.of(tenant)
    with lake.store.session() as session:
        return put_in(session, tenant, ACTOR, changes, contract=contract, keys=keys)


def counts_of(lake: Lake, tenant: Tenant = TENANT, pause: Boundary = no_fault) -> dict[str, int]:
    """Drain, and return what became of the rows of this run."""
    told: dict[str, int] = {}
    for receipt in drain(lake, tenant, pause=pause):
        for name, count in receipt.counts.items():
            told[name] = told.get(name, 0) + count
    return {name: count for name, count in told.items() if count}
