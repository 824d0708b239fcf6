"""Send rejected rows through the door again, corrected or as they are; and finish what a crash cut.

One act at a time for a table: whoever comes second finds the rows that are open then. An act is
written down before its file is put into landing, and the file before it is received, so that the
next act on the table, whoever asks for it, first brings to its end what was left.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from foundation.errors import InvalidRequest, UserError
from foundation.texts import text
from ingestion.landing import KIND, bring_back, land, sha256_of
from ingestion.ledger.correction import Correction, remembered, require_memorable
from ingestion.ledger.resend import Resend, written
from ingestion.ledger.schema import resolution_ref
from ingestion.ledger.selection import Selection
from ingestion.mapping import Mapping, table_of
from ingestion.receive import receive
from ingestion.scratch import scratch_folder
from tenancy.leases import lease
from tenancy.mappings import find_mapping
from tenancy.quarantine_acts import RESENT, Act, begin_act, end_act, get_act, list_acts
from tenancy.tenants import get_tenant
from tenancy.upload import APPLIED, FINISHED, UNDER_WAY
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

CORRECTORS = "uploader"
LEASE_SECONDS = 10.0
WAIT_SECONDS = 600.0


def redrive(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    selection: Selection,
    correction: Correction | None = None,
) -> list[Act]:
    """Send the selected open rows again: one upload for each set of headers they came under.

    An upload that is a snapshot is sent as an increment: some of its rows end nobody.

    Parameters
    ----------
    correction
        Without one they go as they are, under the mapping and the contract that hold now.

    Returns
    -------
    list of Act
        How many rows each upload took, how many passed, and how many were rejected again.

    Raises
    ------
    InvalidRequest
        None of the rows is open (any more), or the correction does not fit them.
    NotAllowed, NotFound
        The actor may not correct, or belongs to another tenant.
    Busy
        Another act on this table did not end in time.
    """
    correction = correction or Correction()
    table = table_of(lake.contract_of(tenant), selection.table)
    require_memorable(correction, table)
    with (
        acting(lake, tenant, actor, selection.table),
        written(lake, tenant, selection, correction) as files,
    ):
        if not files:
            raise InvalidRequest("ledger.nothing_open")
        return [_sent(lake, tenant, actor, file, correction) for file in files]


@contextmanager
def acting(lake: "Lake", tenant: "Tenant", actor: "Actor", table: str) -> Iterator[None]:
    """Hold a table's rejected rows for one act, once what an earlier one left is finished."""
    get_tenant(lake.store, actor, tenant.id)
    actor.require(CORRECTORS)
    name = f"redrive:{tenant.id}:{table}"
    with lease(lake.store, name, ttl_seconds=LEASE_SECONDS, wait_seconds=WAIT_SECONDS):
        for act in list_acts(lake.store, tenant, table=table, states={"begun"}):
            _finish(lake, tenant, actor, act)
        yield


def _sent(
    lake: "Lake", tenant: "Tenant", actor: "Actor", file: Resend, correction: Correction
) -> Act:
    table = file.upload.table
    mapping = _mapping(lake, tenant, file, correction)
    act = begin_act(
        lake.store,
        actor,
        tenant,
        table,
        kind=correction.kind,
        rows=file.rows,
        act_id=file.act_id,
        sha256=sha256_of(file.path),
        mapping=None if mapping is None else mapping.to_dict(),
    )
    land(lake, tenant, file.path)
    stem = file.upload.file_name.rsplit(".", 1)[0]
    name = text("ledger.resent_file", tenant.language, file=stem)
    try:
        receive(lake, tenant, actor, file.path, table, file_name=name, mapping=mapping)
    except UserError:
        end_act(lake.store, tenant, act, "refused")
        raise
    return get_act(lake.store, tenant, act.id)


def _mapping(
    lake: "Lake", tenant: "Tenant", file: Resend, correction: Correction
) -> Mapping | None:
    """Return the mapping to give with a file; None where the one that is kept holds."""
    kept = find_mapping(lake.store, tenant, file.upload.table, file.headers)
    if kept is not None and not correction.remember:
        return None
    return remembered(Mapping.from_dict(kept or file.upload.mapping), correction)


def _finish(lake: "Lake", tenant: "Tenant", actor: "Actor", act: Act) -> None:
    """Bring an act to its end that a crash cut short."""
    if act.kind in RESENT:
        _finish_resent(lake, tenant, actor, act)
        return
    written_down = lake.writer.find_commit(resolution_ref(lake, tenant, act.table), act.id)
    end_act(lake.store, tenant, act, "done" if written_down else "dropped")


def _finish_resent(lake: "Lake", tenant: "Tenant", actor: "Actor", act: Act) -> None:
    sha256 = str(act.sha256)
    uploads = list_uploads(lake.store, tenant, FINISHED, table=act.table)
    ours = (upload for upload in uploads if upload.sha256 == sha256)
    ended = next((upload for upload in ours if not upload.is_interrupted), None)
    if ended is not None:
        end_act(lake.store, tenant, act, "done" if ended.state in APPLIED else "refused")
    elif not lake.objects.exists(tenant, KIND, sha256):
        end_act(lake.store, tenant, act, "dropped")
    else:
        _receive_again(lake, tenant, actor, act)


def _receive_again(lake: "Lake", tenant: "Tenant", actor: "Actor", act: Act) -> None:
    """Receive an act's file from landing, where it was put before the crash."""
    mapping = Mapping.from_dict(act.mapping) if act.mapping else None
    name = _name_of(lake, tenant, act)
    with scratch_folder() as folder:
        path = folder / "again"
        bring_back(lake, tenant, str(act.sha256), path)
        try:
            receive(lake, tenant, actor, path, act.table, file_name=name, mapping=mapping)
        except UserError:  # its record says why; whoever is here asked for other rows
            end_act(lake.store, tenant, act, "refused")


def _name_of(lake: "Lake", tenant: "Tenant", act: Act) -> str:
    """Return the name of the file as its upload has it, or as a re-drive's would be called."""
    begun = list_uploads(lake.store, tenant, UNDER_WAY, table=act.table)
    names = [upload.file_name for upload in begun if upload.sha256 == act.sha256]
    return next(iter(names), text("ledger.resent_file", tenant.language, file=act.table))
