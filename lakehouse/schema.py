"""Refuse a frame that does not fit its table, before anything is written.

Sail would turn a string into NULL and 2.7 into 2 on append; so the writer compares names and
types exactly, on both engines.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from foundation.errors import SchemaMismatch
from lakehouse.arrow_types import storable
from lakehouse.commits import columns_of
from lakehouse.refs import TableRef

if TYPE_CHECKING:
    from deltalake import DeltaTable

ABSENT = "∅"


def require_same(ref: TableRef, arrived: pa.Schema, table: pa.Schema) -> None:
    """Compare two normal schemas by column name, whatever the order.

    Raises
    ------
    SchemaMismatch
        Names every column that differs, with both types.
    """
    names = list(dict.fromkeys([*table.names, *arrived.names]))
    different = [
        f"{name}: {_type_of(arrived, name)} ≠ {_type_of(table, name)}"
        for name in names
        if _type_of(arrived, name) != _type_of(table, name)
    ]
    if different:
        raise SchemaMismatch(
            "lakehouse.schema_mismatch", table=str(ref), columns="; ".join(different)
        )


def same_columns(arrived: pa.Schema, table: pa.Schema) -> bool:
    """Say whether two normal schemas have the same names and types, whatever the order."""
    return {f.name: f.type for f in arrived} == {f.name: f.type for f in table}


def require_storable(ref: TableRef, arrived: pa.Schema) -> None:
    """Refuse, at a table's first write, a column whose type Delta does not hold exactly.

    Raises
    ------
    SchemaMismatch
        Names the columns: unsigned, nanosecond, naive timestamp, null-typed or double-named.
    """
    wrong = [f"{field.name}: {field.type}" for field in arrived if not storable(field.type)]
    wrong += [f"{name} ×2" for name in {n for n in arrived.names if arrived.names.count(n) > 1}]
    if wrong or not arrived.names:
        columns = "; ".join(wrong) or ABSENT
        raise SchemaMismatch("lakehouse.unstorable_type", table=str(ref), columns=columns)


def require_columns(ref: TableRef, arrived: pa.Schema, keys: tuple[str, ...]) -> None:
    """Refuse keys that the frame does not have.

    Raises
    ------
    SchemaMismatch
        Names the missing key columns.
    """
    missing = [key for key in keys if key not in arrived.names]
    if missing or not keys:
        columns = ", ".join(missing) or ABSENT
        raise SchemaMismatch("lakehouse.missing_key", table=str(ref), columns=columns)


def unfit_keys(rows: pa.Table, keys: Sequence[str]) -> int:
    """Count rows whose key has a null in it or stands a second time."""
    columns = rows.select(list(keys))
    nulls = sum(column.null_count for column in columns.columns)
    groups = pa.TableGroupBy(columns, list(keys)).aggregate([]).num_rows
    return int(nulls + rows.num_rows - groups)


def unfit_error(ref: TableRef, keys: Sequence[str], rows: int) -> SchemaMismatch:
    """Return the error of rows whose key has a null in it or stands a second time."""
    names = ", ".join(keys)
    return SchemaMismatch("lakehouse.unfit_key", table=str(ref), columns=names, rows=rows)


def require_fit(ref: TableRef, table: "DeltaTable | None", arrived: pa.Schema) -> None:
    """Compare with an open table, or ask whether a new one could hold the columns."""
    if table is None:
        require_storable(ref, arrived)
    else:
        require_same(ref, arrived, columns_of(table))


def _type_of(schema: pa.Schema, name: str) -> str:
    position = schema.get_field_index(name)
    if position >= 0:
        return str(schema.field(position).type)
    return "×2" if name in schema.names else ABSENT
