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
from tenancy.keys import TenantKeys

LINE = ""


def seal_rows(job: Job, keys: TenantKeys) -> dict[int, bytes]:
    """Return the sealed payload of every row and broken line, by row number."""
    table = cast(pl.DataFrame, pl.from_arrow(job.raw.rows.select(list(job.raw.headers))))
    texts: list[str] = []
    if table.width and table.height:
        texts = table.select(pl.struct(pl.all()).struct.json_encode()).to_series().to_list()
    numbers = job.raw.rows["row_number"].to_pylist()
    plain = [text.encode() for text in texts]
    for line in job.raw.broken:
        numbers.append(line.row_number)
        plain.append(json.dumps({LINE: line.raw}, ensure_ascii=False).encode())
    return dict(zip(numbers, keys.encrypt_many(plain, job.context, numbers), strict=True))


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
