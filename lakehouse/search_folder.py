"""Where a tenant's index of search lies: a folder beside the lake, never the truth.

Who takes something out of the lake by law takes the folder away; whoever can makes it anew.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.disk import disk_told
from lakehouse.refs import TENANT_ID, safe_name

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

CURRENT = "current"
"""File that names the folder in use."""


def search_folder(lake: "Lake", tenant: "Tenant") -> Path:
    """Return the folder of a tenant's indexes; it need not exist."""
    return lake.settings.search_dir / safe_name(tenant.id, TENANT_ID, "tenant")


def search_lease(tenant: "Tenant") -> str:
    """Return the name that is held by whoever writes or deletes a tenant's index."""
    return f"search:{tenant.id}"


def forget_search(lake: "Lake", tenant: "Tenant") -> int:
    """Delete a tenant's index; return how many files there were.

    One that is being written at this moment is waited for: it would come back.
    """
    folder = search_folder(lake, tenant)
    with lake.lease(search_lease(tenant)), disk_told():
        if not folder.exists():
            return 0
        (folder / CURRENT).unlink(missing_ok=True)
        files = sum(path.is_file() for path in folder.rglob("*"))
        shutil.rmtree(folder)
    return files
