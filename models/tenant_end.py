"""Erasing a tenant: its keys first, then all that lies under its prefix, everywhere.

From the first step on nobody can enter the tenant, and nothing of it can be opened. A run that is
cut short is taken up again by the same command.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.errors import InvalidRequest
from lakehouse.boundary import Boundary, no_fault
from lakehouse.online_file import forget_online
from lakehouse.search_folder import forget_search
from models.erasure import REQUEST
from models.forget import forget_models
from models.tenant_leases import alone
from tenancy.erasures import Erasure, begin_erasure, finish_erasure, note_place
from tenancy.holds import destroying
from tenancy.tenant_end import delete_rows
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

Step = Callable[[], int]
"""Deletes what another room keeps of the tenant; returns how many things there were."""


def erase_tenant(
    lake: "Lake",
    actor: "Actor",
    tenant: "Tenant",
    *,
    confirm: str,
    request: str,
    also: Mapping[str, Step] | None = None,
    pause: Boundary = no_fault,
) -> Erasure:
    """Erase a tenant and return the receipt; the audit trail stays, and the id stays taken.

    Parameters
    ----------
    tenant
        As ``tenancy.tenant_end.tenant_to_end`` gave it.
    confirm
        The tenant's name, typed by whoever asks.
    also
        Steps of rooms above this one, by their name.

    Raises
    ------
    InvalidRequest
        The name is another, or the request is not told by a number.
    Held
        A legal hold covers something of the tenant's.
    Busy
        Work on the tenant did not end in time.
    """
    if confirm.strip() != tenant.name:
        raise InvalidRequest("law.other_name", tenant=tenant.id)
    if not REQUEST.fullmatch(request):
        raise InvalidRequest("law.bad_request")
    with _alone(lake, tenant), destroying(lake.store, tenant):
        erasure = begin_erasure(lake.store, actor, tenant, "tenant", request=request)
        for name, step in _steps(lake, tenant, also or {}).items():
            pause(f"before:erasure.{name}")
            gone = step()
            if gone:
                note_place(lake.store, erasure, name, items=gone)
        pause("before:erasure.store")
        for table, rows in delete_rows(lake.store, tenant).items():
            note_place(lake.store, erasure, f"store.{table}", rows=rows)
    return finish_erasure(lake.store, actor, erasure)


def _steps(lake: "Lake", tenant: "Tenant", also: Mapping[str, Step]) -> dict[str, Step]:
    """Return what is destroyed, in order."""
    settings = lake.settings
    return {
        "keys": lambda: lake.keys.destroy(tenant),
        "tables": lambda: lake.drop_all(tenant),
        "objects": lambda: lake.objects.delete_all(tenant),
        "models": lambda: forget_models(settings, tenant.id),
        "data_docs": lambda: _delete_folder(settings.data_docs_dir, tenant),
        "inbox": lambda: _delete_folder(settings.inbox_dir, tenant),
        "online": lambda: forget_online(lake, tenant),
        "search": lambda: forget_search(lake, tenant),
        "sql": lambda: _drop_copy(lake, tenant),
        **also,
    }


def _drop_copy(lake: "Lake", tenant: "Tenant") -> int:
    from lakehouse.sql_copy import drop

    return int(drop(lake, tenant))


@contextmanager
def _alone(lake: "Lake", tenant: "Tenant") -> Iterator[None]:
    """Keep uploads, refinements and refreshes out, and wait for those under way."""
    tables = {ref.name for ref in lake.refs(tenant)}
    tables |= {upload.table for upload in list_uploads(lake.store, tenant)}
    with alone(lake, tenant, tables, f"tenant:{tenant.id}"):
        yield


def _delete_folder(root: Path, tenant: "Tenant") -> int:
    """Delete a tenant's folder, and what was being built beside it."""
    files = 0
    # By its whole name: what is being built for ``acme-norte`` begins with ``.acme-`` as well.
    aside = re.compile(rf"\.{re.escape(tenant.id)}-[0-9a-f]{{32}}")
    beside = [folder for folder in root.glob(".*") if aside.fullmatch(folder.name)]
    for folder in [root / tenant.id, *beside]:
        if folder.is_dir() and not folder.is_symlink():
            files += sum(path.is_file() for path in folder.rglob("*"))
            shutil.rmtree(folder)
    return files
