"""Open rows as a file to be corrected and sent again: the reasons beside them, CSV or Excel.

Rows stream from the lake to the file, some thousand at a time. Row number, reasons and reference
lead; the reference tells, when the file comes back, which rows it corrects.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from foundation.errors import InvalidRequest
from foundation.texts import Language, text
from ingestion.ledger.query import files, has_lines, stored_batches
from ingestion.ledger.rows import opened_rows
from ingestion.ledger.selection import Selection
from ingestion.ledger.sent import Headers, SentFile, files_of
from ingestion.mapping import table_of
from ingestion.payload import LINE
from ingestion.quarantine import Reason, reason_of
from ingestion.reading import safe_cell
from ingestion.redrive import ADDED

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

ROWS_AT_A_TIME = 5_000
ROWS_ON_A_SHEET = 1_000_000
LONGEST_CELL = 32_767
"""Characters that a cell of Excel holds."""


class Book(Protocol):
    """A file that takes rows of several sets of headers."""

    def add(self, headers: Headers, titles: Sequence[str], cells: Sequence[str]) -> None:
        """Write a row under its headers."""

    def close(self) -> None:
        """End the file."""


def write_download(
    lake: "Lake",
    tenant: "Tenant",
    selection: Selection,
    path: Path,
    language: Language = "es",
) -> int:
    """Write the selected rows to ``path``, as Excel where it ends so, else as CSV.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    InvalidRequest
        No row is selected; or a CSV file would have to hold rows of different headers (an Excel
        file has a sheet for each); or a cell is too long for Excel.
    """
    sent = files_of(lake, tenant)
    uploads = [found.upload_id for found in files(lake, tenant, selection)]
    kinds = dict.fromkeys(sent(upload_id).headers for upload_id in uploads)
    if not kinds:
        raise InvalidRequest("ledger.nothing_open")
    if path.suffix.lower() == ".xlsx":
        book: Book = _Excel(path)
    elif len(kinds) == 1:
        book = _Csv(path)
    else:
        raise InvalidRequest("ledger.several_headers", files=len(uploads))
    lines = _Lines(lake, tenant, selection, sent, language)
    rows = 0
    with closing(book):
        for headers, cells in lines.cells():
            book.add(headers, lines.titles(headers), cells)
            rows += 1
    return rows


@dataclass(frozen=True)
class _Lines:
    """The download's lines, as text."""

    lake: "Lake"
    tenant: "Tenant"
    selection: Selection
    sent: Callable[[str], SentFile]
    language: Language

    @cached_property
    def _line(self) -> list[str]:
        """The title of whole lines, where there is one."""
        any_ = has_lines(self.lake, self.tenant, self.selection)
        return [text("ingestion.download_line", self.language)] if any_ else []

    def titles(self, headers: Headers) -> list[str]:
        """Return the titles over rows of these headers."""
        added = [text(f"ingestion.download_{name}", self.language) for name in ADDED]
        return [*added, *headers, *self._line]

    def cells(self) -> Iterator[tuple[Headers, list[str]]]:
        """Yield each row's headers and its cells under their titles."""
        table = table_of(self.lake.contract_of(self.tenant), self.selection.table)
        for batch in stored_batches(self.lake, self.tenant, self.selection, ROWS_AT_A_TIME):
            opened = opened_rows(self.lake, self.tenant, self.selection.table, batch)
            for (ref, row), told in zip(opened.items(), _reasons(batch), strict=True):
                file = self.sent(ref.upload_id)
                headers = file.headers if LINE in row else tuple(row)
                why = (r.say(table, file.sources.get(r.column), self.language) for r in told)
                lead = [str(ref.row_number), " ".join(why), str(ref)]
                whole = [row.get(LINE) or ""] if self._line else []
                yield headers, [*lead, *(row.get(header) or "" for header in headers), *whole]


def _reasons(batch: pa.Table) -> list[list[Reason]]:
    return [[reason_of(told) for told in reasons] for reasons in batch["reasons"].to_pylist()]


class _Csv:
    """UTF-8 with its mark, so that Excel reads accents; no cell is a formula."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._stream)
        self._begun = False

    def add(self, _headers: Headers, titles: Sequence[str], cells: Sequence[str]) -> None:
        """Write a row, and the titles before the first one."""
        if not self._begun:
            self._writer.writerow([safe_cell(title) for title in titles])
            self._begun = True
        self._writer.writerow([safe_cell(cell) for cell in cells])

    def close(self) -> None:
        """End the file."""
        self._stream.close()


class _Excel:
    """One sheet for each set of headers, and another where one is full; every cell is a text."""

    def __init__(self, path: Path) -> None:
        from xlsxwriter import Workbook

        self._book = Workbook(path, {"constant_memory": True})
        self._sheets: dict[Headers, tuple[Worksheet, int]] = {}

    def add(self, headers: Headers, titles: Sequence[str], cells: Sequence[str]) -> None:
        """Write a row on its sheet, under the titles."""
        sheet, used = self._sheets.get(headers, (None, 0))
        if sheet is None or used > ROWS_ON_A_SHEET:
            sheet, used = self._book.add_worksheet(), 1
            self._write(sheet, 0, titles)
        self._write(sheet, used, cells)
        self._sheets[headers] = (sheet, used + 1)

    def close(self) -> None:
        """End the file."""
        self._book.close()

    @staticmethod
    def _write(sheet: "Worksheet", row: int, cells: Sequence[str]) -> None:
        for column, cell in enumerate(cells):
            if len(cell) > LONGEST_CELL:
                raise InvalidRequest("ledger.cell_too_long", row=row, most=LONGEST_CELL)
            sheet.write_string(row, column, cell)
