"""What an engine's way of writing must offer the writer: five verbs, bare.

Exactly-once, schemas, leases, retries and boundaries are the writer's; an implementation only
does the one commit it is asked for, stamped with the commit's transaction and words.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from lakehouse.commits import Commit
from lakehouse.engine import Engine
from lakehouse.refs import TableRef
from lakehouse.spool import Spool

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame

    Data: TypeAlias = "pa.Table | pa.RecordBatchReader | DataFrame"
    """What the writer takes; a reader can be read once."""

Rows = TypeVar("Rows")


class Tables(Protocol[Rows]):
    """Verbs over one representation of rows (Arrow here, a DataFrame on Spark)."""

    def prepared(self, ref: TableRef, data: "Data") -> AbstractContextManager[Rows]:
        """Give the rows as the verbs take them, for as long as a write lasts."""

    def schema(self, rows: Rows) -> "pa.Schema":
        """Return their schema in normal spelling."""

    def unfit_keys(self, rows: Rows, keys: Sequence[str]) -> int:
        """Count rows whose key has a null in it or stands a second time (0 where all fit)."""

    def is_conflict(self, error: Exception) -> bool:
        """Say whether the error means that another writer got in between."""

    def append(self, path: str, table: "DeltaTable | None", rows: Rows, commit: Commit) -> None:
        """Add rows; create the table where there is none."""

    def replace(self, path: str, table: "DeltaTable | None", rows: Rows, commit: Commit) -> None:
        """Put rows, and their columns, in the place of all that was there, in one commit."""

    def merge(self, table: "DeltaTable", rows: Rows, keys: Sequence[str], commit: Commit) -> None:
        """Update whole rows by key, insert the others."""

    def delete_where(self, table: "DeltaTable", predicate: str, commit: Commit) -> None:
        """Delete the rows that a SQL predicate holds for."""

    def delete_keys(self, table: "DeltaTable", rows: Rows, commit: Commit) -> None:
        """Delete the rows whose columns equal those of any given row."""

    def add_columns(self, table: "DeltaTable", added: "pa.Schema", commit: Commit) -> None:
        """Add columns that the table lacks, NULL in every row."""

    def mark(self, table: "DeltaTable", commit: Commit) -> None:
        """Record a commit that changed no row, so that it is never applied later."""

    def compact(self, table: "DeltaTable", words: str) -> None:
        """Put the rows of small files into large ones; no row changes."""

    def vacuum(self, table: "DeltaTable", keep_hours: int, words: str) -> None:
        """Delete files that no version of the last hours is made of."""

    def restore(self, table: "DeltaTable", version: int, words: str) -> None:
        """Make an older version the newest once more."""


def tables_of(engine: Engine, spool: Spool | None = None) -> "Tables[Any]":
    """Return an engine's way of writing: Spark's own, or delta-rs.

    Parameters
    ----------
    spool
        Through which Spark reads long streams; None: they are handed over whole.
    """
    if engine.name == "spark":
        from lakehouse.delta_spark import SparkTables

        return SparkTables(engine, spool)
    from lakehouse.delta_embedded import EmbeddedTables

    return EmbeddedTables(engine)
