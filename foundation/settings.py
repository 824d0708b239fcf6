"""The settings of an installation, read once from the environment at an entry point."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from foundation.texts import Language

Engine = Literal["sail", "spark"]
MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Everything that an operator may choose. Passed down, never looked up.

    Attributes
    ----------
    data_dir
        Folder of all that running writes: lake, objects, store, MLflow, Dagster.
    master_key_file
        File of the key that wraps the tenants' keys; lies outside ``data_dir``.
    store_url
        SQLAlchemy URL of the operational store.
    engine
        ``sail`` (embedded) or ``spark`` (through Spark Connect).
    spark_remote
        Spark Connect address; ``local[2]`` starts a server in this machine.
    contract_dirs
        Folders of contracts besides ``data_contracts/``.
    upload_limit_bytes
        A larger file is refused before it is read.
    language
        Language of the command line and of tenants that have not chosen.
    """

    data_dir: Path
    master_key_file: Path
    store_url: str
    engine: Engine = "sail"
    spark_remote: str = "local[2]"
    contract_dirs: tuple[Path, ...] = ()
    upload_limit_bytes: int = 2048 * MIB
    language: Language = "es"

    @classmethod
    def at(cls, data_dir: Path) -> Self:
        """Return the embedded defaults with everything under ``data_dir``."""
        data_dir = data_dir.absolute()
        return cls(
            data_dir=data_dir,
            master_key_file=data_dir.with_name(f"{data_dir.name}-keys") / "master.key",
            store_url=f"sqlite:///{data_dir / 'operations.db'}",
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read ``ABCALL_*`` variables; what is not set keeps its default."""
        env = os.environ if environment is None else environment
        defaults = cls.at(Path(env.get("ABCALL_DATA", ".abcall")))
        return replace(
            defaults,
            master_key_file=Path(env.get("ABCALL_MASTER_KEY_FILE", defaults.master_key_file)),
            store_url=env.get("ABCALL_STORE_URL", defaults.store_url),
            engine="spark" if env.get("ABCALL_ENGINE") == "spark" else "sail",
            spark_remote=env.get("ABCALL_SPARK_REMOTE", defaults.spark_remote),
            contract_dirs=tuple(
                Path(p) for p in env.get("ABCALL_CONTRACTS", "").split(os.pathsep) if p
            ),
            upload_limit_bytes=int(
                env.get("ABCALL_UPLOAD_LIMIT_BYTES", defaults.upload_limit_bytes)
            ),
            language="en" if env.get("ABCALL_LANGUAGE") == "en" else "es",
        )

    @property
    def lake_dir(self) -> Path:
        """Root of the Delta tables: ``<lake_dir>/<tenant>/<layer>/<table>``."""
        return self.data_dir / "lake"

    @property
    def objects_dir(self) -> Path:
        """Root of the encrypted objects: landing files and attachments."""
        return self.data_dir / "objects"

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
    def inbox_dir(self) -> Path:
        """Root of the folder sensor: ``<tenant>/<table>/<file>``."""
        return self.data_dir / "inbox"
