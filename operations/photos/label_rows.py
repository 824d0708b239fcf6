"""Rows of a table of labels, as spreadsheets write it.

A table is a CSV with the columns ``file`` and ``label`` («archivo», «etiqueta»).
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from foundation.errors import InvalidRequest
from ingestion.extractors.plain import plain as bare
from ingestion.media.kinds import Refusal, kind_of, plain

NAMES = {"file": ("file", "archivo"), "label": ("label", "etiqueta")}
MARKS = ",;\t"


def rows_of(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the number, the file and the label of each row, as a spreadsheet counts them.

    Raises
    ------
    InvalidRequest
        It is no CSV, or lacks one of the columns.
    """
    written = _written(path)
    first, _, _ = written.partition("\n")
    table = csv.reader(StringIO(written, newline=""), delimiter=max(MARKS, key=first.count))
    try:
        headers = next(table, [])
        file, label = (_column(headers, name, path) for name in NAMES)
        for number, row in enumerate(table, start=2):
            cells = [*map(str.strip, row), *[""] * len(headers)]
            if any(cells):  # spreadsheets write empty rows too
                yield number, cells[file], cells[label]
    except csv.Error as error:
        raise InvalidRequest("picture.labels_columns", path=path.name) from error


def _written(path: Path) -> str:
    content = path.read_bytes()
    try:
        text = plain(content) if kind_of(content).family == "text" else None
    except Refusal:
        text = None
    if text is None:
        raise InvalidRequest("picture.labels_no_csv", path=path.name)
    return text


def _column(headers: Sequence[str], name: str, path: Path) -> int:
    known = {bare(header.strip()): place for place, header in enumerate(headers)}
    found = next((known[one] for one in NAMES[name] if one in known), None)
    if found is None:
        raise InvalidRequest("picture.labels_columns", path=path.name)
    return found
