"""The careful reader: Python's csv, record by record; every row is read or kept as broken."""

import csv
import io
from dataclasses import dataclass, field

import numpy as np

from ingestion.reading.raw import BrokenLine

_OPEN_AT_END = "unexpected end of data"
"""What Python's csv says of a quote that is still open at the end of the file."""


@dataclass
class Records:
    """Records of a file as they are found."""

    width: int
    lines_before: int = 0
    values: list[list[str]] = field(default_factory=list)
    broken: list[BrokenLine] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Rows so far."""
        return len(self.values) + len(self.broken)

    def numbers(self) -> np.ndarray:
        """Return the row numbers of ``values``: those that no broken line has."""
        numbers = np.arange(1, self.total + 1)
        return np.delete(numbers, [line.row_number - 1 for line in self.broken])

    def add_broken(self, at: int, raw: str, rule: str, found: int = 0) -> None:
        """Keep a row as it came; ``at`` counts the lines of the body before it."""
        counts = {"expected": str(self.width), "found": str(found)} if found else {}
        number, line = self.total + 1, self.lines_before + at + 1
        self.broken.append(BrokenLine(number, line, raw.rstrip("\r\n"), rule, counts))


def read_records(body: str, width: int, separator: str, lines_before: int) -> Records:
    """Read every record after the header.

    Parameters
    ----------
    body
        The text after the header.
    width
        Fields of the header.
    separator
        Between fields.
    lines_before
        Physical lines of the file before ``body``.
    """
    lines = list(io.StringIO(body, newline=""))
    records = Records(width, lines_before)
    at = 0
    while at < len(lines):
        at = _read_from(lines, at, separator, records)
    return records


def _read_from(lines: list[str], start: int, separator: str, records: Records) -> int:
    """Read records from a line until the file ends or a quote goes wrong; return where to go on.

    A quote that goes wrong costs only the line on which its record begins: reading goes on with
    the line after it, so that one stray quote cannot swallow the file.
    """
    rest = map(lines.__getitem__, range(start, len(lines)))
    reader = csv.reader(rest, delimiter=separator, strict=True)
    at = start
    while at < len(lines):
        try:
            record = next(reader)
        except csv.Error as error:
            is_open = _OPEN_AT_END in str(error)
            records.add_broken(at, lines[at], "unclosed_quote" if is_open else "misplaced_quote")
            return at + 1
        end = start + reader.line_num
        if _swallowed(lines[at:end], record, records.width, separator):
            records.add_broken(at, lines[at], "unclosed_quote")
            return at + 1
        _sort_in(record, lines[at:end], at, records)
        at = end
    return at


def _swallowed(physical: list[str], record: list[str], width: int, separator: str) -> bool:
    """Say whether a misfit record of several lines holds lines that are rows themselves."""
    inner = physical[1:]
    if not inner or len(record) == width or width == 1:
        return False
    rows = sum(line.count(separator) == width - 1 for line in inner)
    return rows * 2 > len(inner)


def _sort_in(record: list[str], physical: list[str], at: int, records: Records) -> None:
    """Put a record among the values or the broken; where it is blank, nowhere."""
    width, found = records.width, len(record)
    if found == 0 or (
        found == 1 and width > 1 and not record[0].strip() and '"' not in physical[0]
    ):
        return
    if found == width and not any("\0" in value for value in record):
        records.values.append(record)
        return
    rule = (
        "nul_byte" if found == width else "too_few_fields" if found < width else "too_many_fields"
    )
    records.add_broken(at, "".join(physical), rule, 0 if found == width else found)
