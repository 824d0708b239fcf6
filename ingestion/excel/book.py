"""A workbook opened: each sheet that holds a table becomes a CSV file, the others are told.

Nothing of a workbook runs: values are read as they were last computed, macros not at all.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ingestion.excel.marks import marked_cells
from ingestion.excel.outcome import Sheet
from ingestion.excel.table import Row, find_table, table_rows

CSV_HINT = "sep=,\n"
"""Says which separator the file has, so that none has to be guessed."""


def convert(path: Path, folder: Path) -> list[Sheet]:
    """Write the tables of a workbook into a folder; sheets in the workbook's order.

    Raises
    ------
    PasswordError
        The workbook is encrypted.
    CalamineError
        It is damaged or no workbook.
    """
    with CalamineWorkbook.from_path(path) as book:
        return [
            _converted(book, path, sheet, folder / f"{number}.csv")
            for number, sheet in enumerate(book.sheets_metadata)
        ]


def _converted(book: CalamineWorkbook, path: Path, about: SheetMetadata, target: Path) -> Sheet:
    if about.typ != SheetTypeEnum.WorkSheet:
        return Sheet(about.name, why="no_sheet")
    if about.visible != SheetVisibleEnum.Visible:
        return Sheet(about.name, why="hidden")
    sheet = book.get_sheet_by_name(about.name)
    start = sheet.start or (0, 0)
    rows = _filled_in(sheet, marked_cells(path, about.name))
    if not any(str(value).strip() for row in rows for value in row):
        return Sheet(about.name, why="empty")
    table = find_table(rows)
    if table is None:
        return Sheet(about.name, why="no_table")
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(CSV_HINT)
        csv.writer(file, lineterminator="\n").writerows(table_rows(rows, table))
    return Sheet(about.name, target.name, header_row=start[0] + table.header_at + 1)


def _filled_in(sheet: CalamineSheet, marked: dict[tuple[int, int], str]) -> list[Row]:
    """Return the rows, with what the library leaves out of marked and of merged cells.

    A merged cell counts for each of its rows, as it is seen, in its first column alone: a title
    over the whole width is no row of titles.
    """
    first_row, first_column = sheet.start or (0, 0)
    rows = [list(row) for row in sheet.to_python(skip_empty_area=True)]
    for (row, column), text in marked.items():
        at, beside = row - first_row, column - first_column
        if 0 <= at < len(rows) and 0 <= beside < len(rows[at]):
            rows[at][beside] = text
    for row, column, until in _merged(sheet):
        at, last = row - first_row, min(until - first_row, len(rows) - 1)
        beside = column - first_column
        for below in range(at + 1, last + 1):
            if at >= 0 and 0 <= beside < len(rows[below]) and rows[below][beside] == "":
                rows[below][beside] = rows[at][beside]
    return list(rows)


def _merged(sheet: CalamineSheet) -> Iterator[tuple[int, int, int]]:
    """Return first row, column and last row of each merged range of several rows."""
    for (row, column), (until, _) in sheet.merged_cell_ranges or []:
        if until > row:
            yield row, column, until
