"""What reading a file gives: strings with their row numbers, broken lines, and notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from foundation.texts import Language, text

ROW_NUMBER = "row_number"


@dataclass(frozen=True)
class BrokenLine:
    """A row of the file that does not fit its header, kept as it came.

    Attributes
    ----------
    row_number
        Its number among the data rows, from 1.
    line
        The physical line on which it begins, from 1 (the header is usually line 1).
    raw
        Its text, without the line's end.
    rule
        ``too_few_fields``, ``too_many_fields``, ``unclosed_quote``, ``misplaced_quote``,
        ``nul_byte``, ``bad_json``, ``not_an_object``, ``repeated_name``; ``unsplit`` where it is
        not known any more which.
    arguments
        Values for the rule's sentence: ``expected`` and ``found`` fields, ``name``.
    """

    row_number: int
    line: int
    raw: str
    rule: str
    arguments: dict[str, str] = field(default_factory=dict)

    def say(self, language: Language = "es") -> str:
        """Return the sentence for a person: where it stands and what is wrong."""
        return text(f"reading.rule_{self.rule}", language, line=self.line, **self.arguments)


@dataclass(frozen=True)
class Note:
    """Something that reading did and a person should know; ``key`` stands in the catalogue."""

    key: str
    details: dict[str, str | int] = field(default_factory=dict)

    def say(self, language: Language = "es") -> str:
        """Return the sentence for a person."""
        return text(self.key, language, **self.details)


@dataclass(frozen=True)
class RawTable:
    """A file as it was read.

    Attributes
    ----------
    headers
        Unique names of the source columns, in file order.
    rows
        One string column a header, then ``row_number`` (int64, from 1); in file order. An empty
        CSV field is the empty string; a JSON or Parquet null is null.
    broken
        Rows that do not fit the header; their numbers are missing from ``rows``.
    notes
        What was renamed, decoded otherwise or skipped.
    format
        ``csv``, ``json_lines`` or ``parquet``.
    """

    headers: tuple[str, ...]
    rows: pa.Table
    broken: tuple[BrokenLine, ...] = ()
    notes: tuple[Note, ...] = ()
    format: str = "csv"

    @property
    def total(self) -> int:
        """Rows in the file: read plus broken."""
        return int(self.rows.num_rows) + len(self.broken)

    @property
    def last(self) -> int:
        """The greatest number of a row; 0 where there is none."""
        whole = int(pc.max(self.rows[ROW_NUMBER]).as_py() or 0)
        return max([whole, *(line.row_number for line in self.broken)])


def as_rows(
    headers: Sequence[str], columns: Sequence[pa.Array | Iterable[str | None]], numbers: np.ndarray
) -> pa.Table:
    """Return the table of string columns with their row numbers."""
    arrays = [
        c if isinstance(c, pa.Array | pa.ChunkedArray) else pa.array(c, pa.string())
        for c in columns
    ]
    names = [*headers, ROW_NUMBER]
    return pa.Table.from_arrays([*arrays, pa.array(numbers, pa.int64())], names=names)
