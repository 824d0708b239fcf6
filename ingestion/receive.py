"""The one door: a tenant's file in, a receipt out. Page, command line and folder sensor call it."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.contract import UploadKind
from ingestion.door import Door, open_door
from ingestion.landing import sha256_of
from ingestion.leases import receiving
from ingestion.leftovers import clear_leftovers
from ingestion.mapping import Mapping
from ingestion.progress import Teller, Told, nobody
from ingestion.reading import PIECE_BYTES
from ingestion.receipt import Receipt
from ingestion.take import take
from ingestion.unfinished import has_written, unfinished_of
from lakehouse.lineage import observed
from tenancy.upload import Upload
from tenancy.uploads import start_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


@observed("receive", of="table")
def receive(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    path: Path,
    table: str,
    *,
    file_name: str | None = None,
    mapping: Mapping | None = None,
    confirm_ended: bool = False,
    upload_kind: UploadKind | None = None,
    progress: Told = nobody,
    piece_bytes: int = PIECE_BYTES,
) -> Receipt:
    """Take a file into landing, bronze, silver and quarantine, and say what became of it.

    What was cut short (a crash): the same file goes on where it stopped, another one that had
    begun to change the table ends first.

    Parameters
    ----------
    path
        Where the file lies; it is read, never changed.
    table
        Table of the tenant's contract.
    file_name
        Its name for people, where ``path`` is a temporary one.
    mapping
        The tenant's choice; without it the one kept for these headers, else a proposal.
    confirm_ended
        A snapshot may end most customers.
    upload_kind
        What the file is, whatever a kept or proposed mapping says: who sends it knows.
    progress
        Is told how far the upload has come.
    piece_bytes
        So much is in memory at a time, a few times over; an upload that goes on keeps its own.

    Raises
    ------
    TooLarge
        The file is above the limit; it was not read.
    InvalidUpload, InvalidMapping
        It cannot be taken; the upload's record is ``refused`` and silver untouched.
    NotAllowed
        The actor may not upload.
    NotFound
        The actor belongs to another tenant, or the contract has no such table.
    Busy
        Another upload into this table did not end in time.
    """
    started = time.perf_counter()
    door = replace(
        open_door(lake, tenant, actor, path, table, file_name=file_name),
        given=mapping,
        kind=upload_kind,
        confirm_ended=confirm_ended,
        piece_bytes=piece_bytes,
    )
    receipt = _in_turn(door, progress)
    return replace(receipt, duration_seconds=time.perf_counter() - started)


def _in_turn(door: Door, progress: Told) -> Receipt:
    """Take the file once no other upload, and no re-drive, is at work on its table."""
    with receiving(door.lake.store, door.tenant, door.table.name) as held:
        door = door.under_contract_of_now()
        clear_leftovers(door.lake, door.tenant)
        sha256 = sha256_of(door.path)
        upload = unfinished_of(door, sha256, held.check)
        if upload is None:
            upload = _new(door, sha256)
        elif has_written(door.lake, door.tenant, upload):
            door = replace(door, confirm_ended=True)  # it was, or there was nothing to confirm
        return take(door, upload, held.check, Teller(progress, door.size_bytes))


def _new(door: Door, sha256: str) -> Upload:
    return start_upload(
        door.lake.store,
        door.actor,
        door.tenant,
        door.table.name,
        file_name=door.file_name,
        sha256=sha256,
        size_bytes=door.size_bytes,
    )
