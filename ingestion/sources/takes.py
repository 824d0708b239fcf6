"""What is fetched from a source, and into which table it goes."""

import re
from dataclasses import asdict, dataclass
from typing import Any, Self

from data_contracts.contract import UploadKind
from foundation.errors import InvalidRequest
from tenancy.sources import SourceKind

_QUERY = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
MOST_OVERLAP = 400 * 86_400


@dataclass(frozen=True)
class Takes:
    """What is fetched.

    Attributes
    ----------
    table, query
        Of a database, one of both: ``schema.table``, or one SELECT.
    pattern
        Of a file server: names of the files (``clientes_*.csv``).
    into
        Table of the contract; of files it may be found by their headers.
    upload
        What a pull is: an increment, a snapshot, or changes with their operation.
    watermark_column
        Column that only grows (a time of change, a number): rows beyond the last one are new.
        Without it every pull takes the whole table.
    overlap
        How far behind the watermark late rows are looked for: seconds, or numbers.
    """

    into: str | None
    upload: UploadKind | None = None
    table: str | None = None
    query: str | None = None
    pattern: str | None = None
    watermark_column: str | None = None
    overlap: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, payload: dict[str, Any]) -> Self:
        """Return what ``to_dict`` wrote."""
        return cls(**payload)


def check_takes(kind: SourceKind, takes: Takes) -> None:
    """Raise ``InvalidRequest`` where what is to be fetched cannot be, or is no reading."""
    if not 0 <= takes.overlap <= MOST_OVERLAP:
        raise InvalidRequest("sources.bad_overlap", most=MOST_OVERLAP)
    if kind == "sftp":
        if takes.table or takes.query or takes.watermark_column:
            raise InvalidRequest("sources.files_have_no_rows")
        return
    if (takes.table is None) == (takes.query is None) or takes.pattern:
        raise InvalidRequest("sources.table_or_query")
    if takes.into is None:
        raise InvalidRequest("sources.name_into")
    if takes.query is not None and (";" in takes.query or not _QUERY.match(takes.query)):
        raise InvalidRequest("sources.one_select")
    if takes.watermark_column is not None and takes.upload == "snapshot":
        raise InvalidRequest("sources.snapshot_with_watermark")
