"""Which waiting changes make one file of the lake's door, and that file.

A column that a file lacks keeps its earlier values, so that rows which name other columns belong in
other files. Of one key, a later change never comes before an earlier one: the last row of a key
in a file counts, and files go in their order.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from data_contracts.checks import demanded
from data_contracts.contract import Table, UploadKind
from ingestion.formats import NUMERIC
from ingestion.mapping import Mapping as ColumnMapping
from operations.outbox.changes import Operation, Scalar, operation_of
from tenancy.outbox import SealedChange

WORDS: dict[Operation, str] = {"upsert": "update", "delete": "delete"}
DECIMALS = 4
"""A number with so many decimals is not taken for one whose thousands are grouped."""


def shared_out(changes: Sequence[SealedChange]) -> list[list[int]]:
    """Return the numbers of the changes of each file, files and numbers in order."""
    shapes: list[str] = []
    files: list[list[int]] = []
    last: dict[str, int] = {}
    for change in changes:
        first = last.get(change.key_mark, 0)
        fitting = (n for n in range(first, len(files)) if shapes[n] == change.shape)
        at = next(fitting, len(files))
        if at == len(files):
            shapes.append(change.shape)
            files.append([])
        files[at].append(change.number)
        last[change.key_mark] = at
    return files


def kind_of(table: Table) -> UploadKind:
    """Return what the file is: changes, where the table takes them."""
    return "changes" if "changes" in table.upload_kinds else "increment"


def write_file(
    path: Path, table: Table, shape: str, rows: Iterable[Mapping[str, Scalar]]
) -> ColumnMapping:
    """Write rows of one shape as lines of JSON, the same bytes for the same rows.

    A column that every row must have stands in the file also where no row names it: such rows end
    in quarantine one by one, and the others come in.

    Returns
    -------
    Mapping
        How the file is read.
    """
    kind = kind_of(table)
    asked, known = operation_of(shape), {column.name for column in table.columns}
    named = {name for name in shape.partition(":")[2].split(",") if name}
    columns = [
        column
        for column in table.columns
        if column.name in named
        or (demanded(column, "natural", kind) and column.role != "event_time")
    ]
    with path.open("w", encoding="utf-8") as stream:
        for row in rows:
            line = {
                column.name: WORDS[asked]
                if column.role == "operation"
                else _written(row.get(column.name), column.type in NUMERIC)
                for column in columns
            }
            aside = {name: value for name, value in row.items() if name not in known}
            stream.write(json.dumps(line | aside, ensure_ascii=False) + "\n")
    return ColumnMapping({c.name: c.name for c in columns}, "natural", None, kind, plain=True)


def _written(value: Scalar, is_number: bool) -> str | bool | None:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    digits = format(Decimal(repr(value)), "f")
    whole, point, decimals = digits.partition(".")
    return f"{whole}.{decimals:0<{DECIMALS}}" if point and is_number else digits
