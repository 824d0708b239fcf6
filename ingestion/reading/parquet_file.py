"""Parquet: typed columns back to exact strings."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from foundation.errors import InvalidUpload
from ingestion.reading.headers import unique_headers
from ingestion.reading.raw import Note, RawTable, as_rows

if TYPE_CHECKING:
    import pyarrow.parquet as pq

SCAN_BYTES = 8 * 1024 * 1024


class ParquetFile:
    """A Parquet file that can be read piece by piece; every row is a row.

    Raises
    ------
    InvalidUpload
        It is damaged, encrypted or no Parquet at all, or has no columns.
    """

    format = "parquet"

    def __init__(self, path: Path, file_name: str) -> None:
        self._path, self._file_name = path, file_name
        with self._open() as file:
            names = file.schema_arrow.names
            self._rows, self._bytes = file.metadata.num_rows, _bytes_of(file)
            self._texts = self._binary_texts(file)
        if not names:
            raise InvalidUpload("reading.empty", file=file_name)
        self.headers, notes = unique_headers(names)
        empty = [] if self._rows else [Note("reading.note_header_only")]
        self.notes = (*notes, *empty)
        self.position = 0

    def pieces(self, piece_bytes: int) -> Iterator[RawTable]:
        """Yield the rows; see ``SourceFile``."""
        first = 1
        with self._open() as file:
            for table in self._tables(file, piece_bytes):
                columns = [
                    as_strings(column, is_text=position in self._texts)
                    for position, column in enumerate(table.columns)
                ]
                numbers = np.arange(first, first + table.num_rows)
                first += table.num_rows
                self.position = self._path.stat().st_size * (first - 1) // max(self._rows, 1)
                yield RawTable(
                    self.headers, as_rows(self.headers, columns, numbers), format=self.format
                )

    @contextmanager
    def _open(self) -> "Iterator[pq.ParquetFile]":
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self._path) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            raise InvalidUpload("reading.unreadable_parquet", file=self._file_name) from error

    def _tables(
        self, file: "pq.ParquetFile", piece_bytes: int, columns: Sequence[str] | None = None
    ) -> Iterator[pa.Table]:
        """Yield rows of about so many bytes; one empty table where there are none."""
        if not self._rows:
            yield file.schema_arrow.empty_table()
        size = max(self._rows * piece_bytes // max(self._bytes, 1), 1)
        for batch in file.iter_batches(batch_size=size, columns=columns):
            yield pa.Table.from_batches([batch])

    def _binary_texts(self, file: "pq.ParquetFile") -> frozenset[int]:
        """Return the columns of bytes of which every value is text; others are told in base64."""
        schema = file.schema_arrow
        texts = {n for n, one in enumerate(schema) if is_binary(one.type)}
        names = [schema.names[n] for n in texts]
        if not names or len(set(schema.names)) < len(schema.names):
            return frozenset(texts)
        for table in self._tables(file, SCAN_BYTES, names):
            texts -= {n for n in texts if not _are_texts(table[schema.names[n]])}
        return frozenset(texts)


def _bytes_of(file: "pq.ParquetFile") -> int:
    meta = file.metadata
    return sum(meta.row_group(n).total_byte_size for n in range(meta.num_row_groups))


def _are_texts(column: pa.ChunkedArray) -> bool:
    try:
        column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def as_strings(column: pa.ChunkedArray, *, is_text: bool = True) -> pa.ChunkedArray:
    """Return a column's values as text: decimals exact, times ISO with microseconds, null null.

    Parameters
    ----------
    is_text
        Bytes are UTF-8; else they are told in base64.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_strings(column.cast(kind.value_type), is_text=is_text)
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    if pa.types.is_nested(kind) or pa.types.is_duration(kind):
        return _by_value(column)
    if is_binary(kind):
        return column.cast(pa.binary()).cast(pa.string()) if is_text else _by_value(column)
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


def is_binary(kind: pa.DataType) -> bool:
    """Say whether a type holds bytes."""
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


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
