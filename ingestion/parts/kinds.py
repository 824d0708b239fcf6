"""What a file is, by its first bytes and, for a zip, by what lies in it: names may lie."""

from pathlib import Path
from typing import Literal

from foundation.errors import InvalidUpload
from ingestion.parts.zip_file import open_zip

Kind = Literal["plain", "zip", "workbook", "gzip"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"
_GZIP = b"\x1f\x8b"
_SHEETS_OF_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def is_container(start: bytes) -> bool:
    """Say by a file's first four bytes whether it may hold others: a zip, a workbook, gzip."""
    return start == _OLE or start.startswith(_GZIP) or start in _ZIP


def kind_of(path: Path, file_name: str) -> Kind:
    """Return what the file is.

    Raises
    ------
    InvalidUpload
        A damaged zip; a document of text or slides: a zip inside, but nobody's table.
    TooLarge
        A zip that lists more members than anybody sends.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == _OLE:
        return "workbook"
    if start.startswith(_GZIP):
        return "gzip"
    return _kind_of_zip(path, file_name) if start in _ZIP else "plain"


def _kind_of_zip(path: Path, file_name: str) -> Kind:
    """Tell workbooks and documents, which are zips, from zips."""
    with open_zip(path, file_name) as archive:
        names = archive.namelist()
        if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
            sheets = archive.read("mimetype").strip() == _SHEETS_OF_ODS
        else:
            sheets = any(name.startswith("xl/") for name in names)
    if sheets:
        return "workbook"
    if "mimetype" in names or "[Content_Types].xml" in names:
        raise InvalidUpload("reading.known_binary", file=file_name, kind="Word / PowerPoint / ODF")
    return "zip"
