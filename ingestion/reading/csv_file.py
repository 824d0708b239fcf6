"""CSV: the fast reader where the file is clean, the careful one everywhere else."""

import csv
import io
import re
import sys
from itertools import islice

from foundation.errors import InvalidUpload
from ingestion.reading.csv_careful import Records, read_records
from ingestion.reading.csv_fast import read_clean
from ingestion.reading.encoding import decode, refuse_binary
from ingestion.reading.headers import unique_headers
from ingestion.reading.raw import Note, RawTable, as_rows
from ingestion.reading.separator import SEPARATORS, sniff_separator

_SAMPLE_LINES = 200
_EXCEL_HINT = re.compile(r"^\"?sep=(.)\"?\s*$")


def read_csv(data: bytes, file_name: str) -> RawTable:
    """Read the bytes of a CSV file.

    Raises
    ------
    InvalidUpload
        Nothing in it, no text, or a header whose quotes never close.
    """
    # Python limits a field to 131,072 characters for the whole process; uploads have a limit of
    # their own, and a longer cell must be kept.
    csv.field_size_limit(sys.maxsize)
    refuse_binary(data, file_name)
    decoded, notes = decode(data, file_name)
    if not decoded.strip():
        raise InvalidUpload("reading.empty", file=file_name)
    sample = list(islice(io.StringIO(decoded, newline=""), _SAMPLE_LINES))
    skipped, hint = _before_header(sample)
    separator = hint or sniff_separator(sample[skipped:])
    header, header_lines = _header(sample[skipped:], separator, file_name, skipped + 1)
    first_line = skipped + header_lines
    headers, renamed = unique_headers(header)
    notes += renamed
    body_at = sum(map(len, sample[:first_line]))
    fast = read_clean(decoded, body_at, headers, separator)
    if fast is not None:
        return RawTable(headers, fast, notes=_with_emptiness(notes, fast.num_rows))
    records = read_records(decoded[body_at:], len(headers), separator, first_line)
    return _from_records(headers, records, notes)


def _from_records(headers: tuple[str, ...], records: Records, notes: list[Note]) -> RawTable:
    """Return the table of what the careful reader found."""
    columns = list(zip(*records.values, strict=True)) or [()] * len(headers)
    rows = as_rows(headers, columns, records.numbers())
    total = rows.num_rows + len(records.broken)
    return RawTable(headers, rows, tuple(records.broken), _with_emptiness(notes, total))


def _with_emptiness(notes: list[Note], total: int) -> tuple[Note, ...]:
    """Add a note where the file has a header and no rows."""
    return (*notes, Note("reading.note_header_only")) if total == 0 else tuple(notes)


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
