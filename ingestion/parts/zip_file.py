"""A zip opened with bounded memory, and what reading a damaged one raises."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path

from foundation.errors import InvalidUpload, TooLarge

MOST_MEMBERS = 2000
MOST_DIRECTORY_BYTES = 4 * 1024 * 1024
"""A zip's list of members is read into memory before its first member."""

_END, _END_BYTES = b"PK\x05\x06", 22
_LONGEST_END = _END_BYTES + 65535
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
)


@contextmanager
def damage_told(file_name: str) -> Iterator[None]:
    """Turn what damaged bytes raise into ``InvalidUpload``; a full disk stays what it is."""
    try:
        yield
    except _DAMAGE as error:
        raise InvalidUpload("parts.damaged", file=file_name) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise InvalidUpload("parts.damaged", file=file_name) from error


def open_zip(path: Path, file_name: str) -> zipfile.ZipFile:
    """Open a zip whose list of members is as short as anybody's.

    Raises
    ------
    InvalidUpload
        It is no zip, cut, or damaged.
    TooLarge
        It lists more members than anybody sends.
    """
    _require_short_list(path, file_name)
    with damage_told(file_name):
        archive = zipfile.ZipFile(path)
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        raise TooLarge("parts.too_many", file=file_name, limit=MOST_MEMBERS)
    return archive


def _require_short_list(path: Path, file_name: str) -> None:
    """Look at the zip's end, which says how long the list is, before ``zipfile`` reads it."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _LONGEST_END))
        tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise InvalidUpload("parts.damaged", file=file_name)
    # 0xFFFFFFFF sends the reader to a longer field: more than four gigabytes of names.
    (directory_bytes,) = struct.unpack_from("<I", tail, at + 12)
    if directory_bytes > MOST_DIRECTORY_BYTES:
        raise TooLarge("parts.too_many", file=file_name, limit=MOST_MEMBERS)
