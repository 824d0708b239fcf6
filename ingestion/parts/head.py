"""The beginning of a file, enough to tell its table: nobody reads gigabytes to see a header."""

import codecs
from pathlib import Path

from ingestion.reading import RawTable, read_file

_HEAD_BYTES = 256 * 1024
_HEAD_ROWS = 1000
_PARQUET_MAGIC = b"PAR1"


def read_head(path: Path, file_name: str, folder: Path) -> RawTable:
    """Read the first rows of a file.

    Parameters
    ----------
    folder
        Where a copy of the beginning may be written.

    Raises
    ------
    InvalidUpload
        As ``read_file``.
    """
    size = path.stat().st_size
    if size <= _HEAD_BYTES:
        return read_file(path, file_name, size)
    head = folder / "head"
    with path.open("rb") as stream:
        start = stream.read(_HEAD_BYTES)
    if start.startswith(_PARQUET_MAGIC):
        _copy_rows(path, head)
    else:
        head.write_bytes(_whole_lines(start))
    return read_file(head, file_name, _HEAD_BYTES * 1024)


def _whole_lines(start: bytes) -> bytes:
    """Cut after the last line's end; where none is found, or bytes come in pairs, as it is."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start
    return start[: start.rfind(b"\n") + 1] or start


def _copy_rows(path: Path, head: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        rows = next(file.iter_batches(_HEAD_ROWS), None)
        schema = file.schema_arrow
    pq.write_table(pa.Table.from_batches([] if rows is None else [rows], schema), head)
