"""Rows of a Delta table as Arrow, without an engine."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from lakehouse.arrow_types import normal_schema, normal_table
from lakehouse.commits import open_table, same_rows
from lakehouse.places import located
from lakehouse.refs import TableRef

if TYPE_CHECKING:
    import pyarrow.compute as pc


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
    from pyarrow import dataset

    table = open_table(ref.path)
    if table is None:
        return pa.schema([(name, pa.null()) for name in columns or ()]).empty_table()
    if version is not None:
        table.load_as_version(same_rows(table, version))
    schema = normal_schema(pa.schema(table.schema().to_arrow()))
    chosen = list(columns) if columns is not None else schema.names
    files, filesystem = located(table.file_uris())
    if not files:
        return schema.empty_table().select(chosen)
    rows = dataset.dataset(files, schema=schema, format="parquet", filesystem=filesystem)
    if where is None:
        return normal_table(rows.to_table(columns=chosen))
    needed = [name for name in schema.names if name in chosen or name in str(where)]
    kept = [
        normal_table(pa.Table.from_batches([batch])).filter(where).select(chosen)
        for batch in rows.to_batches(columns=needed)
    ]
    return pa.concat_tables(kept) if kept else schema.empty_table().select(chosen)


def scan_arrow(ref: TableRef, columns: Sequence[str]) -> pa.RecordBatchReader:
    """Read columns of a table batch by batch; see :meth:`lakehouse.lake.Lake.scan`."""
    from pyarrow import dataset

    table = open_table(ref.path)
    if table is None:
        empty = pa.schema([(name, pa.null()) for name in columns])
        return pa.RecordBatchReader.from_batches(empty, [])
    schema = normal_schema(pa.schema(table.schema().to_arrow()))
    chosen = pa.schema([schema.field(name) for name in columns])
    files, filesystem = located(table.file_uris())

    def batches() -> Iterator[pa.RecordBatch]:
        rows = dataset.dataset(files, schema=schema, format="parquet", filesystem=filesystem)
        for batch in rows.to_batches(columns=list(columns)):
            yield from normal_table(pa.Table.from_batches([batch])).to_batches()

    return pa.RecordBatchReader.from_batches(chosen, batches() if files else iter(()))
