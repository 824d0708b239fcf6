"""A file of rejected rows that comes back corrected reads as the file from which they came."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pyarrow as pa

from foundation.texts import LANGUAGES, text
from ingestion.ledger.schema import RowRef, row_ref
from ingestion.reading import RawTable, safe_cell

ADDED = ("row", "reasons", "reference")
"""Columns that lead in every file of rejected rows, by the keys of their titles."""


@cache
def titles(name: str) -> frozenset[str]:
    """Return what a column that the download adds is called, in every language."""
    return frozenset(text(f"ingestion.download_{name}", language) for language in LANGUAGES)


def is_download(headers: Sequence[str]) -> bool:
    """Say whether a file has the columns that the download adds."""
    return len(headers) > 2 and headers[0] in titles("row") and headers[1] in titles("reasons")


def references_of(raw: RawTable) -> dict[int, RowRef]:
    """Return which rejected row each row of a download corrects, by its number in this file."""
    if not is_download(raw.headers) or raw.headers[2] not in titles("reference"):
        return {}
    told = raw.rows[raw.headers[2]].to_pylist()
    pairs = zip(raw.rows["row_number"].to_pylist(), map(row_ref, told), strict=True)
    return {number: ref for number, ref in pairs if ref is not None}


def has_lines(raw: RawTable) -> bool:
    """Say whether a line that fitted no header still has its text there."""
    columns = (raw.rows[name].to_pylist() for name in _line_columns(raw))
    return any(value and value.strip() for column in columns for value in column)


def _line_columns(raw: RawTable) -> list[str]:
    return [name for name in raw.headers[2:] if name in titles("line")]


def as_it_came(raw: RawTable, *, with_lines: bool | None = None) -> RawTable:
    """Take away what the download added: row number, reasons, reference, apostrophes.

    Its headers are then those of the first file, and the mapping kept for them is found. The
    column of whole lines stays where one of them still has its text.

    Parameters
    ----------
    with_lines
        Whether a line of the file still has its text, where ``raw`` is only a piece of it.
    """
    if not is_download(raw.headers):
        return raw
    added = 3 if raw.headers[2] in titles("reference") else 2
    rows = raw.rows.drop_columns(list(raw.headers[:added]))
    if not (has_lines(raw) if with_lines is None else with_lines):
        rows = rows.drop_columns(_line_columns(raw))
    headers = tuple(name for name in raw.headers if name in rows.column_names)
    if raw.format == "parquet":  # no spreadsheet has had it: what looks like our apostrophe is none
        return replace(raw, headers=headers, rows=rows.select([*headers, "row_number"]))
    columns = [pa.array(map(_bare, rows[name].to_pylist()), pa.string()) for name in headers]
    bare = [_bare(name) or name for name in headers]
    names = tuple(bare) if len(set(bare)) == len(bare) else headers
    whole = pa.Table.from_arrays([*columns, rows["row_number"]], names=[*names, "row_number"])
    return replace(raw, headers=names, rows=whole)


def own_headers(headers: Sequence[str]) -> tuple[str, ...]:
    """Return the headers that are the tenant's: those by which a mapping is kept."""
    return tuple(name for name in headers if name not in titles("line"))


def _bare(value: str | None) -> str | None:
    """Return a cell without the apostrophe that kept a spreadsheet from running it."""
    if value and value.startswith("'") and safe_cell(value[1:]) == value:
        return value[1:]
    return value
