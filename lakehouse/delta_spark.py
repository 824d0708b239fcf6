"""The verbs through Spark and delta-spark: the distributed engine's way to write.

Only the writer calls it. The commit's transaction and words go in as settings of the session,
which all threads of the process share: so one verb at a time runs with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import or_
from threading import RLock
from typing import TYPE_CHECKING
from uuid import uuid4

from lakehouse.arrow_types import normal_schema
from lakehouse.commits import Commit, columns_of, stamp
from lakehouse.engine import Engine
from lakehouse.properties import TARGET_BYTES, follow, properties, widen
from lakehouse.refs import TableRef
from lakehouse.schema import same_columns
from lakehouse.spool import Spool

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame

    from lakehouse.tables import Data

APP_ID = "spark.databricks.delta.write.txnAppId"
APP_VERSION = "spark.databricks.delta.write.txnVersion"
USER_METADATA = "spark.databricks.delta.commitInfo.userMetadata"
CARE = {
    "spark.databricks.delta.optimize.maxFileSize": str(TARGET_BYTES),
    "spark.databricks.delta.optimize.minFileSize": str(TARGET_BYTES),
    # How long history is kept is the policy's to say, and the table's lease keeps writers out.
    "spark.databricks.delta.retentionDurationCheck.enabled": "false",
    # A vacuum lists the table's folders in so many tasks; the default is ten thousand.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
}
SPARK_PROPERTIES = {
    "delta.enableDeletionVectors": "false",
    "delta.columnMapping.mode": "none",
}
"""Off whatever the remote's defaults are: delta-rs and DuckDB must open the table."""

_stamping = RLock()


