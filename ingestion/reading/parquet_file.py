"""Parquet: typed columns back to exact strings."""

import base64
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa

from foundation.errors import InvalidUpload
from ingestion.reading.headers import unique_headers
from ingestion.reading.raw import Note, RawTable, as_rows


def read_parquet(path: Path, file_name: str) -> RawTable:
    """Read a Parquet file; every row is a row.

    Raises
    ------
    InvalidUpload
        It is damaged, encrypted or no Parquet at all, or has no columns.
    """
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise InvalidUpload("reading.unreadable_parquet", file=file_name) from error
    if not table.num_columns:
        raise InvalidUpload("reading.empty", file=file_name)
    headers, notes = unique_headers(table.column_names)
    columns = [as_strings(column) for column in table.columns]
    rows = as_rows(headers, columns, np.arange(1, table.num_rows + 1))
    if not table.num_rows:
        notes.append(Note("reading.note_header_only"))
    return RawTable(headers, rows, notes=tuple(notes), format="parquet")


def as_strings(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column's values as text: decimals exact, times ISO with microseconds, null null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_strings(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    if pa.types.is_nested(kind) or pa.types.is_duration(kind):
        return _by_value(column)
    if _is_binary(kind):
        return _binary(column)
    if pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    return column.cast(pa.string())


def _timestamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ``2024-03-01T10:00:00.000000``, with ``+00:00`` where the column has a time zone."""
    import pyarrow.compute as pc

    zone = column.type.tz
    plain = column.cast(pa.timestamp("us", tz=zone), safe=False).cast(pa.timestamp("us"))
    written = pc.strftime(plain, format="%Y-%m-%dT%H:%M:%S")
    return pc.binary_join_element_wise(written, "+00:00", "") if zone else written


def _is_binary(kind: pa.DataType) -> bool:
    """Say whether a type holds bytes."""
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _binary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return bytes as text where they are UTF-8, else in base64."""
    try:
        return column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return _by_value(column)


def _by_value(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return each value as JSON (or its plain text, where it is no structure)."""
    texts = [_as_text(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _as_text(value: object) -> str | None:
    """Return one value as text."""
    if value is None:
        return None
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value)


def _plain(value: object) -> str:
    """Return a value that JSON has no form for: bytes in base64, moments in ISO, digits exact."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if callable(isoformat) else str(value)
