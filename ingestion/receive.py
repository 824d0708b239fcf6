"""The one door: a tenant's file in, a receipt out. Page, command line and folder sensor call it."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.contract import UploadKind
from foundation.errors import InvalidUpload, UserError
from foundation.texts import LANGUAGES
from ingestion.door import Door, open_door
from ingestion.evolution.rescued import note_rescued
from ingestion.job import Job, job_of
from ingestion.landing import land, sha256_of
from ingestion.leases import receiving
from ingestion.leftovers import clear_leftovers
from ingestion.mapping import Mapping
from ingestion.mapping_choice import chosen_mapping, keep_mapping
from ingestion.progress import Teller, Told, kept_in, nobody
from ingestion.reading import PIECE_BYTES, open_file
from ingestion.receipt import Receipt
from ingestion.scan import Pieces, scan, scanned_job, watched
from tenancy.leases import Lease
from tenancy.upload import UNDER_WAY, Upload
from tenancy.uploads import last_applied, list_uploads, save_upload, start_upload

if TYPE_CHECKING:
    from ingestion.apply import Applied
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


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

    An upload of the same file that did not end (a crash) goes on where it stopped.

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
        upload = _begun(door, sha256_of(door.path))
        return _taken_or_refused(door, upload, held, Teller(progress, door.size_bytes))


def _begun(door: Door, sha256: str) -> Upload:
    """Return the unfinished upload of this file, or a new one.

    What was begun under another mapping is another upload: its steps would not fit this one's.
    """
    given = None if door.given is None else door.given.to_dict()
    store, tenant, table = door.lake.store, door.tenant, door.table.name
    open_ones = list_uploads(store, tenant, UNDER_WAY, table=table)
    for upload in open_ones:
        if upload.sha256 == sha256 and (given is None or upload.mapping in ({}, given)):
            return upload
    return start_upload(
        store,
        door.actor,
        tenant,
        table,
        file_name=door.file_name,
        sha256=sha256,
        size_bytes=door.size_bytes,
    )


def _taken_or_refused(door: Door, upload: Upload, held: Lease, teller: Teller) -> Receipt:
    """Take the file; where that is the tenant's to mend, its record says why it was refused."""
    try:
        return _taken(door, upload, held, teller)
    except UserError as error:
        refused = replace(upload, state="refused", error_key=error.key, error_details=error.details)
        save_upload(door.lake.store, door.tenant, refused)
        raise


def _taken(door: Door, upload: Upload, held: Lease, teller: Teller) -> Receipt:
    from ingestion.apply import apply_job, clear_staged
    from ingestion.ledger.settle import settle
    from ingestion.rules import require_mapped

    lake, tenant = door.lake, door.tenant
    piece_bytes = int(upload.progress.get("piece_bytes", door.piece_bytes))
    teller.also(kept_in(lake.store, tenant, upload.id, piece_bytes))
    unchanged = watched(door.path, door.file_name)
    teller.begins("landing")
    if land(lake, tenant, door.path) != upload.sha256:
        raise InvalidUpload("ingestion.still_written", file=door.file_name)
    source = open_file(door.path, door.file_name, lake.settings.upload_limit_bytes)
    pieces = Pieces(source, piece_bytes, unchanged)
    first = pieces.first(door.file_name)
    mapping, source_of = chosen_mapping(door, upload, first)
    if pieces.is_download and "increment" in door.table.upload_kinds:
        # Some rows of a snapshot are no snapshot: as one they would end everybody else.
        mapping = replace(mapping, upload="increment") if mapping.upload == "snapshot" else mapping
    last = _same_as_last(door, upload, mapping)
    if upload.state == "received" and last is not None:
        rows = last.counts["rows"]
        counts = {"rows": rows, "unchanged": rows}
        same = replace(upload, state="unchanged", counts=counts, mapping=mapping.to_dict())
        return Receipt(save_upload(lake.store, tenant, same), door.table, mapping, source_of)
    job = job_of(lake, tenant, door.contract, upload, headers=first.headers, mapping=mapping)
    require_mapped(job)
    teller.begins("reading")
    scanned = scan(pieces, job, lambda rows: teller.adds(rows, source.position))
    job = scanned_job(job, scanned)
    upload = save_upload(
        lake.store,
        tenant,
        replace(
            upload,
            state="read",
            kind=mapping.upload,
            mapping=mapping.to_dict(),
            counts={"rows": job.total},
            contract_version=door.contract.version,
        ),
    )
    teller.begins("preparing", job.total)
    applied = apply_job(lake, job, pieces, door.confirm_ended, held.check, teller=teller)
    settle(lake, tenant, door.actor, upload, pieces.references)
    teller.begins("auditing", job.total)
    receipt = _audited(door, upload, job, applied, source_of)
    note_rescued(lake.store, upload, job, rows=scanned.rows, filled=scanned.filled)
    clear_staged(lake, job)
    return replace(receipt, notes=source.notes)


def _same_as_last(door: Door, upload: Upload, mapping: Mapping) -> Upload | None:
    """Return the table's last upload where it was this file, read the same way."""
    last = last_applied(door.lake.store, door.tenant, door.table.name)
    same = (
        last is not None
        and last.sha256 == upload.sha256
        and last.contract_version == door.contract.version
        and dict(last.mapping) == mapping.to_dict()
    )
    return last if same else None


def _audited(door: Door, upload: Upload, job: Job, applied: "Applied", source: str) -> Receipt:
    from ingestion.audit import audit_table

    audit = audit_table(door.lake, door.tenant, door.table, job.mapped_names)
    upload = save_upload(
        door.lake.store,
        door.tenant,
        replace(
            upload,
            state="accepted" if audit.passed else "held",
            counts=applied.counts,
            ended=applied.ended,
            audit=audit.to_json(),
        ),
    )
    if source == "proposed":
        keep_mapping(door, job.headers, job.mapping)
    receipt = _receipt(upload, job, applied, source)
    failures = {language: tuple(f.say(language) for f in audit.failures) for language in LANGUAGES}
    return replace(receipt, failures=failures)


def _receipt(upload: Upload, job: Job, applied: "Applied", source: str) -> Receipt:
    return Receipt(
        upload=upload,
        table=job.table,
        mapping=job.mapping,
        mapping_source=source,
        unknown_columns=job.unknown,
        blanks=applied.blanks,
        formats=job.formats,
        kept=applied.kept,
        causes=applied.causes,
    )
