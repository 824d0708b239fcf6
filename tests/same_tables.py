"""Two tables are the same: every row and cell exactly, in whatever order; else say what differs."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

NAMES_A_ROW = (
    "upload_id",
    "row_number",
    "row_key",
    "entity_id",
    "person_token",
    "incident_id",
    "call_id",
    "offer_id",
    "response_id",
    "hour_at",
    "direction",
    "queue",
    "product",
    "valid_from",
    "as_of_at",
)
"""Columns by which a row of one side is laid beside its like of the other, where they are there."""

MOST_SHOWN = 8


def checksum(table: pa.Table) -> str:
    """Return one figure for names, types and rows: equal where these are, in any order of rows."""
    digest = hashlib.sha256(str(_schema(table)).encode())
    for row in sorted(_rows(table)):
        digest.update(f"{row}\n".encode())
    return digest.hexdigest()


def differences(one: pa.Table, other: pa.Table, names: tuple[str, str]) -> str:
    """Return the cells that differ, side by side; empty where the tables are the same.

    Parameters
    ----------
    names
        What the two sides are called.
    """
    if _schema(one) != _schema(other):
        return f"columns: {names[0]} {_schema(one)}\n{names[1]} {_schema(other)}"
    left, right = Counter(_rows(one)), Counter(_rows(other))
    only_left, only_right = sorted((left - right).elements()), sorted((right - left).elements())
    if not only_left and not only_right:
        return ""
    titles = f"{names[0]} {one.num_rows} rows, {names[1]} {other.num_rows} rows"
    told = [f"{titles}; alone: {len(only_left)} and {len(only_right)}"]
    columns = sorted(one.column_names)
    pairs = _paired(only_left, only_right, columns)
    told += [_side_by_side(a, b, columns, names) for a, b in pairs[:MOST_SHOWN]]
    return "\n".join(told)


Cells = tuple[str, ...]


def _schema(table: pa.Table) -> dict[str, str]:
    return {field.name: str(field.type) for field in sorted(table.schema, key=lambda f: f.name)}


def _rows(table: pa.Table) -> list[Cells]:
    columns = [table[name].to_pylist() for name in sorted(table.column_names)]
    maps = {name for name in table.column_names if pa.types.is_map(table[name].type)}
    names = sorted(table.column_names)
    written = [[_cell(v, name in maps) for v in c] for name, c in zip(names, columns, strict=True)]
    return list(zip(*written, strict=True))


def _cell(value: object, is_map: bool = False) -> str:
    """Return an exact writing: floating point by its bits, a map without its order."""
    if isinstance(value, float):
        return f"{value!r} ({value.hex()})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_cell(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        cells = [_cell(v) for v in value]
        # A map comes as pairs, also one inside a list of structs.
        pairs = is_map or all(isinstance(v, tuple) for v in value)
        return f"[{', '.join(sorted(cells) if pairs else cells)}]"
    if isinstance(value, tuple):
        return "(" + ", ".join(_cell(v) for v in value) + ")"
    return repr(value)


def _paired(
    left: Sequence[Cells], right: Sequence[Cells], columns: Sequence[str]
) -> list[tuple[Cells | None, Cells | None]]:
    def name_of(row: Cells) -> Cells:
        return tuple(row[columns.index(name)] for name in NAMES_A_ROW if name in columns)

    rest = list(right)
    pairs: list[tuple[Cells | None, Cells | None]] = []
    for row in left:
        like = next((other for other in rest if name_of(other) == name_of(row)), None)
        if like is not None:
            rest.remove(like)
        pairs.append((row, like))
    return [*pairs, *((None, row) for row in rest)]


def _side_by_side(
    one: Cells | None, other: Cells | None, columns: Sequence[str], names: tuple[str, str]
) -> str:
    if one is None or other is None:
        row, side = (one, names[0]) if other is None else (other, names[1])
        cells = zip(columns, row or (), strict=True)
        return f"· only {side}: " + "; ".join(f"{c}={v}" for c, v in cells)
    named = [f"{c}={v}" for c, v in zip(columns, one, strict=True) if c in NAMES_A_ROW]
    lines = [
        f"    {column}: {names[0]} {a} | {names[1]} {b}"
        for column, a, b in zip(columns, one, other, strict=True)
        if a != b
    ]
    return "\n".join([f"· {'; '.join(named)}", *lines])
