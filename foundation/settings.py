"""The settings of an installation: what an operator may choose, and where everything lies."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

from foundation.texts import Language

Engine = Literal["sail", "spark"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
MIB = 1024 * 1024
BUCKET_SCHEME = "s3://"
RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 57600, 86400)
"""Twelve waits, nearly three days in all."""


@dataclass(frozen=True)
class Settings:
    """Everything that an operator may choose. Passed down, never looked up.

    Attributes
    ----------
    data_dir
        Folder of all that running writes: lake, objects, store, MLflow, Dagster. Its path has
        neither spaces nor accents.
    master_key_file
        File of the key that wraps the tenants' keys; lies outside ``data_dir``. Keep a copy
        elsewhere: without it the data cannot be read.
    store_url
        SQLAlchemy URL of the operational store: SQLite, or PostgreSQL
        (``postgresql+psycopg://…``).
    engine
        ``sail`` (embedded) or ``spark`` (through Spark Connect; needs Java).
    spark_remote
        Spark Connect address, ``sc://host:port``; ``local[2]`` starts a server in this machine.
    contract_dirs
        Folders of contracts besides ``data_contracts/``.
    upload_limit_bytes
        A larger file is refused before it is read.
    language
        Language of the command line and of tenants that have not chosen: ``es`` or ``en``.
    lake_url
        Root of tables, objects and staged files: ``s3://bucket/prefix``, or a folder; empty means
        ``data_dir``. The bucket's endpoint, region and keys are the standard AWS variables.
    history_days, layer_history_days
        For how many days older versions of tables can be read and restored, and by layer where
        it is another number: ``30,gold=7``.
    search_seconds
        How long the training of a model may search for better settings than the catalogue's; 0
        searches not at all.
    openlineage
        Who is told of runs, of all tenants: URL of an OpenLineage receiver, or a file; empty:
        nobody.
    openlineage_key_file
        File of the key that the receiver asks for.
    sql_url
        PostgreSQL server, ``postgresql://user:password@host/database``, that holds copies of gold
        for programs that speak SQL; empty: none.
    call_lost_hours
        After how many hours without an event a call that nobody ended is closed as unknown.
    outbox_days
        For how many days a change that reached the lake is still known by its event, so that one
        which comes again changes nothing.
    metrics_key_file
        File of the key that who reads the service's ``/metrics`` must show; without it nobody may.
    otlp_endpoint
        Base URL of an OpenTelemetry receiver (OTLP over HTTP, ``http://host:4318``) that is told
        of each request's spans; empty: nobody.
    limits
        Limits of plans that differ from the built-in ones, ``plan.limit=number`` by commas:
        ``starter.requests_per_minute=600,business.records_per_day=0`` (0: none). The limits are
        ``requests_per_minute``, ``burst``, ``records_per_minute``, ``records_per_day`` and
        ``at_once``.
    public_url
        Address at which clients reach the service, of the proxy that ends TLS; where it begins
        with ``https://`` answers tell browsers to use nothing else (HSTS).
    webhook_retry_seconds
        After how long a failed webhook is tried again, attempt by attempt, before it is given up.
    webhook_loopback
        ``1`` lets webhooks lead to this machine itself, without TLS and at any port: for
        development and tests alone.
    opus_kilobits
        Recordings are kept as Opus of so many kilobits a second and channel: ``opus:24``; ``off``
        keeps them as they came. The hash of the original stays in the record either way.
    transcriber
        Who makes transcripts of recordings: ``faster-whisper:FOLDER``, ``vosk:FOLDER`` or
        ``sherpa-onnx:FOLDER`` with a model's folder; or the address of an OpenAI-compatible service
        with its model, ``https://host/v1#model``: recordings leave this machine then. Empty:
        nobody; transcripts that come beside a recording are read all the same.
    transcriber_key_file
        File of the key that such a service asks for.
    media_cool_days, media_archive_days
        After how many days what came with incidents is stored in a cooler class, and in an archive.
    """

    data_dir: Path
    master_key_file: Path
    store_url: str
    engine: Engine = "sail"
    spark_remote: str = "local[2]"
    contract_dirs: tuple[Path, ...] = ()
    upload_limit_bytes: int = 16 * 1024 * MIB
    language: Language = "es"
    lake_url: str = ""
    history_days: int = 30
    layer_history_days: tuple[tuple[str, int], ...] = ()
    search_seconds: int = 0
    openlineage: str = ""
    openlineage_key_file: Path | None = None
    sql_url: str = ""
    call_lost_hours: int = 4
    outbox_days: int = 30
    metrics_key_file: Path | None = None
    otlp_endpoint: str = ""
    limits: tuple[tuple[str, int], ...] = ()
    public_url: str = ""
    webhook_retry_seconds: tuple[int, ...] = RETRY_SECONDS
    webhook_loopback: bool = False
    opus_kilobits: int = 0
    transcriber: str = ""
    transcriber_key_file: Path | None = None
    media_cool_days: int = 30
    media_archive_days: int = 365

    @classmethod
    def at(cls, data_dir: Path) -> Self:
        """Return the embedded defaults with everything under ``data_dir``."""
        data_dir = data_dir.absolute()
        return cls(
            data_dir=data_dir,
            master_key_file=data_dir.with_name(f"{data_dir.name}-keys") / "master.key",
            store_url=f"sqlite:///{data_dir / 'operations.db'}",
        )

    @property
    def tables_root(self) -> str:
        """Folder or URL of the Delta tables: ``<tables_root>/<tenant>/<layer>/<table>``."""
        return f"{self._lake_root}/lake"

    @property
    def objects_root(self) -> str:
        """Folder or URL of the encrypted objects: landing files and attachments."""
        return f"{self._lake_root}/objects"

    @property
    def staging_root(self) -> str:
        """Folder or URL of what uploads hold between two steps: ``<staging_root>/<tenant>``."""
        return f"{self._lake_root}/staging"

    @property
    def in_bucket(self) -> bool:
        """Whether tables and objects lie in S3-compatible storage."""
        return self.lake_url.startswith(BUCKET_SCHEME)

    @property
    def _lake_root(self) -> str:
        return self.lake_url or str(self.data_dir)

    @property
    def mlflow_file(self) -> Path:
        """Tracking and registry store of MLflow."""
        return self.data_dir / "mlflow" / "mlflow.db"

    @property
    def mlflow_uri(self) -> str:
        """URL of ``mlflow_file``."""
        return f"sqlite:///{self.mlflow_file}"

    @property
    def mlflow_artifacts_dir(self) -> Path:
        """Root of MLflow's artifacts."""
        return self.data_dir / "mlflow" / "artifacts"

    @property
    def dagster_home(self) -> Path:
        """Storage of the Dagster instance (runs, events, schedules)."""
        return self.data_dir / "dagster"

    @property
    def data_docs_dir(self) -> Path:
        """Root of Great Expectations' Data Docs (counts, no values): ``<tenant>/index.html``."""
        return self.data_dir / "data_docs"

    @property
    def online_dir(self) -> Path:
        """Root of the online stores, made from gold to answer at once: ``<tenant>.db``."""
        return self.data_dir / "online"

    @property
    def search_dir(self) -> Path:
        """Root of the indexes of search, made from the lake: ``<tenant>/<generation>``."""
        return self.data_dir / "search"

    @property
    def inbox_dir(self) -> Path:
        """Root of the folder sensor: ``<tenant>/<table>/<file>``, or ``<tenant>/<file>``."""
        return self.data_dir / "inbox"
