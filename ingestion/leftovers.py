"""What uploads that have ended left staged: a process that died before it could tidy up."""

from typing import TYPE_CHECKING

from tenancy.upload import UNDER_WAY
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def clear_leftovers(lake: "Lake", tenant: "Tenant") -> int:
    """Delete what ended uploads of a tenant left staged; return of how many uploads.

    What an upload is still to go on with stays, and so does what is staged for another purpose.
    """
    staged = lake.staged(tenant)
    if not staged:
        return 0
    ended = {u.id for u in list_uploads(lake.store, tenant) if u.state not in UNDER_WAY}
    left = [purpose for purpose in staged if purpose in ended]
    for purpose in left:
        lake.staging(tenant, purpose).clear()
    return len(left)
