"""Apache Spark through Spark Connect: a server on this machine, or any remote one.

``local[2]`` starts one JVM as a child of this process, with Delta's jar from Maven Central (Ivy
keeps it in its usual folder). A classic context only hosts the Connect server in it: all work
goes through Connect, so that local and remote behave alike.
"""

import atexit
import os
import secrets
import shutil
import socket
import sys
from typing import TYPE_CHECKING

from foundation.errors import MissingPart
from foundation.settings import Engine as EngineName
from lakehouse.connect import CALL_SITES, ConnectEngine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DELTA_PACKAGE = "io.delta:delta-spark_4.2_2.13:4.4.0"
JVM_OPTIONS = (
    "-Duser.timezone=UTC",
    # On a few cores the optimising compiler and parallel collector take more than they give back:
    # a warm upload took a third less processor time without them.
    "-XX:TieredStopAtLevel=1",
    "-XX:ReservedCodeCacheSize=256m",
    "-XX:+UseSerialGC",
    "-Xms1g",
)
LOCAL_SETTINGS = {
    "spark.jars.packages": DELTA_PACKAGE,
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": " ".join(JVM_OPTIONS),
    # An upload compiles more classes than the 100 that Spark keeps: each compiled all of them anew.
    "spark.sql.codegen.cache.maxEntries": "4000",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    CALL_SITES: "false",  # a static setting: a session cannot change it
}


class Spark(ConnectEngine):
    """The distributed engine.

    Parameters
    ----------
    remote
        ``local[n]`` for a server with n threads here, or ``sc://host:port`` of one elsewhere.
    """

    name: EngineName = "spark"

    def __init__(self, remote: str) -> None:
        super().__init__()
        self._remote = remote
        self._address = ""

    @property
    def address(self) -> str:
        """Return the server's Spark Connect address, for other processes of this machine."""
        _ = self.session
        return self._address

    def _start(self) -> "SparkSession":
        from pyspark.sql import SparkSession

        local = self._remote.startswith("local")
        self._address = _start_local(self._remote) if local else self._remote
        session: SparkSession = SparkSession.builder.remote(self._address).create()
        atexit.register(self.close)
        return session


def _start_local(master: str) -> str:
    """Start the JVM with the Connect server in it and return the server's address.

    Raises
    ------
    MissingPart
        There is no Java on this machine.
    """
    if shutil.which("java") is None:
        raise MissingPart("lakehouse.no_java")
    from pyspark import SparkConf, SparkContext

    # The JVM starts Python workers by this variable, and it must be our Python.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    port, token = _free_port(), secrets.token_hex(16)
    server = {
        "spark.master": master,
        "spark.connect.grpc.binding.port": str(port),
        "spark.connect.authenticate.token": token,
    }
    conf = SparkConf().setAll([*LOCAL_SETTINGS.items(), *server.items()])
    # A process that already has a Connect session (Sail's, say) is marked as a client only, and
    # may then host no server: the mark is taken off while this one starts.
    client_mark = os.environ.pop("SPARK_CONNECT_MODE_ENABLED", None)
    try:
        SparkContext.getOrCreate(conf)
    finally:
        if client_mark is not None:
            os.environ["SPARK_CONNECT_MODE_ENABLED"] = client_mark
    return f"sc://localhost:{port}/;token={token}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
