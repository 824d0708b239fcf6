"""The regular care for a tenant's tables: what may go, and when, so that nothing needed goes.

Older versions of a table stay as long as the policy says, and longer where gold still stands on
one. The words beside a commit stay until every upload that began before it has ended: after a
crash an upload goes on by what they tell.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.clock import utc_now
from foundation.errors import Held
from ingestion.gold.verdict import last_good
from lakehouse.commits import open_table
from lakehouse.log import written_at
from lakehouse.maintenance import Compacted, Vacuumed
from lakehouse.policy import history_of
from tenancy.audit import record
from tenancy.holds import destroying
from tenancy.upload import UNDER_WAY
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

NAMED_BY_CONTRACT = ("bronze", "silver", "quarantine")
"""Layers whose tables have the names that a legal hold on a table gives."""


@dataclass(frozen=True)
class Cared:
    """What was done for a table; ``held``: a legal hold keeps its past."""

    ref: "TableRef"
    compacted: Compacted
    vacuumed: Vacuumed
    held: bool = False


def care_for(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    refs: "Sequence[TableRef] | None" = None,
) -> list[Cared]:
    """Compact a tenant's tables and let go what the policy no longer keeps.

    Parameters
    ----------
    refs
        Only these; None means all that the tenant has.

    Raises
    ------
    Busy
        A table is being written for too long. What was done stays; the rest is done next time.
    """
    chosen = lake.refs(tenant) if refs is None else refs
    return [_cared(lake, tenant, actor, ref) for ref in chosen]


def _cared(lake: "Lake", tenant: "Tenant", actor: "Actor", ref: "TableRef") -> Cared:
    compacted = compact(lake, tenant, actor, ref)
    try:
        return Cared(ref, compacted, vacuum(lake, tenant, actor, ref))
    except Held:
        return Cared(ref, compacted, Vacuumed(0, 0, 0), held=True)


def compact(lake: "Lake", tenant: "Tenant", actor: "Actor", ref: "TableRef") -> Compacted:
    """Put a table's small files together, and write it into the audit log where that did any."""
    done = lake.maintenance.compact(ref)
    if done.before != done.after:
        details = {"files_before": done.before, "files_after": done.after}
        record(lake.store, actor, "table.compacted", tenant.id, _named(ref), details=details)
    return done


def vacuum(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    ref: "TableRef",
    *,
    dry_run: bool = False,
) -> Vacuumed:
    """Delete what the policy no longer keeps of a table's past, and write it into the audit log.

    Parameters
    ----------
    dry_run
        Only say what would go.

    Raises
    ------
    Held
        A legal hold covers the table.
    NotFound, Busy
        There is no such table, or it is being written for too long.
    """
    now = utc_now()
    files_since, log_since = kept_since(lake, tenant, ref, now)
    if dry_run:
        return lake.maintenance.vacuum(ref, files_since, log_since, dry_run=True)
    with destroying_of(lake, tenant, ref):
        done = lake.maintenance.vacuum(ref, files_since, log_since)
    if done.files or done.log_files:
        details = {"files": done.files, "bytes": done.size_bytes, "log_files": done.log_files}
        record(lake.store, actor, "table.vacuumed", tenant.id, _named(ref), details=details)
    return done


def destroying_of(
    lake: "Lake", tenant: "Tenant", ref: "TableRef"
) -> AbstractContextManager[object]:
    """Keep legal holds away while a past is destroyed; ``Held`` where one covers it."""
    table = ref.name if ref.layer in NAMED_BY_CONTRACT else None
    return destroying(lake.store, tenant, table=table)


def kept_since(
    lake: "Lake", tenant: "Tenant", ref: "TableRef", now: datetime
) -> tuple[datetime, datetime]:
    """Return since when a table's files, and its log, are still needed (UTC)."""
    policy = now - history_of(lake.settings, ref.layer)
    good = _good_since(lake, tenant, ref)
    open_ones = list_uploads(lake.store, tenant, UNDER_WAY)
    begun = (upload.received_at for upload in open_ones)
    files = policy if good is None else min(policy, good)
    return files, min([files, *begun])


def _good_since(lake: "Lake", tenant: "Tenant", ref: "TableRef") -> datetime | None:
    """Return when the version was written on which gold stands, where the table has a newer one."""
    if ref.layer != "silver":
        return None
    good, table = last_good(lake, tenant, ref.name), open_table(ref.path)
    if good is None or table is None or good == lake.version(ref):
        return None
    return written_at(table, good)


def _named(ref: "TableRef") -> str:
    return f"{ref.layer}.{ref.name}"
