"""Properties that every table of ours is created with, whichever engine creates it."""

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable

TARGET_BYTES = 128 * 1024 * 1024
"""What compaction makes files of."""

EXACT_STATISTICS = (
    pa.types.is_signed_integer,
    pa.types.is_string,
    pa.types.is_date32,
)


KEPT_LOG = {"delta.enableExpiredLogCleanup": "false"}
"""Writers would clean the log after 30 days by themselves, with the words that an upload which
stopped half way goes on by: maintenance does it, and knows which are still needed."""


def follow(table: "DeltaTable", schema: pa.Schema) -> None:
    """Let an open table's properties name the columns that it is about to get, and no others.

    An overwrite leaves properties as they are, and Spark writes to no table whose properties name
    a column that is gone. A commit of its own, before the rows: without them it changes nothing.
    """
    wanted = properties(schema)
    if not wanted.items() <= table.metadata().configuration.items():
        table.alter.set_table_properties(wanted)


def widen(table: "DeltaTable", added: pa.Schema, stamp: "CommitProperties") -> None:
    """Add columns to an open table: metadata alone, so delta-rs does it for either engine.

    The columns come before the properties that name them. Killed between the two, the log lacks
    statistics of the new columns, which costs nothing but time.
    """
    from deltalake import Schema

    table.alter.add_columns(Schema.from_arrow(added).fields, commit_properties=stamp)
    follow(table, pa.schema(table.schema().to_arrow()))


def properties(schema: pa.Schema) -> dict[str, str]:
    """Return a new table's properties.

    Statistics in the log only of columns where they are exact. Of decimals delta-rs keeps a
    rounded floating-point number and of timestamps the millisecond: Sail then skipped a file that
    held the decimal it was asked for. Parquet's own statistics stay, and are exact.
    """
    exact = [field.name for field in schema if any(test(field.type) for test in EXACT_STATISTICS)]
    if not exact:
        return {**KEPT_LOG, "delta.dataSkippingNumIndexedCols": "0"}
    return {**KEPT_LOG, "delta.dataSkippingStatsColumns": ",".join(f"`{name}`" for name in exact)}
