"""Sail inside this process: starts in about a second and needs no Java.

The server must outlive every session: when it is collected while one is open, queries hang
for their 300 s time-out and the process neither ends nor obeys SIGTERM. So this module owns it.
"""

import atexit
import os
from typing import TYPE_CHECKING, Any

from foundation.settings import Engine as EngineName
from lakehouse.connect import ConnectEngine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_servers: list[Any] = []


class Sail(ConnectEngine):
    """The embedded engine."""

    name: EngineName = "sail"

    def _start(self) -> "SparkSession":
        from pyspark.sql import SparkSession

        url = f"sc://127.0.0.1:{_port()}"
        session: SparkSession = SparkSession.builder.remote(url).create()
        atexit.register(self.close)
        return session


def _port() -> int:
    """Return the port of this process's server; start it at the first call."""
    if not _servers:
        # Read by the server's logger when it starts; its default tells every session on stderr.
        os.environ.setdefault("RUST_LOG", "error")
        from pysail.spark import SparkConnectServer

        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        _servers.append(server)
    return int(_servers[0].listening_address[1])
