"""Rows of a Delta table as Arrow, without an engine."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from lakehouse.arrow_types import normal_table
from lakehouse.commits import columns_of, open_table, same_rows
from lakehouse.places import located
from lakehouse.refs import TableRef
from lakehouse.sums import require_sound

if TYPE_CHECKING:
    import pyarrow.compute as pc
    from deltalake import DeltaTable
    from pyarrow import dataset

READAHEAD = 2
"""Batches that wait in memory while one is looked at."""


def open_sound(ref: TableRef, version: int | None = None) -> "DeltaTable | None":
    """Open a table to read its rows, at its newest or at a given version; None where there is none.

    Raises
    ------
    OperatorError
        One of its files is not what was written, or is gone.
    """
    table = open_table(ref.path)
    if table is None:
        return None
    if version is not None:
        table.load_as_version(same_rows(table, version))
    require_sound(ref, table)
    return table


def read_arrow(
    ref: TableRef,
    columns: Sequence[str] | None = None,
    where: "pc.Expression | None" = None,
    version: int | None = None,
) -> pa.Table:
    """Read a table; see :meth:`lakehouse.lake.Lake.arrow`.

    The filter runs over rows, batch by batch, not over statistics. The Delta log's lost rows
    (timestamps cut to milliseconds, decimals as floating point), and Arrow cannot compare those
    of Parquet files that delta-rs's merge wrote (their strings are views).
    """
    table = open_sound(ref, version)
    if table is None:
        return pa.schema([(name, pa.null()) for name in columns or ()]).empty_table()
    schema = columns_of(table)
    chosen = list(columns) if columns is not None else schema.names
    rows = _rows(table)
    if rows is not None and where is None:
        return normal_table(rows.to_table(columns=chosen))
    kept = [] if rows is None else list(_batches(rows, chosen, where, READAHEAD))
    return pa.concat_tables(kept) if kept else schema.empty_table().select(chosen)


def read_batches(
    ref: TableRef,
    columns: Sequence[str] | None = None,
    where: "pc.Expression | None" = None,
    version: int | None = None,
) -> Iterator[pa.Table]:
    """Read a table some rows at a time; see :meth:`lakehouse.lake.Lake.batches`.

    The table is opened by the call, not by the first row.
    """
    table = open_sound(ref, version)
    rows = None if table is None else _rows(table)
    if rows is None:
        return iter(())
    chosen = list(columns) if columns is not None else rows.schema.names
    return _batches(rows, chosen, where, READAHEAD)


def _rows(table: "DeltaTable") -> "dataset.Dataset | None":
    """Return the rows of an open table; None where it has no file."""
    from pyarrow import dataset

    files, filesystem = located(table.file_uris())
    if not files:
        return None
    schema = columns_of(table)
    return dataset.dataset(files, schema=schema, format="parquet", filesystem=filesystem)


def _batches(
    rows: "dataset.Dataset", chosen: list[str], where: "pc.Expression | None", readahead: int
) -> Iterator[pa.Table]:
    needed = [
        name
        for name in rows.schema.names
        if name in chosen or (where is not None and name in str(where))
    ]
    for batch in rows.to_batches(columns=needed, batch_readahead=readahead, fragment_readahead=1):
        found = normal_table(pa.Table.from_batches([batch]))
        found = found if where is None else found.filter(where)
        if found.num_rows:
            yield found.select(chosen)


def scan_arrow(ref: TableRef, columns: Sequence[str]) -> pa.RecordBatchReader:
    """Read columns of a table batch by batch; see :meth:`lakehouse.lake.Lake.scan`."""
    table = open_table(ref.path)
    if table is None:
        empty = pa.schema([(name, pa.null()) for name in columns])
        return pa.RecordBatchReader.from_batches(empty, [])
    schema = columns_of(table)
    chosen = pa.schema([schema.field(name) for name in columns])
    found = read_batches(ref, columns)
    return pa.RecordBatchReader.from_batches(chosen, (b for t in found for b in t.to_batches()))
