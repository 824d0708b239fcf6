"""A row as it came, sealed: JSON of its strings, encrypted with the tenant's key.

Bronze and quarantine keep the same sealed value. A line that could not be split into columns is
kept whole under the empty name, which no column has.
"""

import json
from collections.abc import Sequence
from typing import cast

import polars as pl
import pyarrow as pa

from ingestion.job import Job
from ingestion.reading import RawTable
from tenancy.keys import TenantKeys

LINE = ""


def seal_rows(job: Job, raw: RawTable, keys: TenantKeys) -> pa.Array:
    """Return the sealed payload of each row of a piece, then of each broken line."""
    texts = as_json(raw.rows.select(list(raw.headers)))
    lines = [json.dumps({LINE: line.raw}, ensure_ascii=False) for line in raw.broken]
    numbers = [*raw.rows["row_number"].to_pylist(), *(line.row_number for line in raw.broken)]
    plain = pa.chunked_array([*texts.chunks, pa.array(lines, pa.string())], pa.string())
    return seal_texts(plain, numbers, job.context, keys)


def seal_texts(
    texts: pa.ChunkedArray, numbers: Sequence[int], context: bytes, keys: TenantKeys
) -> pa.Array:
    """Return texts sealed one by one, each bound to the number of its row."""
    plain = texts.cast(pa.binary()).to_pylist()
    return pa.array(keys.encrypt_many(plain, context, numbers), pa.binary())


def as_json(rows: pa.Table) -> pa.ChunkedArray:
    """Return each row as a JSON object of its strings."""
    table = cast(pl.DataFrame, pl.from_arrow(rows))
    if not table.width or not table.height:
        return pa.chunked_array([pa.array([], pa.string())])
    texts = table.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    return pa.chunked_array([texts.to_arrow(compat_level=pl.CompatLevel.oldest())]).cast(
        pa.string()
    )


def open_rows(
    payloads: Sequence[bytes],
    numbers: Sequence[int],
    table: str,
    upload_id: str,
    keys: TenantKeys,
) -> list[dict[str, str | None]]:
    """Return the rows as they came, in the order of the payloads; each must be its own number's."""
    opened = open_payloads(payloads, numbers, table, upload_id, keys)
    return [json.loads(row) for row in opened]


def open_payloads(
    payloads: Sequence[bytes],
    numbers: Sequence[int],
    table: str,
    upload_id: str,
    keys: TenantKeys,
) -> list[bytes]:
    """Return the rows as JSON, in the order of the payloads; each must be its own number's."""
    return keys.decrypt_many(list(payloads), f"rows/{table}/{upload_id}".encode(), numbers)


def constant(value: object, count: int, kind: pa.DataType) -> pa.Array:
    """Return an Arrow column that holds one value."""
    return pa.repeat(pa.scalar(value, kind), count)
