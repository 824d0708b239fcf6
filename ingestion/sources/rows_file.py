"""Rows of a database as a Parquet file of exact texts, through bounded memory."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from ingestion.as_text import cell_text, number_text
from ingestion.reading.headers import unique_headers
from ingestion.sources.database import ROWS_AT_ONCE, Cursor, position_of
from ingestion.sources.watermark import Sieve, check


@dataclass(frozen=True)
class Written:
    """What was written: how many rows the database gave, and how many of them were new."""

    seen: int
    new: int


def write_rows(cursor: Cursor, column: str | None, sieve: Sieve, target: Path) -> Written:
    """Write the rows that are new.

    Parameters
    ----------
    column
        The watermark's; ``None``: every row is new.

    Raises
    ------
    InvalidRequest
        The column is none of the rows', or of a type that does not only grow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    headers, _ = unique_headers(cursor.names)
    schema = pa.schema([(name, pa.string()) for name in headers])
    at = None if column is None else position_of(column, cursor.names)
    seen = new = 0
    with pq.ParquetWriter(target, schema) as writer:
        while chunk := list(islice(cursor.rows, ROWS_AT_ONCE)):
            seen += len(chunk)
            rows = [texts for row in chunk if (texts := _if_new(row, cursor, at, sieve, column))]
            new += len(rows)
            columns = list(zip(*rows, strict=True)) or [()] * len(headers)
            arrays = [pa.array(values, pa.string()) for values in columns]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return Written(seen, new)


def _if_new(
    row: Sequence[Any], cursor: Cursor, at: int | None, sieve: Sieve, column: str | None
) -> list[str | None] | None:
    """Return a row's texts where it was not taken before."""
    texts = [value_text(v, utc=n in cursor.in_utc) for n, v in enumerate(row)]
    if at is None or column is None:
        return texts
    content = json.dumps(texts, ensure_ascii=False).encode()
    return texts if sieve.is_new(check(row[at], column), content) else None


def value_text(value: object, *, utc: bool = False) -> str | None:
    """Return a database's value as text: exact digits, ISO times, JSON for structures.

    Parameters
    ----------
    utc
        A time without zone is UTC.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if utc and value.tzinfo is None else value
        return moment.isoformat()
    if isinstance(value, float):
        return number_text(Decimal(repr(value)))
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes_text(bytes(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return cell_text(value)


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
