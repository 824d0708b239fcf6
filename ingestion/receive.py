"""The one door: a tenant's file in, a receipt out. Page, command line and folder sensor call it."""

import time
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.contract import Contract, Table, UploadKind
from foundation.errors import InvalidUpload, UserError
from foundation.texts import LANGUAGES
from ingestion.evolution.rescued import note_rescued
from ingestion.job import Job, job_of
from ingestion.landing import land, require_size, sha256_of
from ingestion.leases import RECEIVE_LEASE_SECONDS, RECEIVE_WAIT_SECONDS, receive_lease
from ingestion.leftovers import clear_leftovers
from ingestion.mapping import Mapping, labels_of, table_of, validate_mapping
from ingestion.progress import Teller, Told, kept_in, nobody
from ingestion.reading import PIECE_BYTES, RawTable, open_file
from ingestion.receipt import Receipt
from ingestion.redrive import own_headers
from ingestion.scan import Pieces, scan, scanned_job, watched
from tenancy.leases import Lease, lease
from tenancy.mappings import find_mapping, save_mapping
from tenancy.tenants import get_tenant
from tenancy.upload import Upload
from tenancy.uploads import last_applied, list_uploads, save_upload, start_upload

if TYPE_CHECKING:
    from ingestion.apply import Applied
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

LONGEST_NAME = 200


@dataclass(frozen=True)
class _Door:
    """Who brings what to whom."""

    lake: "Lake"
    tenant: "Tenant"
    actor: "Actor"
    path: Path
    file_name: str
    contract: Contract
    table: Table
    given: Mapping | None
    confirm_ended: bool
    piece_bytes: int
    teller: Teller
    kind: UploadKind | None


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
        So much of the file is in memory at a time, a few times over. An upload that goes on after
        a crash keeps the size with which it began.

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
    get_tenant(lake.store, actor, tenant.id)
    actor.require("uploader", "feed")
    table_of(lake.contract_of(tenant), table)
    name = shown_name(file_name or path.name)
    size = require_size(path, name, lake.settings.upload_limit_bytes)
    name_of_lease = receive_lease(tenant, table)
    with lease(
        lake.store,
        name_of_lease,
        ttl_seconds=RECEIVE_LEASE_SECONDS,
        wait_seconds=RECEIVE_WAIT_SECONDS,
    ) as held:
        # Asked inside: until now a re-drive may have brought the table under another contract.
        contract = lake.contract_of(tenant)
        door = _Door(
            lake=lake,
            tenant=tenant,
            actor=actor,
            path=path,
            file_name=name,
            contract=contract,
            table=table_of(contract, table),
            given=mapping,
            confirm_ended=confirm_ended,
            kind=upload_kind,
            piece_bytes=piece_bytes,
            teller=Teller(progress, size),
        )
        clear_leftovers(lake, tenant)
        upload = _begun(door, sha256_of(path), size)
        receipt = _taken_or_refused(door, upload, held)
    return replace(receipt, duration_seconds=time.perf_counter() - started)


def shown_name(name: str) -> str:
    """Return a file's name as stores and screens take it: no folder, nothing unseen, no end."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in last if not unicodedata.category(c).startswith("C"))
    return seen[-LONGEST_NAME:] or "-"


def _begun(door: _Door, sha256: str, size: int) -> Upload:
    """Return the unfinished upload of this file, or a new one.

    What was begun under another mapping is another upload: its steps would not fit this one's.
    """
    given = None if door.given is None else door.given.to_dict()
    store, tenant, table = door.lake.store, door.tenant, door.table.name
    open_ones = list_uploads(store, tenant, {"received", "read"}, table=table)
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
        size_bytes=size,
    )


def _taken_or_refused(door: _Door, upload: Upload, held: Lease) -> Receipt:
    """Take the file; where that is the tenant's to mend, its record says why it was refused."""
    try:
        return _taken(door, upload, held)
    except UserError as error:
        refused = replace(upload, state="refused", error_key=error.key, error_details=error.details)
        save_upload(door.lake.store, door.tenant, refused)
        raise


def _taken(door: _Door, upload: Upload, held: Lease) -> Receipt:
    from ingestion.apply import apply_job, clear_staged
    from ingestion.ledger.settle import settle

    lake, tenant, teller = door.lake, door.tenant, door.teller
    piece_bytes = int(upload.progress.get("piece_bytes", door.piece_bytes))
    teller.also(kept_in(lake.store, tenant, upload.id, piece_bytes))
    unchanged = watched(door.path, door.file_name)
    teller.begins("landing")
    if land(lake, tenant, door.path) != upload.sha256:
        raise InvalidUpload("ingestion.still_written", file=door.file_name)
    source = open_file(door.path, door.file_name, lake.settings.upload_limit_bytes)
    pieces = Pieces(source, piece_bytes, unchanged)
    first = pieces.first(door.file_name)
    mapping, source_of = _mapping(door, upload, first)
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


def _mapping(door: _Door, upload: Upload, raw: RawTable) -> tuple[Mapping, str]:
    """Return the mapping and where it is from; a valid one that was given is kept at once."""
    store, tenant, table = door.lake.store, door.tenant, door.table
    labels = labels_of(door.contract, table)
    if door.given is None and upload.state == "read":
        return Mapping.from_dict(upload.mapping), "stored"
    if door.given is not None:
        validate_mapping(door.given, table, raw.headers, labels)
        _keep(door, raw.headers, door.given)
        return door.given, "given"
    stored = find_mapping(store, tenant, table.name, own_headers(raw.headers))
    if stored is not None:
        mapping, source = Mapping.from_dict(stored), "stored"
    else:
        mapping, source = _proposed(door, raw), "proposed"
    mapping = replace(mapping, upload=door.kind or mapping.upload)
    validate_mapping(mapping, table, raw.headers, labels)
    return mapping, source


def _keep(door: _Door, headers: tuple[str, ...], mapping: Mapping) -> None:
    """Store the mapping under the headers by which the next file looks for it."""
    own, payload = own_headers(headers), mapping.to_dict()
    store, table = door.lake.store, door.table.name
    save_mapping(store, door.actor, door.tenant, table, own, payload=payload)


def _proposed(door: _Door, raw: RawTable) -> Mapping:
    """Return the platform's own mapping, where it may be applied before a person has seen it."""
    from ingestion.proposal import propose_mapping
    from ingestion.recognise import require_header, require_recognised

    require_header(raw, door.file_name)
    mapping = propose_mapping(door.table, raw, door.contract).mapping
    last = last_applied(door.lake.store, door.tenant, door.table.name)
    require_recognised(
        mapping,
        door.table,
        raw,
        contract=door.contract,
        file_name=door.file_name,
        earlier=None if last is None else last.mapping,
    )
    return mapping


def _same_as_last(door: _Door, upload: Upload, mapping: Mapping) -> Upload | None:
    """Return the table's last upload where it was this file, read the same way."""
    last = last_applied(door.lake.store, door.tenant, door.table.name)
    same = (
        last is not None
        and last.sha256 == upload.sha256
        and last.contract_version == door.contract.version
        and dict(last.mapping) == mapping.to_dict()
    )
    return last if same else None


def _audited(door: _Door, upload: Upload, job: Job, applied: "Applied", source: str) -> Receipt:
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
        _keep(door, job.headers, job.mapping)
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
