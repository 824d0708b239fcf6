"""The engine that transforms: Sail in this process, or Apache Spark, both through Spark Connect.

Transformations are written once against :class:`Engine`; a setting chooses. One session serves
all lakes of a process with the same settings, and lives as long as the process.
"""

from threading import Lock
from typing import TYPE_CHECKING, Protocol

from foundation.settings import Engine as EngineName
from foundation.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession


class Engine(Protocol):
    """What the rooms above may ask of an engine."""

    @property
    def name(self) -> EngineName:
        """Return ``sail`` or ``spark``."""

    @property
    def session(self) -> "SparkSession":
        """Return the shared Spark Connect session."""

    def frame(self, table: "pa.Table") -> "DataFrame":
        """Hand Arrow rows to the engine."""

    def read(self, path: str, version: int | None = None) -> "DataFrame":
        """Read a Delta table, at its newest or at a given version."""

    def arrow(self, frame: "DataFrame") -> "pa.Table":
        """Bring a frame's rows here, types in normal spelling."""

    def stream(self, frame: "DataFrame") -> "pa.RecordBatchReader":
        """Bring a frame's rows here as they are made; they can be read once."""

    def close(self) -> None:
        """End the session and its server; the next use starts them again."""


_engines: dict[tuple[str, str, bool], Engine] = {}
_lock = Lock()


def open_engine(settings: Settings) -> Engine:
    """Return the engine of this process for these settings; nothing starts before its use."""
    on_spark = settings.engine == "spark"
    remote = settings.spark_remote if on_spark else ""
    with _lock:
        key = (settings.engine, remote, on_spark and settings.in_bucket)
        if key not in _engines:
            _engines[key] = _spark(remote, settings.in_bucket) if on_spark else _sail()
        return _engines[key]


def _sail() -> Engine:
    from lakehouse.sail import Sail

    return Sail()


def _spark(remote: str, in_bucket: bool) -> Engine:
    from lakehouse.spark import Spark

    return Spark(remote, in_bucket=in_bucket)
