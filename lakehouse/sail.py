"""Sail inside this process: starts in about a second and needs no Java.

The server must outlive every session: when it is collected while one is open, queries hang
for their 300 s time-out and the process neither ends nor obeys SIGTERM. So this module owns it.
"""

import atexit
import os
from collections import deque
from functools import reduce
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from weakref import finalize

from foundation.settings import Engine as EngineName
from lakehouse.connect import CALL_SITES, ConnectEngine

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

LARGEST_PIECE_BYTES = 64 * 1024 * 1024
"""A query that carries more than 128 MiB of rows is refused by Connect, and Sail has no cache."""

BATCH_ROWS = 32_768
"""Rows that the engine looks at together; texts of 64 KiB each still fit into one batch."""

_servers: list[Any] = []


class Sail(ConnectEngine):
    """The embedded engine."""

    name: EngineName = "sail"

    def __init__(self) -> None:
        super().__init__()
        self._unused: deque[str] = deque()

    def frame(self, table: "pa.Table") -> "DataFrame":
        """Hand Arrow rows to the engine; many rows piece by piece, in memory, never by a file."""
        if table.nbytes <= LARGEST_PIECE_BYTES:
            return super().frame(table)
        self._drop_unused()
        rows = max(table.num_rows * LARGEST_PIECE_BYTES // table.nbytes, 1)
        views = [self._view(table.slice(at, rows)) for at in range(0, table.num_rows, rows)]
        frame = reduce(lambda a, b: a.unionAll(b), [self.session.table(view) for view in views])
        # Frames made from this one hold its plan; the pieces go when the last of them has gone.
        finalize(frame._plan, self._unused.extend, views)
        return frame

    def _view(self, table: "pa.Table") -> str:
        name = f"abcall_{uuid4().hex}"
        super().frame(table).createOrReplaceTempView(name)
        return name

    def _drop_unused(self) -> None:
        while self._unused:
            self.session.catalog.dropTempView(self._unused.popleft())

    def _start(self) -> "SparkSession":
        from pyspark.sql import SparkSession

        url = f"sc://127.0.0.1:{_port()}"
        session: SparkSession = SparkSession.builder.remote(url).create()
        session.conf.set(CALL_SITES, "false")
        atexit.register(self.close)
        return session


def _port() -> int:
    """Return the port of this process's server; start it at the first call."""
    if not _servers:
        # Read by the server's logger when it starts; its default tells every session on stderr.
        os.environ.setdefault("RUST_LOG", "error")
        # A regular expression is compiled for each batch, and over the usual 8,192 rows compiling
        # may take longer than matching.
        os.environ.setdefault("SAIL_EXECUTION__BATCH_SIZE", str(BATCH_ROWS))
        from pysail.spark import SparkConnectServer

        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        _servers.append(server)
    return int(_servers[0].listening_address[1])
