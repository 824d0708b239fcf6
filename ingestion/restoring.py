"""A table back to how it was, and what must follow.

The accounts of uploads stay as they were told; those whose rows went are marked, so that the same
file counts as new when it comes again. An upload that stopped half way and had written already is
refused: going on, it would take for done what is gone. Gold, features and scores follow silver with
the next refresh, which whoever restores starts. A contract goes on holding: a table from before it
was brought under it is brought again, without the uploads that the restore took back.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.errors import InvalidRequest
from ingestion.evolution.rebuild import REDRIVE
from ingestion.evolution.redrive import redrive
from ingestion.leases import receive_lease
from ingestion.upkeep import destroying_of
from lakehouse.commits import commit_id_of, commits_standing, commits_told, open_table
from lakehouse.maintenance import Restored
from tenancy.audit import record
from tenancy.leases import lease
from tenancy.uploads import list_uploads, mark_undone, save_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

DERIVED = ("gold", "features")
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Undone:
    """A restore, and how many of the table's uploads stand undone now."""

    restored: Restored
    uploads: int


def restore_table(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    ref: "TableRef",
    *,
    to: int | datetime,
) -> Undone:
    """Take a table back to a version or a moment (UTC). Running it again is harmless.

    Raises
    ------
    InvalidRequest
        The table is computed from others, or its history does not reach that far.
    Held
        A legal hold covers the table.
    NotFound
        There is no such table.
    Busy
        An upload into the table, or its care, is going on.
    """
    actor.require("manager")
    if ref.layer in DERIVED:
        raise InvalidRequest("maintenance.derived", table=str(ref))
    with (
        destroying_of(lake, tenant, ref),
        lease(lake.store, receive_lease(tenant, ref.name), wait_seconds=WAIT_SECONDS),
    ):
        done = lake.maintenance.restore(ref, to)
        uploads = _settled(lake, tenant, ref) if ref.layer == "silver" else 0
    if ref.layer == "silver" and _under_older(ref):
        redrive(lake, tenant, [ref.name])
    details = {"to_version": done.to_version, "version": done.version, "uploads_undone": uploads}
    record(
        lake.store, actor, "table.restored", tenant.id, f"{ref.layer}.{ref.name}", details=details
    )
    return Undone(done, uploads)


def _settled(lake: "Lake", tenant: "Tenant", ref: "TableRef") -> int:
    """Mark the table's uploads by what its log says now, whoever died after an earlier restore."""
    table = open_table(ref.path)
    standing = _uploads_of(commits_standing(table)) if table else frozenset()
    undone = (_uploads_of(commits_told(table)) if table else frozenset()) - standing
    for upload in list_uploads(lake.store, tenant, {"read"}, table=ref.name):
        if upload.id in undone:
            key = "maintenance.undone_meanwhile"
            refused = replace(upload, state="refused", error_key=key, error_details={})
            save_upload(lake.store, tenant, refused)
    return mark_undone(lake.store, tenant, ref.name, undone, standing)


def _under_older(ref: "TableRef") -> bool:
    """Say whether a restore took back that the table was brought under the contract of now."""
    table = open_table(ref.path)
    if table is None:
        return False
    told = (commit_id_of(entry) for entry in table.history())
    newest = next((commit for commit in told if commit.startswith(REDRIVE)), None)
    return newest is not None and newest not in commits_standing(table)


def _uploads_of(commits: frozenset[str]) -> frozenset[str]:
    """Return the uploads of commits: an id is ``<upload>:<step>``."""
    return frozenset(commit.partition(":")[0] for commit in commits)
