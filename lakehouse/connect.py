"""What both engines share: frames in and out of a Spark Connect session."""

import os
from abc import ABC, abstractmethod
from functools import cached_property
from itertools import chain
from threading import RLock
from typing import TYPE_CHECKING, cast

from foundation.settings import Engine as EngineName
from lakehouse.arrow_types import normal_table

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.connect.dataframe import DataFrame as ConnectFrame

SESSION_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.shuffle.partitions": "2",
}
CALL_SITES = "spark.python.sql.dataFrameDebugging.enabled"
"""While it is on, PySpark walks the stack at every column function: a tenth of a small upload."""


class ConnectEngine(ABC):
    """A Spark Connect session, started at its first use."""

    name: EngineName

    def __init__(self) -> None:
        self._lock = RLock()

    @abstractmethod
    def _start(self) -> "SparkSession":
        """Start the server where there is none, and open a session."""

    @cached_property
    def _session(self) -> "SparkSession":
        # A channel that is open when Spark's JVM is forked would break the child.
        os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
        session = self._start()
        for name, value in SESSION_SETTINGS.items():
            session.conf.set(name, value)
        return session

    @property
    def session(self) -> "SparkSession":
        """Return the shared session."""
        with self._lock:
            return self._session

    def frame(self, table: "pa.Table") -> "DataFrame":
        """Hand Arrow rows to the engine."""
        from pyspark.sql.pandas.types import from_arrow_schema

        rows = normal_table(table)
        if rows.num_rows == 0:
            return self.session.createDataFrame([], from_arrow_schema(rows.schema))
        if any(chunk.offset for column in rows.columns for chunk in column.chunks):
            # A slice: PySpark cannot convert maps that do not begin at their buffer's start.
            rows = rows.take(list(range(rows.num_rows)))
        return self.session.createDataFrame(rows)

    def read(self, path: str, version: int | None = None) -> "DataFrame":
        """Read a Delta table, at its newest or at a given version."""
        reader = self.session.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", str(version))
        return reader.load(path)

    def arrow(self, frame: "DataFrame") -> "pa.Table":
        """Bring a frame's rows here, types in normal spelling."""
        # ``toArrow`` has the server analyse the plan once more, only to cast to what has arrived.
        rows, _ = cast("ConnectFrame", frame)._to_table()
        return normal_table(rows)

    def stream(self, frame: "DataFrame") -> "pa.RecordBatchReader":
        """Bring a frame's rows here as they are made, types in normal spelling.

        They can be read once, and what is not read yet waits at the server.
        """
        import pyarrow as pa

        connected = cast("ConnectFrame", frame)
        client, plan = connected._session.client, connected._plan
        found = client.to_table_as_iterator(plan.to_proto(client), plan.observations)
        tables = (normal_table(one) for one in found if isinstance(one, pa.Table))
        first = next(tables, None)
        if first is None:
            return self.arrow(frame).to_reader()
        batches = (batch for table in chain([first], tables) for batch in table.to_batches())
        return pa.RecordBatchReader.from_batches(first.schema, batches)

    def close(self) -> None:
        """Stop the session; the next use opens another."""
        with self._lock:
            session = self.__dict__.pop("_session", None)
            if session is not None:
                session.stop()
