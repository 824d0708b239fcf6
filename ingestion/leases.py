"""The lease under which a tenant's table takes rows in: one upload, or one re-drive, at a time."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from tenancy.leases import Lease, lease

if TYPE_CHECKING:
    from tenancy.store import Store
    from tenancy.tenant import Tenant

RECEIVE_LEASE_SECONDS = 10.0
RECEIVE_WAIT_SECONDS = 600.0


def receive_lease(tenant: "Tenant", table: str) -> str:
    """Return the lease's name."""
    return f"receive:{tenant.id}:{table}"


def receiving(store: "Store", tenant: "Tenant", table: str) -> AbstractContextManager[Lease]:
    """Hold the lease while the block runs, once whoever has it is done; ``Busy`` after minutes."""
    return lease(
        store,
        receive_lease(tenant, table),
        ttl_seconds=RECEIVE_LEASE_SECONDS,
        wait_seconds=RECEIVE_WAIT_SECONDS,
    )
