"""Files as they were received, past the period of landing: containers, and what came in them."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from data_contracts.retention import cut_of
from foundation.errors import Held
from ingestion.landing import KIND
from tenancy.deliveries import list_deliveries
from tenancy.erasures import Erasure, note_place
from tenancy.holds import destroying
from tenancy.uploads import list_uploads, save_landing

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def landing_due(lake: "Lake", tenant: "Tenant", contract: Contract, now: datetime) -> set[str]:
    """Return the contents of landing that are due, files and containers, and did not come again."""
    cut = cut_of(contract.retention, "landing", now)
    if cut is None:
        return set()
    uploads, deliveries = list_uploads(lake.store, tenant), list_deliveries(lake.store, tenant)
    came = [(upload.landed, upload.received_at) for upload in uploads]
    came += [(delivery.sha256, delivery.received_at) for delivery in deliveries]
    needed = {sha256 for sha256, received_at in came if received_at >= cut}
    due = {sha256 for sha256, _ in came if sha256} - needed
    return {sha256 for sha256 in due if lake.objects.exists(tenant, KIND, sha256)}


def let_landing_go(lake: "Lake", tenant: "Tenant", erasure: Erasure, due: Collection[str]) -> None:
    """Delete them and note it in their uploads, unless a hold covers any file."""
    if not due:
        return
    try:
        with destroying(lake.store, tenant):
            for sha256 in sorted(due):
                lake.objects.delete(tenant, KIND, sha256)
            for upload in list_uploads(lake.store, tenant):
                if upload.landed in due:
                    save_landing(lake.store, tenant, upload, "")
            note_place(lake.store, erasure, "landing", files=len(due))
    except Held:
        return
