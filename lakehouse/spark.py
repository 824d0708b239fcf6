"""Apache Spark through Spark Connect: a server on this machine, or any remote one.

``local[2]`` starts one JVM as a child of this process, with Delta's jar from Maven Central (Ivy
keeps it in its usual folder). A classic context only hosts the Connect server in it: all work
goes through Connect, so that local and remote behave alike.
"""

import atexit
import os
import secrets
import shutil
import sys
from typing import TYPE_CHECKING

from foundation.errors import MissingPart
from foundation.ports import free_port
from foundation.settings import Engine as EngineName
from lakehouse.bucket import endpoint_of_environment
from lakehouse.connect import CALL_SITES, ConnectEngine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DELTA_PACKAGE = "io.delta:delta-spark_4.2_2.13:4.4.0"
HADOOP_AWS = "org.apache.hadoop:hadoop-aws:3.5.0"
AWS_SDK = "2.35.4"
"""The version that this hadoop-aws was made with: Hadoop's own is that of Spark 4.2."""

BUCKET_PACKAGES = (
    HADOOP_AWS,
    *(
        f"software.amazon.awssdk:{module}:{AWS_SDK}"
        for module in ("s3", "s3-transfer-manager", "sts", "apache-client")
    ),
)
EXCLUDED = (
    # All of the SDK in one jar of 600 MB, of which these four modules are 5; Spark has Hadoop.
    "software.amazon.awssdk:bundle",
    "org.apache.hadoop:hadoop-client-api",
    "org.apache.hadoop:hadoop-client-runtime",
)
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
        ``local[n]`` for a server with n threads here, or ``sc://host:port`` of one elsewhere,
        which must know its bucket by itself.
    in_bucket
        The tables lie in S3-compatible storage: a server here reads it by the environment.
    """

    name: EngineName = "spark"

    def __init__(self, remote: str, *, in_bucket: bool = False) -> None:
        super().__init__()
        self._remote = remote
        self._in_bucket = in_bucket
        self._address = ""

    @property
    def address(self) -> str:
        """Return the server's Spark Connect address, for other processes of this machine."""
        _ = self.session
        return self._address

    def _start(self) -> "SparkSession":
        from pyspark.sql import SparkSession

        local = self._remote.startswith("local")
        self._address = _start_local(self._remote, self._in_bucket) if local else self._remote
        session: SparkSession = SparkSession.builder.remote(self._address).create()
        atexit.register(self.close)
        return session


def _start_local(master: str, in_bucket: bool) -> str:
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
    port, token = free_port(), secrets.token_hex(16)
    server = {
        "spark.master": master,
        "spark.connect.grpc.binding.port": str(port),
        "spark.connect.authenticate.token": token,
    }
    storage = _bucket_settings() if in_bucket else {}
    conf = SparkConf().setAll([*LOCAL_SETTINGS.items(), *server.items(), *storage.items()])
    # A process that already has a Connect session (Sail's, say) is marked as a client only, and
    # may then host no server: the mark is taken off while this one starts.
    client_mark = os.environ.pop("SPARK_CONNECT_MODE_ENABLED", None)
    try:
        SparkContext.getOrCreate(conf)
    finally:
        if client_mark is not None:
            os.environ["SPARK_CONNECT_MODE_ENABLED"] = client_mark
    return f"sc://localhost:{port}/;token={token}"


def _bucket_settings() -> dict[str, str]:
    """Return what lets Hadoop's S3 client find what delta-rs finds by the same variables.

    Delta's log is written by one driver at a time: the table's lease sees to that.
    """
    endpoint = endpoint_of_environment()
    found = {
        "spark.jars.packages": ",".join((DELTA_PACKAGE, *BUCKET_PACKAGES)),
        "spark.jars.excludes": ",".join(EXCLUDED),
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.delta.logStore.s3.impl": "io.delta.storage.S3SingleDriverLogStore",
        "spark.hadoop.fs.s3a.input.stream.type": "classic",
        "spark.hadoop.fs.s3a.endpoint.region": os.environ.get("AWS_REGION", "us-east-1"),
        "spark.hadoop.fs.s3a.aws.credentials.provider": (
            "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider"
        ),
    }
    if endpoint is not None:
        found |= {
            "spark.hadoop.fs.s3a.endpoint": endpoint,
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": str(endpoint.startswith("https")).lower(),
        }
    return found
