"""The one way to read a tenant's file, whatever its format."""

from pathlib import Path

from foundation.errors import InvalidUpload, TooLarge
from ingestion.reading.csv_file import read_csv
from ingestion.reading.json_lines import read_json_lines
from ingestion.reading.parquet_file import read_parquet
from ingestion.reading.raw import RawTable

_PARQUET_MAGIC = b"PAR1"
_JSON_SUFFIXES = {".jsonl", ".ndjson", ".json"}


def read_file(path: Path, file_name: str, limit_bytes: int) -> RawTable:
    """Read a file as strings.

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
    size = path.stat().st_size
    if size > limit_bytes:
        raise TooLarge("reading.too_large", file=file_name, size=size, limit=limit_bytes)
    if size == 0:
        raise InvalidUpload("reading.empty", file=file_name)
    with path.open("rb") as stream:
        magic = stream.read(len(_PARQUET_MAGIC))
    suffix = Path(file_name).suffix.lower()
    if magic == _PARQUET_MAGIC or suffix == ".parquet":
        return read_parquet(path, file_name)
    data = path.read_bytes()
    if suffix in _JSON_SUFFIXES or (suffix not in {".csv", ".tsv", ".txt"} and magic[:1] == b"{"):
        return read_json_lines(data, file_name)
    return read_csv(data, file_name)