class SparkTables:
    """Verbs over DataFrames."""

    def __init__(self, engine: Engine, spool: Spool | None = None) -> None:
        self._engine = engine
        self._spool = spool

    @contextmanager
    def prepared(self, ref: TableRef, data: "Data") -> "Iterator[DataFrame]":
        """Hand Arrow rows to Spark, long streams through a file; a frame stays where it is."""
        import pyarrow as pa

        if isinstance(data, pa.RecordBatchReader) and self._spool is not None:
            with self._spool.frame(self._engine, ref, data) as frame:
                yield frame
            return
        rows = data.read_all() if isinstance(data, pa.RecordBatchReader) else data
        yield self._engine.frame(rows) if isinstance(rows, pa.Table) else rows

    def schema(self, rows: "DataFrame") -> "pa.Schema":
        """Return the frame's schema in normal spelling."""
        from pyspark.sql.pandas.types import to_arrow_schema

        return normal_schema(to_arrow_schema(rows.schema, timezone="UTC"))

    def unfit_keys(self, rows: "DataFrame", keys: Sequence[str]) -> int:
        """Count rows whose key has a null in it or stands a second time."""
        from pyspark.sql import functions as sf

        empty = reduce(or_, [sf.col(key).isNull() for key in keys])
        groups = rows.groupBy(*keys).agg(sf.count("*").alias("times"))
        unfit = sf.when(empty, sf.col("times")).otherwise(sf.col("times") - 1)
        total = groups.agg(sf.sum(unfit).alias("unfit")).toArrow()
        return int(total["unfit"][0].as_py() or 0)

    def is_conflict(self, error: Exception) -> bool:
        """Say whether another writer got in between."""
        from deltalake.exceptions import CommitFailedError
        from pyspark.errors import PySparkException

        concurrent = isinstance(error, PySparkException) and "DELTA_CONCURRENT" in str(error)
        return concurrent or isinstance(error, CommitFailedError)

    def append(
        self, path: str, table: "DeltaTable | None", rows: "DataFrame", commit: Commit
    ) -> None:
        """Add rows; create the table where there is none."""
        self._save(path, table, rows, commit, "append")

    def replace(
        self, path: str, table: "DeltaTable | None", rows: "DataFrame", commit: Commit
    ) -> None:
        """Put rows, and their columns, in the place of all that was there."""
        self._save(path, table, rows, commit, "overwrite")

    def merge(
        self, table: "DeltaTable", rows: "DataFrame", keys: Sequence[str], commit: Commit
    ) -> None:
        """Update whole rows by key, insert the others."""
        then = "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        self._matching(table, rows, keys, commit, then)

    def delete_where(self, table: "DeltaTable", predicate: str, commit: Commit) -> None:
        """Delete the rows that a SQL predicate holds for."""
        with self._stamped(table, commit):
            statement = " ".join(("DELETE FROM", _target(table), "WHERE", predicate))
            self._engine.session.sql(statement).collect()

    def delete_keys(self, table: "DeltaTable", rows: "DataFrame", commit: Commit) -> None:
        """Delete the rows whose columns equal those of any given row."""
        self._matching(table, rows.distinct(), rows.columns, commit, "WHEN MATCHED THEN DELETE")

    def add_columns(self, table: "DeltaTable", added: "pa.Schema", commit: Commit) -> None:
        """Add columns that the table lacks, NULL in every row."""
        widen(table, added, stamp(table, commit))

    def mark(self, table: "DeltaTable", commit: Commit) -> None:
        """Record a commit that changed no row: an append of nothing."""
        rows = self._engine.read(table.table_uri).limit(0)
        self._save(table.table_uri, table, rows, commit, "append")

    def compact(self, table: "DeltaTable", words: str) -> None:
        """Put the rows of small files into large ones; no row changes."""
        self._care(f"OPTIMIZE {_target(table)}", words)

    def vacuum(self, table: "DeltaTable", keep_hours: int, words: str) -> None:
        """Delete files that no version of the last hours is made of."""
        self._care(f"VACUUM {_target(table)} RETAIN {keep_hours} HOURS", words)

    def restore(self, table: "DeltaTable", version: int, words: str) -> None:
        """Make an older version the newest once more."""
        self._care(f"RESTORE TABLE {_target(table)} TO VERSION AS OF {version}", words)

    def _save(
        self, path: str, table: "DeltaTable | None", rows: "DataFrame", commit: Commit, mode: str
    ) -> None:
        options, chosen = self._options(table, rows), rows
        if not options and table is not None:
            chosen = rows.select(columns_of(table).names)
        with self._stamped(table, commit):
            writer = chosen.write.format("delta").mode("error" if table is None else mode)
            writer.options(**options).save(path)

    def _options(self, table: "DeltaTable | None", rows: "DataFrame") -> dict[str, str]:
        """Return what a new table is made with, or how one gets other columns."""
        schema = self.schema(rows)
        if table is None:
            return {**SPARK_PROPERTIES, **properties(schema)}
        if same_columns(schema, columns_of(table)):
            return {}
        follow(table, schema)
        return {"overwriteSchema": "true"}

    def _matching(
        self,
        table: "DeltaTable",
        rows: "DataFrame",
        keys: Sequence[str],
        commit: Commit,
        then: str,
    ) -> None:
        # SQL, because Delta's Python builder needs a plugin that a remote server may lack.
        view = f"abcall_{uuid4().hex}"
        condition = " AND ".join(f"target.`{key}` = source.`{key}`" for key in keys)
        rows.createOrReplaceTempView(view)
        try:
            with self._stamped(table, commit):
                self._engine.session.sql(
                    f"MERGE INTO {_target(table)} AS target USING {view} AS source"
                    f" ON {condition} {then}"
                ).collect()
        finally:
            self._engine.session.catalog.dropTempView(view)

    @contextmanager
    def _stamped(self, table: "DeltaTable | None", commit: Commit) -> Iterator[None]:
        version = 0 if table is None else table.version() + 1
        with self._set(
            {APP_ID: commit.id, APP_VERSION: str(version), USER_METADATA: commit.user_metadata}
        ):
            yield

    def _care(self, statement: str, words: str) -> None:
        with self._set({**CARE, USER_METADATA: words}):
            self._engine.session.sql(statement).collect()

    @contextmanager
    def _set(self, settings: Mapping[str, str]) -> Iterator[None]:
        conf = self._engine.session.conf
        with _stamping:
            for name, value in settings.items():
                conf.set(name, value)
            try:
                yield
            finally:
                for name in settings:
                    conf.unset(name)


def _target(table: "DeltaTable") -> str:
    path = table.table_uri.removesuffix("/").replace("`", "``")
    return f"delta.`{path}`"
