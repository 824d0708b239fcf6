"""The lease under which a tenant's table takes rows in: one upload, or one re-drive, at a time."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenancy.tenant import Tenant

RECEIVE_LEASE_SECONDS = 10.0
RECEIVE_WAIT_SECONDS = 600.0


def receive_lease(tenant: "Tenant", table: str) -> str:
    """Return the lease's name."""
    return f"receive:{tenant.id}:{table}"
