"""The table in a sheet: under which row its header stands, and which rows are its own.

People put titles, dates and logos above a table, and leave rows blank inside it. The header is the
first row that is about as wide as the table and holds nothing but words; a group header above it
(«Cliente», «Consumo») is narrower, since merged cells count once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.as_text import cell_text

_LOOKED_AT = 200
Row = Sequence[object]


@dataclass(frozen=True)
class SheetTable:
    """A table found in a sheet.

    Attributes
    ----------
    header_at
        Position of the header among the sheet's rows, from 0.
    columns
        Positions of the table's columns.
    """

    header_at: int
    columns: tuple[int, ...]


def find_table(rows: Sequence[Row]) -> SheetTable | None:
    """Return where the table stands; ``None`` where the sheet holds none (a cover, a note)."""
    filled = [_filled(row) for row in rows[:_LOOKED_AT]]
    widths = sorted(len(cells) for cells in filled if cells)
    if not widths or widths[-1] < 2:
        return None
    usual = widths[len(widths) // 2]
    at = _header(rows, filled, max(2, (usual + 1) // 2))
    body = [_filled(row) for row in rows[at + 1 :]] if at is not None else []
    if at is None or not any(len(cells) > 1 for cells in body):
        return None
    columns = sorted(set().union(filled[at], *body))
    return SheetTable(at, tuple(columns))


def _filled(row: Row) -> frozenset[int]:
    """Return the positions of cells that hold something."""
    return frozenset(at for at, value in enumerate(row) if value is not None and str(value).strip())


def _header(rows: Sequence[Row], filled: Sequence[frozenset[int]], least: int) -> int | None:
    """Return the first wide row of words; a wider one of words right below it is the header."""
    wide = [at for at, cells in enumerate(filled) if len(cells) >= least]
    if not wide:
        return None
    at = wide[0]
    below = at + 1
    while below < len(filled) and len(filled[below]) > len(filled[at]) and _words(rows[below]):
        at, below = below, below + 1
    return at


def _words(row: Row) -> bool:
    """Say whether every cell that holds something holds a text with a letter."""
    values = [value for value in row if value is not None and str(value).strip()]
    return all(isinstance(value, str) and any(c.isalpha() for c in value) for value in values)


def table_rows(rows: Sequence[Row], table: SheetTable) -> list[list[str]]:
    """Return header and rows as text; a row without any value is no row."""
    texts = (
        [cell_text(row[at]) if at < len(row) else "" for at in table.columns]
        for row in rows[table.header_at :]
    )
    return [row for row in texts if any(cell.strip() for cell in row)]
