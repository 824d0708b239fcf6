"""Arrow rows as PostgreSQL takes them in: its types, and CSV for ``COPY``."""

import io
import json
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

PLAIN = {
    "bool": "boolean",
    "int8": "smallint",
    "int16": "smallint",
    "int32": "integer",
    "int64": "bigint",
    "float": "real",
    "double": "double precision",
    "string": "text",
    "date32[day]": "date",
    "timestamp[us, tz=UTC]": "timestamptz",
}
JSON = "jsonb"
"""Lists, structs and maps."""


def sql_type(kind: pa.DataType) -> str:
    """Return the type of PostgreSQL that holds an Arrow type exactly.

    >>> sql_type(pa.decimal128(18, 4)), sql_type(pa.list_(pa.string()))
    ('numeric(18, 4)', 'jsonb')
    """
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    return JSON if pa.types.is_nested(kind) else PLAIN[str(kind)]


def csv_of(rows: pa.Table) -> bytes:
    """Return rows as ``COPY … WITH (FORMAT csv)`` reads them: null is empty, the rest is quoted."""
    columns = [_plain(column) for column in rows.columns]
    sink = io.BytesIO()
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    csv.write_csv(pa.table(columns, names=rows.column_names), sink, options)
    return sink.getvalue()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_nested(kind):
        written = [None if v is None else _json(v, kind) for v in column.to_pylist()]
        return pa.chunked_array([pa.array(written, pa.string())])
    if pa.types.is_string(kind):
        return pc.replace_substring(column, "\0", "")  # which PostgreSQL has no place for
    return column


def _json(value: object, kind: pa.DataType) -> str:
    pairs = dict(value) if pa.types.is_map(kind) else value  # type: ignore[call-overload]
    return json.dumps(pairs, ensure_ascii=False, default=_word).replace("\\u0000", "")


def _word(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
