"""Where a tenant's online store lies: one file beside the lake, never the truth.

Who takes something out of the lake by law takes the file away; whoever can builds it anew.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from foundation.disk import disk_told
from lakehouse.refs import TENANT_ID, safe_name

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

SUFFIX = ".db"


def online_file(lake: "Lake", tenant: "Tenant") -> Path:
    """Return the path of a tenant's online store; it need not exist."""
    return lake.settings.online_dir / f"{safe_name(tenant.id, TENANT_ID, 'tenant')}{SUFFIX}"


def forget_online(lake: "Lake", tenant: "Tenant") -> int:
    """Delete a tenant's online store; return how many files there were."""
    file = online_file(lake, tenant)
    with disk_told():
        there = int(file.exists())
        file.unlink(missing_ok=True)
    return there
