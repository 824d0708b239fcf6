"""A damaged table made again from what lies before it.

Bronze and quarantine come from landing, silver and the vault from bronze; gold and features come
with the next refresh. Every upload goes through the same code as on the day it came, under its own
id and time, and its account must be the one that was told. What nothing lies before (scores, acts
on rejected rows) can only come from a backup.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foundation.errors import OperatorError
from ingestion.evolution.redrive import redrive
from ingestion.gold.grains import READ, grains, grains_of
from ingestion.job import job_of
from ingestion.landing import KIND, bring_back
from ingestion.leases import receiving
from ingestion.mapping import Mapping
from ingestion.reading import PIECE_BYTES, open_file
from ingestion.scan import Pieces, scan, scanned_job, watched
from ingestion.schema import personal_columns
from ingestion.scratch import scratch_folder
from ingestion.upkeep import destroying_of
from lakehouse.refs import Layer, TableRef
from tenancy.audit import record
from tenancy.upload import APPLIED, Upload
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from pathlib import Path

    from data_contracts.contract import Contract
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

FROM_LANDING: tuple[Layer, ...] = ("bronze", "quarantine")
DERIVED: tuple[Layer, ...] = ("features", "redrive")


@dataclass(frozen=True)
class Mended:
    """What making a table again did.

    Attributes
    ----------
    uploads
        How many went through once more.
    changed
        File names of uploads whose account is not the one that was told.
    """

    uploads: int
    changed: tuple[str, ...]


def mend_table(lake: "Lake", tenant: "Tenant", actor: "Actor", ref: TableRef) -> Mended:
    """Make a table again from what lies before it. Cut short, it is done by running it again.

    Raises
    ------
    OperatorError
        Nothing lies before the table, or what does is not whole: nothing was taken away.
    Held
        A legal hold covers the table.
    Busy
        An upload into the table did not end in time.
    """
    actor.require("manager")
    contract = lake.contract_of(tenant)
    tables = _tables_for(ref, contract)
    before = {upload.id: upload for name in tables for upload in _uploads(lake, tenant, name)}
    with destroying_of(lake, tenant, ref):
        if ref.layer in FROM_LANDING:
            _from_landing(lake, tenant, contract, ref.name)
        for name in tables:
            lake.drop(lake.ref(tenant, "silver", name))
        if ref.layer not in FROM_LANDING:
            lake.drop(ref)
    _forget_derived(lake, tenant, tables)
    if tables:
        redrive(lake, tenant, tables)
    after = [upload for name in tables for upload in _uploads(lake, tenant, name)]
    told = [u for u in after if u.id in before and u.counts != before[u.id].counts]
    record(lake.store, actor, "table.rebuilt", tenant.id, f"{ref.layer}.{ref.name}")
    return Mended(len(before), tuple(upload.file_name for upload in told))


def _tables_for(ref: TableRef, contract: "Contract") -> tuple[str, ...]:
    """Return the tables whose uploads must go through once more; none for what is only derived."""
    named, derived = {table.name for table in contract.tables}, {*READ, *(g.name for g in grains())}
    if ref.layer == "vault":
        return tuple(table.name for table in contract.tables if personal_columns(table))
    if ref.layer in {*FROM_LANDING, "silver"} and ref.name in named:
        return (ref.name,)
    if ref.layer in DERIVED or (ref.layer == "gold" and ref.name in derived):
        return ()
    table = f"{ref.layer}.{ref.name}"
    raise OperatorError("damage.no_source", tenant=ref.tenant, table=table)


def _uploads(lake: "Lake", tenant: "Tenant", table: str) -> list[Upload]:
    """Return the uploads whose rows stand in silver, in the order in which they got there."""
    found = list_uploads(lake.store, tenant, APPLIED, table=table)
    standing = [upload for upload in found if upload.undone_at is None]
    return sorted(standing, key=lambda u: (u.applied_at or u.received_at, u.id))


def _from_landing(lake: "Lake", tenant: "Tenant", contract: "Contract", table: str) -> None:
    """Make bronze and quarantine of a table again, once all files are known to be whole."""
    uploads = _uploads(lake, tenant, table)
    with receiving(lake.store, tenant, table), scratch_folder() as folder:
        for upload in uploads:
            _landed(lake, tenant, upload, folder).unlink()
        for layer in FROM_LANDING:
            lake.drop(lake.ref(tenant, layer, table))
        for upload in uploads:
            _staged_again(lake, tenant, contract, upload, _landed(lake, tenant, upload, folder))


def _landed(lake: "Lake", tenant: "Tenant", upload: Upload, folder: "Path") -> "Path":
    """Write an upload's file as it came; refused where an erasure left another one in its place."""
    if upload.landed != upload.sha256 or not lake.objects.exists(tenant, KIND, upload.sha256):
        raise OperatorError("damage.no_landing", file=upload.file_name, table=upload.table)
    path = folder / upload.id
    bring_back(lake, tenant, upload.sha256, path)
    return path


def _staged_again(
    lake: "Lake", tenant: "Tenant", contract: "Contract", upload: Upload, path: "Path"
) -> None:
    """Bring an upload's rows into bronze, and those that are damaged into quarantine."""
    from ingestion.apply import clear_staged, save_rejected
    from ingestion.rejections import rejections_of
    from ingestion.stage import stage

    source = open_file(path, upload.file_name, lake.settings.upload_limit_bytes)
    pieces = Pieces(source, PIECE_BYTES, watched(path, upload.file_name))
    headers = pieces.first(upload.file_name).headers
    mapping = _mapping_of(upload, headers)
    job = job_of(lake, tenant, contract, upload, headers=headers, mapping=mapping)
    job = scanned_job(job, scan(pieces, job, lambda _rows: None))
    staged = stage(lake, job, pieces, lambda _rows: None)
    save_rejected(lake, job, staged, rejections_of(lake, job, staged))
    clear_staged(lake, job)
    path.unlink()


def _mapping_of(upload: Upload, headers: tuple[str, ...]) -> Mapping:
    """Return an upload's mapping; columns that a newer contract asks for are the re-drive's."""
    told = Mapping.from_dict(upload.mapping)
    sent = {header: column for header, column in told.columns.items() if header in headers}
    return replace(told, columns=sent)


def _forget_derived(lake: "Lake", tenant: "Tenant", tables: tuple[str, ...]) -> None:
    """Drop what was made of tables that begin anew: its commits name versions that come again."""
    made_of = {grain.name for grain in grains_of(tables)}
    for ref in lake.refs(tenant):
        if (ref.layer == "gold" and ref.name in made_of) or (tables and ref.layer == "features"):
            lake.drop(ref)
