"""Keeping all others out of a tenant while something of it is destroyed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ingestion.leases import receive_lease
from tenancy.leases import lease
from tenancy.outbox import outbox_lease

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

WAIT_SECONDS = 600.0
LEASE_SECONDS = 10.0


@contextmanager
def alone(
    lake: "Lake", tenant: "Tenant", tables: Iterable[str], *further: str
) -> Iterator[Callable[[], None]]:
    """Keep uploads into tables and refreshes of the tenant out, and wait for those under way.

    What is yielded raises ``Busy`` where others have taken over.

    Parameters
    ----------
    further
        Names of leases to be held besides, after those.
    """
    names = [receive_lease(tenant, table) for table in sorted(tables)]
    with ExitStack() as stack:
        held = [
            stack.enter_context(
                lease(lake.store, name, ttl_seconds=LEASE_SECONDS, wait_seconds=WAIT_SECONDS)
            )
            # The outbox before tables: a run that drains holds it while it waits for them.
            for name in [f"models:{tenant.id}", outbox_lease(tenant), *names, *further]
        ]

        def still_ours() -> None:
            for one in held:
                one.check()

        yield still_ours
