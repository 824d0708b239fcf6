"""The one writer: nothing else in the platform writes a table.

Five verbs, on either engine, each of them exactly once: the commit's id is looked up in the
table's log under the table's lease, and goes into the log with the rows. Whoever runs the same
step again after a crash gets the same tables.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lakehouse.arrow_types import normal_schema
from lakehouse.boundary import Boundary, no_fault
from lakehouse.commits import Commit, Committed, columns_of, find_commit, open_table
from lakehouse.engine import Engine
from lakehouse.once import ATTEMPTS, Lease, Once
from lakehouse.refs import TableRef
from lakehouse.schema import (
    require_columns,
    require_fit,
    require_same,
    require_storable,
    unfit_error,
    unfit_keys,
)
from lakehouse.spool import Spool
from lakehouse.streams import KeyWatch, normal_reader
from lakehouse.tables import tables_of

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame

    from lakehouse.tables import Data


class Writer:
    """Append, merge, replace, delete rows; add columns.

    Parameters
    ----------
    engine
        The engine whose frames are written; it also decides the way of writing.
    lease
        Takes a name, returns a context manager that one process at a time is inside of.
    boundary
        Called before and after each commit, inside the lease.
    attempts
        How often a commit is tried when others get in between (they can only where they hold no
        lease: another program, or a lease that expired).
    """

    def __init__(
        self,
        engine: Engine,
        lease: Lease,
        boundary: Boundary = no_fault,
        attempts: int = ATTEMPTS,
        *,
        spool: Spool | None = None,
    ) -> None:
        self._tables = tables_of(engine, spool)
        self._once = Once(self._tables.is_conflict, self._tables.mark, lease, boundary, attempts)

    def append(self, ref: TableRef, data: "Data", commit: Commit) -> Committed:
        """Add rows; the first write of a table creates it.

        Parameters
        ----------
        data
            Arrow rows, a frame of the engine, or a reader: its rows pass through bounded memory
            where delta-rs writes. A reader can be read once, so where another program gets in
            between it is ``Busy`` at once, and the caller comes again with a new one.

        Raises
        ------
        SchemaMismatch
            A column's name or type is not exactly the table's.
        Busy
            Another writer held the table for too long.
        """
        return self._write(
            ref,
            "append",
            commit,
            data,
            lambda t, rows: self._tables.append(ref.path, t, rows, commit),
        )

    def replace(
        self,
        ref: TableRef,
        data: "Data",
        commit: Commit,
        *,
        schema_change: bool = False,
    ) -> Committed:
        """Put rows in the place of the whole table, in one commit. Raises as ``append``.

        Parameters
        ----------
        schema_change
            The table takes the rows' columns where they are others than its own: for tables that
            are derived, and follow a new version of their contract. Older versions keep theirs.
        """
        return self._write(
            ref,
            "replace",
            commit,
            data,
            lambda t, rows: self._tables.replace(ref.path, t, rows, commit),
            schema_change=schema_change,
        )

    def merge(
        self,
        ref: TableRef,
        data: "Data",
        keys: Sequence[str],
        commit: Commit,
    ) -> Committed:
        """Update whole rows by key and insert the others.

        Raises
        ------
        SchemaMismatch
            As ``append``; also a key that is null, or that stands twice in ``data``.
        """

        def apply(table: "DeltaTable | None", rows: object) -> None:
            if table is None:
                self._tables.append(ref.path, table, rows, commit)
            else:
                self._tables.merge(table, rows, keys, commit)

        return self._write(ref, "merge", commit, data, apply, keys=tuple(keys))

    def delete(
        self, ref: TableRef, predicate: "str | pa.Table | DataFrame", commit: Commit
    ) -> Committed:
        """Delete rows by a SQL predicate, or those whose columns equal a row of a keys frame.

        A table that does not exist has nothing to delete: version -1, and nothing is recorded.
        """
        found = self.find_commit(ref, commit.id)
        if found:
            return changed(found, already=True)
        if isinstance(predicate, str):
            where: str = predicate

            def apply_where(table: "DeltaTable | None") -> None:
                if table is not None:
                    self._tables.delete_where(table, where, commit)

            return self._once.commit(ref, "delete", commit, apply_where)
        with self._tables.prepared(ref, predicate) as keys:

            def apply_keys(table: "DeltaTable | None") -> None:
                if table is not None:
                    self._require_keys_of(ref, table, keys)
                    self._tables.delete_keys(table, keys, commit)

            return self._once.commit(ref, "delete", commit, apply_keys)

    def add_columns(self, ref: TableRef, schema: pa.Schema, commit: Commit) -> Committed:
        """Give a table those columns of a schema that it lacks; they are NULL in rows that stand.

        No row is touched, and older versions keep their columns. A table that does not exist gets
        nothing: version -1, and nothing is recorded.

        Raises
        ------
        SchemaMismatch
            The table has a column of that name with another type, or Delta holds no such type.
        Busy
            As ``append``.
        """
        found = self.find_commit(ref, commit.id)
        if found:
            return changed(found, already=True)
        wanted = normal_schema(schema)
        require_storable(ref, wanted)

        def apply(table: "DeltaTable | None") -> None:
            if table is None:
                return
            there = columns_of(table)
            common = [field for field in wanted if field.name in there.names]
            names = [field.name for field in common]
            require_same(ref, pa.schema(common), pa.schema([there.field(name) for name in names]))
            added = pa.schema([field for field in wanted if field.name not in there.names])
            if added.names:
                self._tables.add_columns(table, added, commit)

        return self._once.commit(ref, "add_columns", commit, apply)

    def find_commit(self, ref: TableRef, commit_id: str) -> Committed | None:
        """Return what the table's log holds of a commit; None where it was not applied."""
        return find_commit(ref, commit_id)

    def _write(
        self,
        ref: TableRef,
        verb: str,
        commit: Commit,
        data: "Data",
        apply: Callable[["DeltaTable | None", Any], None],
        *,
        keys: tuple[str, ...] | None = None,
        schema_change: bool = False,
    ) -> Committed:
        found = self.find_commit(ref, commit.id)
        if found:
            return changed(found, already=True)
        stream = self._watched(ref, data, keys) if isinstance(data, pa.RecordBatchReader) else None
        given = data if stream is None else stream.reader
        try:
            with self._prepared(ref, given, schema_change) as (rows, schema):
                if keys is not None and stream is None:
                    self._require_unique(ref, data, rows, schema, keys)

                def checked(table: "DeltaTable | None") -> None:
                    require_fit(ref, None if schema_change else table, schema)
                    apply(table, rows)

                # A stream cannot be read again: where others get in between, the caller comes
                # again with a new one.
                return self._once.commit(ref, verb, commit, checked, again=stream is None)
        except Exception as error:
            if stream is not None and stream.unfit:
                raise unfit_error(ref, stream.keys, stream.unfit) from error
            raise

    def _watched(
        self, ref: TableRef, reader: pa.RecordBatchReader, keys: tuple[str, ...] | None
    ) -> KeyWatch:
        if keys is not None:
            require_columns(ref, reader.schema, keys)
        return KeyWatch(normal_reader(reader), keys or ())

    @contextmanager
    def _prepared(
        self, ref: TableRef, data: "Data", schema_change: bool
    ) -> Iterator[tuple[object, pa.Schema]]:
        """Give the rows as the verbs take them, and their schema."""
        schema = None
        if isinstance(data, pa.Table | pa.RecordBatchReader):
            # Before an engine takes the rows in: Spark would convert what does not fit.
            schema = normal_schema(data.schema)
            require_fit(ref, None if schema_change else open_table(ref.path), schema)
        with self._tables.prepared(ref, data) as rows:
            yield rows, schema or self._tables.schema(rows)

    def _require_unique(
        self,
        ref: TableRef,
        data: "Data",
        rows: object,
        schema: pa.Schema,
        keys: tuple[str, ...],
    ) -> None:
        require_columns(ref, schema, keys)
        # Arrow rows are counted here: on Spark that saves a job.
        here = isinstance(data, pa.Table)
        unfit = unfit_keys(data, keys) if here else self._tables.unfit_keys(rows, keys)
        if unfit:
            raise unfit_error(ref, keys, unfit)

    def _require_keys_of(self, ref: TableRef, table: "DeltaTable", keys: object) -> None:
        arrived, there = self._tables.schema(keys), columns_of(table)
        require_columns(ref, there, tuple(arrived.names))
        require_same(ref, arrived, pa.schema([there.field(name) for name in arrived.names]))
