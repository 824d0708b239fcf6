"""Files that come with an incident: checked at the door, kept sealed with it, then in the lake.

Their content lies in the operational store until the object store has it: an incident with its
files is durable while the lake is away. A file may also be named by its hash alone, or by an
address.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from foundation.errors import InvalidRequest, TooLarge
from foundation.settings import MIB
from ingestion.media.filenames import check_file_name
from ingestion.media.kinds import MEDIA_TYPES
from ingestion.media.limits import accept
from ingestion.media.policy import kept_form
from lakehouse.boundary import Boundary, no_fault
from operations.incidents.values import shown
from tenancy.columns import is_storable
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

MOST_FILES = 5
LARGEST_BYTES = 1 * MIB
LONGEST_NAME = 200
LONGEST_ADDRESS = 2_000
SHA256 = re.compile(r"[0-9a-f]{64}")
FIELDS = ("name", "media_type", "content", "sha256", "url")
STORED_AT_ONCE = 50


@dataclass(frozen=True)
class Attachment:
    """A file as it came: with its content, or as a reference to where it lies."""

    name: str
    media_type: str
    sha256: str | None
    url: str | None
    content: bytes | None

    def told(self) -> dict[str, str | int | None]:
        """Return what an answer tells of it."""
        size = None if self.content is None else len(self.content)
        return {
            "name": self.name,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "size_bytes": size,
            "url": self.url,
        }


def attachments_in(given: object, place: str) -> list[Attachment]:
    """Return the files of an incident.

    Raises
    ------
    InvalidRequest
        They are no list of files, of an unknown kind, or the content is not what its hash says.
    InvalidUpload
        One deceives by its name, is damaged, of another kind than it says or of two at once, or
        would do something when opened.
    TooLarge
        They are too many, or one is too large, as it comes or when it is opened.
    """
    if given is None:
        return []
    if not isinstance(given, list):
        raise InvalidRequest("incidents.no_files", field=place)
    if len(given) > MOST_FILES:
        raise TooLarge("incidents.too_many_files", field=place, limit=MOST_FILES)
    return [_attachment(one, f"{place}[{n}]") for n, one in enumerate(given)]


def sealed_files(
    incident_id: str, files: Sequence[Attachment], keys: "TenantKeys"
) -> list[SealedFile]:
    """Return the files whose content came, as the store keeps them."""
    return [
        SealedFile(
            incident_id=incident_id,
            position=position,
            sha256=one.sha256,
            media_type=one.media_type,
            size_bytes=len(one.content),
            sealed=keys.encrypt(one.content, _context(incident_id, position)),
        )
        for position, one in enumerate(files)
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


def _attachment(given: object, place: str) -> Attachment:
    if not isinstance(given, Mapping):
        raise InvalidRequest("incidents.no_files", field=place)
    for field in given:
        if field not in FIELDS:
            known = ", ".join(FIELDS)
            raise InvalidRequest(
                "serving.unknown_field", field=f"{place}.{shown(str(field))}", known=known
            )
    name = _text(given.get("name"), f"{place}.name", LONGEST_NAME)
    media_type = _text(given.get("media_type"), f"{place}.media_type", LONGEST_NAME)
    if media_type not in MEDIA_TYPES:
        allowed = ", ".join(MEDIA_TYPES)
        raise InvalidRequest("serving.not_allowed", field=f"{place}.media_type", allowed=allowed)
    content = _content(given.get("content"), f"{place}.content")
    sha256, url = _sha256(given.get("sha256"), content, place), _url(given.get("url"), place)
    if sha256 is None and url is None:
        raise InvalidRequest("incidents.file_nowhere", field=place)
    if content is None:
        check_file_name(name)
    else:
        accept(name, content, media_type)
    return Attachment(name, media_type, sha256, url, content)


def _text(given: object, place: str, longest: int) -> str:
    if not isinstance(given, str) or not given.strip() or not is_storable(given):
        raise InvalidRequest("serving.not_string", field=place)
    if len(given) > longest:
        raise InvalidRequest("serving.too_long", field=place, limit=longest)
    return given


def _content(given: object, place: str) -> bytes | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise InvalidRequest("incidents.no_base64", field=place)
    try:
        content = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest("incidents.no_base64", field=place) from error
    if not content:
        raise InvalidRequest("incidents.no_base64", field=place)
    if len(content) > LARGEST_BYTES:
        raise TooLarge("incidents.file_too_large", field=place, limit=LARGEST_BYTES // MIB)
    return content


def _sha256(given: object, content: bytes | None, place: str) -> str | None:
    found = None if content is None else hashlib.sha256(content).hexdigest()
    if given is None:
        return found
    if not isinstance(given, str) or not SHA256.fullmatch(given.lower()):
        raise InvalidRequest("incidents.no_sha256", field=f"{place}.sha256")
    if found is not None and found != given.lower():
        raise InvalidRequest("incidents.other_content", field=place)
    return given.lower()


def _url(given: object, place: str) -> str | None:
    if given is None:
        return None
    address = _text(given, f"{place}.url", LONGEST_ADDRESS)
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise InvalidRequest("incidents.no_url", field=f"{place}.url") from error
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise InvalidRequest("incidents.no_url", field=f"{place}.url")
    return address
