"""Uploads that were cut short, and what becomes of them when the next one comes to their table.

One that had begun to change what others see (quarantine, vault, silver) is brought to its end
first, from landing: whoever comes next finds a table that every account is true of, and a file that
equals the last one applied equals what stands there. One that had not is let go once another file
went in after it: going on, it would be older than what it is laid upon.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from foundation.errors import UserError
from ingestion.door import Door
from ingestion.landing import KIND, bring_back
from ingestion.leases import receiving
from ingestion.scratch import scratch_folder
from ingestion.take import take
from lakehouse.commits import commits_told, open_table
from tenancy.upload import APPLIED, CUT_SHORT, UNDER_WAY, Upload
from tenancy.uploads import list_uploads, save_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


def unfinished_of(door: Door, sha256: str, still_ours: Callable[[], object]) -> Upload | None:
    """Return the unfinished upload of this file, where it can go on; the table's others settle.

    What was begun under another mapping is another upload: its steps would not fit this one's.
    """
    found = _unfinished(door.lake, door.tenant, door.table.name)
    if not found:
        return None
    given = None if door.given is None else door.given.to_dict()
    own = [
        upload
        for upload in found
        if upload.sha256 == sha256 and (given is None or upload.mapping in ({}, given))
    ][:1]
    for upload in reversed(found):
        if upload not in own and has_written(door.lake, door.tenant, upload):
            _finish(door.lake, door.tenant, door.actor, upload, still_ours)
    _let_go_late(door.lake, door.tenant, door.table.name)
    return next((u for u in _unfinished(door.lake, door.tenant, door.table.name) if u in own), None)


def end_unfinished(
    lake: "Lake", tenant: "Tenant", actor: "Actor", table: str, still_ours: Callable[[], object]
) -> None:
    """Leave nothing of a table unfinished: what had not begun to change it is let go."""
    for upload in reversed(_unfinished(lake, tenant, table)):
        if has_written(lake, tenant, upload):
            _finish(lake, tenant, actor, upload, still_ours)
        else:
            let_go(lake, tenant, upload)


def end_written(
    lake: "Lake", tenant: "Tenant", actor: "Actor", contract: Contract, tables: Collection[str]
) -> None:
    """Bring to their end the uploads that began to change tables, before their contract changes.

    Parameters
    ----------
    contract
        The one that holds until then, under which they began.
    """
    for table in tables:
        with receiving(lake.store, tenant, table) as held:
            for upload in reversed(_unfinished(lake, tenant, table)):
                if has_written(lake, tenant, upload):
                    _finish(lake, tenant, actor, upload, held.check, contract=contract)


def has_written(lake: "Lake", tenant: "Tenant", upload: Upload) -> bool:
    """Say whether an upload began to change quarantine, vault or silver.

    By then it had passed every question, and stands in landing and bronze as a whole.
    """
    changed = [lake.ref(tenant, layer, upload.table) for layer in ("quarantine", "silver")]
    tables = [open_table(ref.path) for ref in (*changed, lake.ref(tenant, "vault", "person"))]
    commits = (commit for table in tables if table for commit in commits_told(table))
    return any(commit.startswith(f"{upload.id}:") for commit in commits)


def let_go(lake: "Lake", tenant: "Tenant", upload: Upload) -> None:
    """Record that an upload will not go on; its file may come again as a new one."""
    details = {"file": upload.file_name}
    gone = replace(upload, state="refused", error_key=CUT_SHORT, error_details=details)
    save_upload(lake.store, tenant, gone)


def _finish(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    upload: Upload,
    still_ours: Callable[[], object],
    *,
    contract: Contract | None = None,
) -> None:
    """Take an upload's file out of landing, and go on from where it stopped."""
    if not lake.objects.exists(tenant, KIND, upload.sha256):
        let_go(lake, tenant, upload)
        return
    contract = contract or lake.contract_of(tenant)
    with scratch_folder() as folder:
        path = folder / "again"
        bring_back(lake, tenant, upload.sha256, path)
        name, size, table = upload.file_name, upload.size_bytes, contract.table(upload.table)
        door = Door(lake, tenant, actor, path, name, size, contract, table, confirm_ended=True)
        with suppress(UserError):  # its record says why; whoever is here came for something else
            take(door, upload, still_ours)


def _let_go_late(lake: "Lake", tenant: "Tenant", table: str) -> None:
    """Let go what came before a file that stands in silver now, and has changed nothing itself."""
    waiting = _unfinished(lake, tenant, table)
    applied = list_uploads(lake.store, tenant, APPLIED, table=table) if waiting else []
    newest = next((upload for upload in applied if upload.undone_at is None), None)
    for upload in waiting:
        late = newest is not None and upload.received_at < newest.received_at
        if late and not has_written(lake, tenant, upload):
            let_go(lake, tenant, upload)


def _unfinished(lake: "Lake", tenant: "Tenant", table: str) -> list[Upload]:
    """Return a table's unfinished uploads, newest first."""
    return list_uploads(lake.store, tenant, UNDER_WAY, table=table)
