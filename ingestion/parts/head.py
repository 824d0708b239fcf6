"""The beginning of a file, enough to tell its table: nobody reads gigabytes to see a header."""

from pathlib import Path

from foundation.errors import InvalidUpload
from ingestion.reading import RawTable, open_file

_HEAD_BYTES = 256 * 1024


def read_head(path: Path, file_name: str) -> RawTable:
    """Read the first rows of a file.

    Raises
    ------
    InvalidUpload
        It is empty, no text, not readable as what its name says, or without any row.
    """
    source = open_file(path, file_name, path.stat().st_size)
    first = next(source.pieces(_HEAD_BYTES), None)
    if first is None:
        raise InvalidUpload("ingestion.no_rows", file=file_name)
    return first
