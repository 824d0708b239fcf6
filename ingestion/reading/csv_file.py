"""CSV: the fast reader where the text is clean, the careful one everywhere else."""

import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from foundation.errors import InvalidUpload
from ingestion.reading.csv_careful import Records, read_records
from ingestion.reading.csv_fast import read_clean, whole_records
from ingestion.reading.headers import unique_headers
from ingestion.reading.raw import BrokenLine, Note, RawTable, as_rows
from ingestion.reading.separator import SEPARATORS, sniff_separator
from ingestion.reading.text_stream import TextStream

SAMPLE_BYTES = 64 * 1024

_SAMPLE_LINES = 200
BLOCK_BYTES = 1024 * 1024
"""Where a piece is not clean, so much at a time is read the one way or the other."""

_EXCEL_HINT = re.compile(r"^\"?sep=(.)\"?\s*$")


class CsvFile:
    """A CSV file that can be read piece by piece.

    Raises
    ------
    InvalidUpload
        Nothing in it, no text, or a header whose quotes never close.
    """

    format = "csv"

    def __init__(self, path: Path, file_name: str) -> None:
        # Python limits a field to 131,072 characters for the whole process; uploads have a limit
        # of their own, and a longer cell must be kept.
        csv.field_size_limit(sys.maxsize)
        self._path, self._file_name = path, file_name
        sample = self._sample()
        skipped, hint = _before_header(sample)
        self._separator = hint or sniff_separator(sample[skipped:])
        header, lines = _header(sample[skipped:], self._separator, file_name, skipped + 1)
        self._header_lines = skipped + lines
        self._body_at = sum(len(line.encode()) for line in sample[: self._header_lines])
        self.headers, self._renamed = unique_headers(header)
        self.notes: tuple[Note, ...] = ()
        self.position = 0

    def pieces(self, piece_bytes: int) -> Iterator[RawTable]:
        """Yield the rows; see ``SourceFile``."""
        with self._path.open("rb") as stream:
            text = TextStream(stream, self._file_name, lone_returns=True)
            rows = _Rows(self.headers, self._separator, self._header_lines)
            body, skip = b"", self._body_at
            while not text.ended:
                chunk = text.read(piece_bytes)
                body, skip = body + chunk[skip:], max(skip - len(chunk), 0)
                left = rows.read(body, ends=text.ended)
                self.position = stream.tell()
                body = body[len(body) - left :]
                yield rows.take()
            self.notes = (*text.notes, *self._renamed, *_emptiness(rows.total))

    def _sample(self) -> list[str]:
        """Return the first lines."""
        with self._path.open("rb") as stream:
            text = TextStream(stream, self._file_name, lone_returns=True)
            lines: list[str] = []
            while len(lines) < _SAMPLE_LINES and not text.ended:
                lines += io.StringIO(text.read(SAMPLE_BYTES).decode(), newline="")
        if not any(line.strip() for line in lines):
            raise InvalidUpload("reading.empty", file=self._file_name)
        return lines[:_SAMPLE_LINES]


@dataclass
class _Rows:
    """The rows of a file as they are read, and how many there were before."""

    headers: tuple[str, ...]
    separator: str
    lines: int
    total: int = 0
    tables: list[pa.Table] = field(default_factory=list)
    broken: list[BrokenLine] = field(default_factory=list)

    def read(self, body: bytes, *, ends: bool) -> int:
        """Read whole records; return how many bytes are left, of one that may go on."""
        taken = self._read_clean(body, ends=ends)
        return 0 if taken == len(body) else self._read_blocks(body, taken, ends=ends)

    def take(self) -> RawTable:
        """Return the rows that were read since the last call."""
        empty = as_rows(self.headers, [()] * len(self.headers), np.empty(0, np.int64))
        rows = pa.concat_tables(self.tables or [empty])
        broken, self.tables, self.broken = tuple(self.broken), [], []
        return RawTable(self.headers, rows, broken)

    def _read_clean(self, body: bytes, *, ends: bool) -> int:
        """Read the whole records of clean text; return how many bytes that were, 0 if it is not."""
        whole = len(body) if ends and body.count(b'"') % 2 == 0 else whole_records(body)
        table = read_clean(body[:whole], len(self.headers), self.separator)
        if table is None:
            return 0
        numbers = np.arange(self.total + 1, self.total + table.num_rows + 1)
        self._add(table.columns, numbers)
        self.lines += body.count(b"\n", 0, whole)
        return whole

    def _read_blocks(self, body: bytes, at: int, *, ends: bool) -> int:
        """Read block by block, each the way that it needs."""
        size = BLOCK_BYTES
        while at < len(body):
            stop = body.find(b"\n", at + size) + 1 or len(body)
            block, last = body[at:stop], stop == len(body)
            taken = self._read_clean(block, ends=ends and last)
            taken = taken or self._read_carefully(block.decode(), ends=ends and last)
            if not taken and last:
                break
            # A record that does not end in its block is looked at again with more of the text.
            at, size = at + taken, BLOCK_BYTES if taken else size * 2
        return len(body) - at

    def _read_carefully(self, block: str, *, ends: bool) -> int:
        """Read records one by one; return how many bytes they took."""
        records = Records(len(self.headers), self.separator, self.total + 1, self.lines, ends)
        read = read_records(block, records)
        columns = list(zip(*records.values, strict=True)) or [()] * len(self.headers)
        self._add([pa.array(c, pa.string()) for c in columns], np.array(records.numbers, np.int64))
        self.total += len(records.broken)
        self.broken += records.broken
        self.lines += read
        lines = islice(io.StringIO(block, newline=""), read)
        return sum(len(line.encode()) for line in lines)

    def _add(self, columns: list[pa.Array], numbers: np.ndarray) -> None:
        self.tables.append(as_rows(self.headers, columns, numbers))
        self.total += len(numbers)


def _emptiness(total: int) -> tuple[Note, ...]:
    """Return a note where the file has a header and no rows."""
    return () if total else (Note("reading.note_header_only"),)


def _before_header(lines: list[str]) -> tuple[int, str | None]:
    """Count blank lines, and Excel's ``sep=;`` line, before the header."""
    skipped, hint = 0, None
    for line in lines:
        found = _EXCEL_HINT.match(line)
        if found and found[1] in SEPARATORS and hint is None:
            hint = found[1]
        elif line.strip():
            break
        skipped += 1
    return skipped, hint


def _header(lines: list[str], separator: str, file_name: str, line: int) -> tuple[list[str], int]:
    """Return the header's fields and on how many lines it stands."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error as error:
        raise InvalidUpload("reading.bad_header", file=file_name, line=line) from error
    except StopIteration as error:
        raise InvalidUpload("reading.empty", file=file_name) from error
