"""The careful reader: Python's csv, record by record; every row is read or kept as broken."""

import csv
import io
from dataclasses import dataclass, field

from ingestion.reading.raw import BrokenLine

_OPEN_AT_END = "unexpected end of data"
"""What Python's csv says of a quote that is still open at the end of the text."""

LONGEST_RECORD = 8 * 1024 * 1024
"""Characters over which a quote is followed to its end: beyond them it is a stray one."""


@dataclass
class Records:
    """Records of a text as they are found.

    Attributes
    ----------
    width
        Fields of the header.
    separator
        Between fields.
    first
        Row number of the first record.
    lines_before
        Physical lines of the file before the text.
    ends
        Nothing follows the text: a quote that is open then has no end.
    """

    width: int
    separator: str
    first: int = 1
    lines_before: int = 0
    ends: bool = True
    numbers: list[int] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    broken: list[BrokenLine] = field(default_factory=list)

    @property
    def next_number(self) -> int:
        """Number of the row that comes next."""
        return self.first + len(self.values) + len(self.broken)

    def add(self, record: list[str]) -> None:
        """Keep a row that fits the header."""
        self.numbers.append(self.next_number)
        self.values.append(record)

    def add_broken(self, at: int, raw: str, rule: str, found: int = 0) -> None:
        """Keep a row as it came; ``at`` counts the lines of the text before it."""
        counts = {"expected": str(self.width), "found": str(found)} if found else {}
        number, line = self.next_number, self.lines_before + at + 1
        self.broken.append(BrokenLine(number, line, raw.rstrip("\r\n"), rule, counts))


def read_records(body: str, records: Records) -> int:
    """Read every record of a text into ``records``.

    Returns
    -------
    int
        Physical lines that were read. Those after them begin a record that may end in what follows
        the text; where nothing follows, all are read.
    """
    lines = list(io.StringIO(body, newline=""))
    at, goes_on = 0, True
    while goes_on and at < len(lines):
        at, goes_on = _read_from(lines, at, records)
    return at


def _read_from(lines: list[str], start: int, records: Records) -> tuple[int, bool]:
    """Read records from a line until the text ends or a quote goes wrong; return where to go on.

    A quote that goes wrong costs only the line on which its record begins: reading goes on with
    the line after it, so that one stray quote cannot swallow the file. Not to go on: the record
    that begins there may end in what follows the text.
    """
    rest = map(lines.__getitem__, range(start, len(lines)))
    reader = csv.reader(rest, delimiter=records.separator, strict=True)
    at = start
    while at < len(lines):
        try:
            record = next(reader)
        except csv.Error as error:
            is_open = _OPEN_AT_END in str(error)
            if is_open and not records.ends and _may_end(lines[at:]):
                return at, False
            records.add_broken(at, lines[at], "unclosed_quote" if is_open else "misplaced_quote")
            return at + 1, True
        end = start + reader.line_num
        if _swallowed(lines[at:end], record, records.width, records.separator):
            records.add_broken(at, lines[at], "unclosed_quote")
            return at + 1, True
        _sort_in(record, lines[at:end], at, records)
        at = end
    return at, True


def _may_end(lines: list[str]) -> bool:
    """Say whether a record of these lines is short enough to go on in what follows."""
    return sum(map(len, lines)) < LONGEST_RECORD


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
        records.add(record)
        return
    rule = (
        "nul_byte" if found == width else "too_few_fields" if found < width else "too_many_fields"
    )
    records.add_broken(at, "".join(physical), rule, 0 if found == width else found)
