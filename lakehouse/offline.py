"""DuckDB over what was registered for it, and nothing else.

Its wheel has no time zones of its own: they are an extension, and none is ever downloaded here. So
times go in as UTC or as a wall clock, without a zone.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}


def offline() -> "DuckDBPyConnection":
    """Return a database that reaches no file, no address and no variable of this program.

    A query reads what was registered for it, and cannot change that.
    """
    import duckdb

    database = duckdb.connect(config=OFFLINE)
    database.execute("SET python_enable_replacements = false")
    database.execute("SET lock_configuration = true")
    return database


def without_zone(reader: "pa.RecordBatchReader") -> "pa.RecordBatchReader":
    """Return rows with each aware time as UTC without a zone."""
    import pyarrow as pa

    schema, aware = reader.schema, []
    for place, column in enumerate(reader.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            aware.append(place)
            schema = schema.set(place, column.with_type(pa.timestamp("us")))

    def batches() -> "Iterator[pa.RecordBatch]":
        for batch in reader:
            columns = list(batch.columns)
            for place in aware:
                columns[place] = columns[place].cast(pa.int64()).cast(pa.timestamp("us"))
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())
