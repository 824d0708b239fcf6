"""Files that come with an incident, checked at the door.

A file may also be named by its hash alone, or by an address.
"""

import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from foundation.errors import InvalidRequest, TooLarge
from foundation.failures import trail_of
from foundation.settings import MIB
from ingestion.media.filenames import check_file_name
from ingestion.media.kinds import MEDIA_TYPES
from ingestion.media.limits import accept
from operations.incidents.values import shown
from tenancy.columns import is_storable

LOG = logging.getLogger("abcall.incidents")
MOST_FILES = 5
LARGEST_BYTES = 1 * MIB
LONGEST_NAME = 200
LONGEST_ADDRESS = 2_000
SHA256 = re.compile(r"[0-9a-f]{64}")
FIELDS = ("name", "media_type", "content", "sha256", "url")


@dataclass(frozen=True)
class Attachment:
    """A file as it came: with its content, or as a reference to where it lies.

    ``faults``: what makes a photo useless, as far as a glance shows it.
    """

    name: str
    media_type: str
    sha256: str | None
    url: str | None
    content: bytes | None
    faults: tuple[str, ...] = ()

    def told(self) -> dict[str, str | int | list[str] | None]:
        """Return what an answer tells of it."""
        size = None if self.content is None else len(self.content)
        return {
            "name": self.name,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "size_bytes": size,
            "url": self.url,
            "faults": list(self.faults),
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
    told = _text(given.get("media_type"), f"{place}.media_type", LONGEST_NAME)
    media_type = told.partition(";")[0].strip().lower()  # RFC 9110: any case, parameters after
    if media_type not in MEDIA_TYPES:
        allowed = ", ".join(MEDIA_TYPES)
        raise InvalidRequest("serving.not_allowed", field=f"{place}.media_type", allowed=allowed)
    content = _content(given.get("content"), f"{place}.content")
    sha256, url = _sha256(given.get("sha256"), content, place), _url(given.get("url"), place)
    if sha256 is None and url is None:
        raise InvalidRequest("incidents.file_nowhere", field=place)
    if content is None:
        check_file_name(name)
        return Attachment(name, media_type, sha256, url, None)
    measured = accept(name, content, media_type)
    faults = _faults(content) if measured.kind.family == "image" else ()
    return Attachment(name, media_type, sha256, url, content, faults)


def _faults(content: bytes) -> tuple[str, ...]:
    """Return what is wrong with a photo; whatever goes wrong here, its incident is registered."""
    from ingestion.extractors.images.glance import faults_at_a_glance

    try:
        return faults_at_a_glance(content)
    except Exception as error:  # a hint is worth less than the incident
        LOG.warning("photo not looked at", extra={"facts": {"failure": trail_of(error)}})
        return ()


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
