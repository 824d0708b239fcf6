"""The verbs through delta-rs: the embedded engine's way to write. Only the writer calls it.

Each verb commits against the version that was read (``max_commit_retries=0``): when another
process got in between, it raises and the writer starts again from the new version.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from lakehouse.arrow_types import normal_schema, normal_table
from lakehouse.commits import Commit, columns_of, stamp
from lakehouse.engine import Engine
from lakehouse.properties import TARGET_BYTES, follow, properties, widen
from lakehouse.refs import TableRef
from lakehouse.schema import same_columns, unfit_keys
from lakehouse.streams import in_order

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import CommitProperties, DeltaTable
    from deltalake.table import TableMerger

    from lakehouse.tables import Data

    Rows: TypeAlias = "pa.Table | pa.RecordBatchReader"


class EmbeddedTables:
    """Verbs over Arrow rows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def prepared(self, ref: TableRef, data: "Data") -> "Iterator[Rows]":
        """Bring the rows here: the engine has then done its work, outside the lease.

        A reader stays one: its rows pass through while they are written.
        """
        import pyarrow as pa

        del ref
        if isinstance(data, pa.RecordBatchReader):
            yield data
        else:
            yield normal_table(data) if isinstance(data, pa.Table) else self._engine.arrow(data)

    def schema(self, rows: "Rows") -> "pa.Schema":
        """Return the rows' schema in normal spelling."""
        return normal_schema(rows.schema)

    def unfit_keys(self, rows: "pa.Table", keys: Sequence[str]) -> int:
        """Count rows whose key has a null in it or stands a second time."""
        return unfit_keys(rows, keys)

    def is_conflict(self, error: Exception) -> bool:
        """Say whether another writer got in between."""
        from deltalake.exceptions import CommitFailedError

        return isinstance(error, CommitFailedError)

    def append(self, path: str, table: "DeltaTable | None", rows: "Rows", commit: Commit) -> None:
        """Add rows; create the table where there is none."""
        from deltalake import write_deltalake

        write_deltalake(
            path if table is None else table,
            in_order(rows, _names(table, rows)),
            mode="error" if table is None else "append",
            configuration=properties(rows.schema) if table is None else None,
            commit_properties=stamp(table, commit),
        )

    def replace(self, path: str, table: "DeltaTable | None", rows: "Rows", commit: Commit) -> None:
        """Put rows, and their columns, in the place of all that was there."""
        from deltalake import write_deltalake

        same = table is not None and same_columns(rows.schema, columns_of(table))
        if table is not None and not same:
            follow(table, rows.schema)
        write_deltalake(
            path if table is None else table,
            in_order(rows, _names(table, rows)) if same else rows,
            mode="error" if table is None else "overwrite",
            schema_mode=None if table is None or same else "overwrite",
            configuration=properties(rows.schema) if table is None else None,
            commit_properties=stamp(table, commit),
        )

    def merge(self, table: "DeltaTable", rows: "Rows", keys: Sequence[str], commit: Commit) -> None:
        """Update whole rows by key, insert the others."""
        merger = _matching(table, rows, keys, commit)
        merger.when_matched_update_all().when_not_matched_insert_all().execute()

    def delete_where(self, table: "DeltaTable", predicate: str, commit: Commit) -> None:
        """Delete the rows that a SQL predicate holds for."""
        table.delete(predicate, commit_properties=stamp(table, commit))

    def delete_keys(self, table: "DeltaTable", rows: "pa.Table", commit: Commit) -> None:
        """Delete the rows whose columns equal those of any given row."""
        _matching(table, rows, rows.column_names, commit).when_matched_delete().execute()

    def add_columns(self, table: "DeltaTable", added: "pa.Schema", commit: Commit) -> None:
        """Add columns that the table lacks, NULL in every row."""
        widen(table, added, stamp(table, commit))

    def mark(self, table: "DeltaTable", commit: Commit) -> None:
        """Record a commit that changed no row: an append of nothing."""
        self.append(table.table_uri, table, columns_of(table).empty_table(), commit)

    def compact(self, table: "DeltaTable", words: str) -> None:
        """Put the rows of small files into large ones; no row changes."""
        # One file at a time: what this takes of memory does not grow with the table.
        table.optimize.compact(
            target_size=TARGET_BYTES, max_concurrent_tasks=1, commit_properties=_care(words)
        )

    def vacuum(self, table: "DeltaTable", keep_hours: int, words: str) -> None:
        """Delete files that no version of the last hours is made of."""
        table.vacuum(
            keep_hours,
            dry_run=False,
            enforce_retention_duration=False,
            full=True,
            commit_properties=_care(words),
        )

    def restore(self, table: "DeltaTable", version: int, words: str) -> None:
        """Make an older version the newest once more."""
        table.restore(version, commit_properties=_care(words))


def _care(words: str) -> "CommitProperties":
    from deltalake import CommitProperties

    return CommitProperties(custom_metadata={"userMetadata": words}, max_commit_retries=0)


def _matching(
    table: "DeltaTable", rows: "Rows", keys: Sequence[str], commit: Commit
) -> "TableMerger":
    # Streamed, because the other way prunes files by the log's statistics, where timestamps are
    # cut to milliseconds: a key with microseconds was then not found and inserted twice.
    return table.merge(
        rows,
        " AND ".join(f'target."{key}" = source."{key}"' for key in keys),
        source_alias="source",
        target_alias="target",
        streamed_exec=True,
        commit_properties=stamp(table, commit),
    )


def _names(table: "DeltaTable | None", rows: "Rows") -> list[str]:
    return list(rows.schema.names) if table is None else [f.name for f in table.schema().fields]
