"""The one way to read a tenant's file, whatever its format."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from foundation.errors import InvalidUpload
from ingestion.landing import require_size
from ingestion.reading.csv_file import CsvFile
from ingestion.reading.json_lines import JsonLinesFile
from ingestion.reading.parquet_file import ParquetFile
from ingestion.reading.raw import Note, RawTable

PIECE_BYTES = 32 * 1024 * 1024
"""So much text of a file is in memory at a time, a few times over."""

_PARQUET_MAGIC = b"PAR1"
_JSON_SUFFIXES = {".jsonl", ".ndjson", ".json"}


class SourceFile(Protocol):
    """A file whose columns are known, and whose rows can be read more than once.

    Attributes
    ----------
    headers
        Unique names of its columns.
    format
        ``csv``, ``json_lines`` or ``parquet``.
    notes
        What was renamed, decoded otherwise or skipped: complete once all pieces have been read.
    position
        Bytes of the file that have been read.
    """

    format: str
    headers: tuple[str, ...]
    notes: tuple[Note, ...]
    position: int

    def pieces(self, piece_bytes: int) -> Iterator[RawTable]:
        """Yield the rows in the order of the file, numbered on from piece to piece.

        The same file and size give the same pieces, whose rows together are the same whatever the
        size. A record is never cut; a piece may have no rows.

        Parameters
        ----------
        piece_bytes
            Bytes of text that a piece is made of, about.
        """


def open_file(path: Path, file_name: str, limit_bytes: int) -> SourceFile:
    """Open a file and find its columns.

    Parameters
    ----------
    path
        Where the file lies.
    file_name
        Its name for people; its ending helps to tell the format.
    limit_bytes
        A larger file is refused by its size, before a byte of it is read.

    Raises
    ------
    TooLarge
        The file is above the limit.
    InvalidUpload
        It is empty, no text, or not readable as what its name says.
    """
    if require_size(path, file_name, limit_bytes) == 0:
        raise InvalidUpload("reading.empty", file=file_name)
    with path.open("rb") as stream:
        magic = stream.read(len(_PARQUET_MAGIC))
    suffix = Path(file_name).suffix.lower()
    if magic == _PARQUET_MAGIC or suffix == ".parquet":
        return ParquetFile(path, file_name)
    if suffix in _JSON_SUFFIXES or (suffix not in {".csv", ".tsv", ".txt"} and magic[:1] == b"{"):
        return JsonLinesFile(path, file_name)
    return CsvFile(path, file_name)


def read_file(
    path: Path, file_name: str, limit_bytes: int, *, piece_bytes: int = PIECE_BYTES
) -> RawTable:
    """Read a whole file as strings. Parameters and errors are those of ``open_file``."""
    return whole(open_file(path, file_name, limit_bytes), piece_bytes)


def whole(source: SourceFile, piece_bytes: int = PIECE_BYTES) -> RawTable:
    """Return all rows of a file at once."""
    pieces = list(source.pieces(piece_bytes))
    rows = pa.concat_tables([piece.rows for piece in pieces])
    broken = tuple(line for piece in pieces for line in piece.broken)
    return replace(pieces[0], rows=rows, broken=broken, notes=source.notes)
