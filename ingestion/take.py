"""An upload on its way through all steps to its end, from wherever an earlier run left it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from foundation.errors import InvalidUpload, UserError
from foundation.texts import LANGUAGES
from ingestion.door import Door
from ingestion.evolution.rescued import note_rescued
from ingestion.job import Job, job_of
from ingestion.landing import land
from ingestion.mapping import Mapping
from ingestion.mapping_choice import chosen_mapping, keep_mapping
from ingestion.progress import Teller, kept_in
from ingestion.reading import open_file
from ingestion.receipt import Receipt
from ingestion.scan import Pieces, scan, scanned_job, watched
from lakehouse.lineage import note_used
from tenancy.upload import Upload
from tenancy.uploads import last_applied, save_upload

if TYPE_CHECKING:
    from ingestion.apply import Applied


def take(
    door: Door,
    upload: Upload,
    still_ours: Callable[[], object],
    teller: Teller | None = None,
) -> Receipt:
    """Take the file; where that is the tenant's to mend, its record says why it was refused.

    Parameters
    ----------
    door
        Whose contract holds now.
    upload
        New, or one that was cut short: its steps that are done are not done again.
    still_ours
        Raises where another upload has taken over the table.
    teller
        Tells how far it has come.

    Raises
    ------
    InvalidUpload, InvalidMapping
        It cannot be taken.
    Busy
        Something that it writes to was held by others for too long.
    """
    try:
        return _taken(door, upload, still_ours, teller or Teller(total_bytes=door.size_bytes))
    except UserError as error:
        refused = replace(upload, state="refused", error_key=error.key, error_details=error.details)
        save_upload(door.lake.store, door.tenant, refused)
        raise


def _taken(door: Door, upload: Upload, still_ours: Callable[[], object], teller: Teller) -> Receipt:
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
    note_used(tenant.id, f"landing.{door.table.name}", upload.id)
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
    applied = apply_job(lake, job, pieces, door.confirm_ended, still_ours, teller=teller)
    settle(lake, tenant, door.actor, upload, pieces.references)
    teller.begins("auditing", job.total)
    receipt = _audited(door, upload, job, applied, source_of)
    note_rescued(lake.store, upload, job, rows=scanned.rows, filled=scanned.filled)
    clear_staged(lake, job)
    return replace(receipt, notes=source.notes)


def _same_as_last(door: Door, upload: Upload, mapping: Mapping) -> Upload | None:
    """Return the table's last upload where it was this file, read the same way.

    Not one of whose rows some were erased since: the file that brings them again is another matter.
    """
    last = last_applied(door.lake.store, door.tenant, door.table.name)
    same = (
        last is not None
        and last.landed == upload.sha256
        and last.contract_version == door.contract.version
        and dict(last.mapping) == mapping.to_dict()
    )
    return last if same else None


def _audited(door: Door, upload: Upload, job: Job, applied: "Applied", source: str) -> Receipt:
    from ingestion.audit import audit_table

    # A program names every column, also those of which the tenant has nothing to tell.
    sent = () if job.mapping.plain else job.mapped_names
    audit = audit_table(door.lake, door.tenant, door.table, sent)
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
