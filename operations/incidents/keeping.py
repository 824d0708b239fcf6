"""Files of incidents on their way: sealed in the operational store, then in the object store.

An incident with its files is durable while the lake is away; the same content is kept once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.media.policy import kept_form
from lakehouse.boundary import Boundary, no_fault
from operations.incidents.attachments import Attachment
from tenancy.incident_files import (
    FILES,
    SealedFile,
    files_lease,
    files_waiting,
    kept_form_of,
    note_stored,
    still_waiting,
)

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

STORED_AT_ONCE = 50


def sealed_files(
    incident_id: str, files: Sequence[Attachment], keys: "TenantKeys", first: int = 0
) -> list[SealedFile]:
    """Return the files whose content came, as the store keeps them; the first has a place."""
    return [
        SealedFile(
            incident_id=incident_id,
            position=position,
            sha256=one.sha256,
            media_type=one.media_type,
            size_bytes=len(one.content),
            sealed=keys.encrypt(one.content, _context(incident_id, position)),
        )
        for position, one in enumerate(files, start=first)
        if one.content is not None and one.sha256 is not None
    ]


def store_files(lake: "Lake", tenant: "Tenant", *, pause: Boundary = no_fault) -> int:
    """Bring the content of files from the operational store to the lake; returns how many.

    Cut short, it goes on with the rest: the same content is kept once. What an erasure forgets
    meanwhile is not stored, and what it deletes is stored again.

    Parameters
    ----------
    pause
        Called between the steps, through which tests let something else happen there.
    """
    count = 0
    while waiting := files_waiting(lake.store, tenant, STORED_AT_ONCE):
        forms: dict[str, _Form] = {}
        for file in waiting:
            if file.sha256 not in forms:
                forms[file.sha256] = _form(lake, tenant, file)
        pause("after:files.encoded")
        with lake.lease(files_lease(tenant)):
            there = still_waiting(lake.store, tenant, waiting)
            kept = [one for one in there if _put(lake, tenant, forms[one.sha256])]
            pause("after:files.stored")
            note_stored(lake.store, tenant, [(one, forms[one.sha256].other(one)) for one in kept])
        count += len(kept)
    return count


@dataclass(frozen=True)
class _Form:
    """What is kept of a file; without content the object store has it already."""

    sha256: str
    size_bytes: int
    content: bytes | None

    def other(self, file: SealedFile) -> tuple[str, int] | None:
        """Return SHA-256 and bytes, where it is not the file as it came."""
        return None if self.sha256 == file.sha256 else (self.sha256, self.size_bytes)


def _form(lake: "Lake", tenant: "Tenant", file: SealedFile) -> _Form:
    """Return in which form a file is kept: in one, whatever policy or encoder became since."""
    known = kept_form_of(lake.store, tenant, file.sha256)
    if known is not None and lake.objects.exists(tenant, FILES, known[0]):
        return _Form(*known, None)
    if lake.objects.exists(tenant, FILES, file.sha256):
        return _Form(file.sha256, file.size_bytes, None)
    assert file.sealed is not None
    context = _context(file.incident_id, file.position)
    content = lake.keys.of(tenant).decrypt(file.sealed, context)
    form = kept_form(content, file.media_type, lake.settings.opus_kilobits)
    return _Form(hashlib.sha256(form).hexdigest(), len(form), form)


def _put(lake: "Lake", tenant: "Tenant", form: _Form) -> bool:
    """Store what is kept of a file; False where it went since, and has to be made again."""
    if form.content is None:
        return lake.objects.exists(tenant, FILES, form.sha256)
    lake.objects.put(tenant, FILES, form.content)
    return True


def _context(incident_id: str, position: int) -> bytes:
    return f"attachment/{incident_id}/{position}".encode()
