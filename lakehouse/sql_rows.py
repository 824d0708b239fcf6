"""Arrow rows as PostgreSQL takes them in: its types, and CSV for ``COPY``."""

import io
import json
import math
import re
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
SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
"""Columns that each table of PostgreSQL has of its own."""

JSON = "jsonb"
"""Lists, structs and maps."""

ESCAPED = re.compile(r"\\\\|\\u0000")
"""A backslash that stands for itself, or a null character, as JSON writes them."""


def sql_name(column: str) -> str:
    """Return what a column is called there: as in the lake, but for PostgreSQL's own names.

    >>> sql_name("tenure_months"), sql_name("xmin")
    ('tenure_months', '_xmin')
    """
    return f"_{column}" if column in SYSTEM else column


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
    written = json.dumps(_numbers(pairs), ensure_ascii=False, default=_word, allow_nan=False)
    return ESCAPED.sub(lambda found: "" if found[0] == "\\u0000" else found[0], written)


def _numbers(value: object) -> object:
    """Return a value without the numbers that JSON does not have: null stands for them."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _numbers(one) for name, one in value.items()}
    return [_numbers(one) for one in value] if isinstance(value, list | tuple) else value


def _word(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
