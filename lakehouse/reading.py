"""Rows of a Delta table as Arrow, without an engine."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from lakehouse.arrow_types import normal_schema, normal_table
from lakehouse.commits import open_table
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

    Files are filtered by their Parquet statistics, which are exact. The Delta log's are not
    (timestamps cut to milliseconds, decimals as floating point) and lost rows in a filter.
    """
    from pyarrow import dataset

    table = open_table(ref.path)
    if table is None:
        return pa.schema([(name, pa.null()) for name in columns or ()]).empty_table()
    if version is not None:
        table.load_as_version(version)
    schema = normal_schema(pa.schema(table.schema().to_arrow()))
    files = table.file_uris()
    rows = dataset.dataset(files, schema=schema, format="parquet") if files else None
    chosen = list(columns) if columns is not None else schema.names
    if rows is None:
        return schema.empty_table().select(chosen)
    return normal_table(rows.to_table(columns=chosen, filter=where))
