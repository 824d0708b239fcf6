"""The newest form of both stores, migrated once a process: migrations each time would add up."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from foundation.settings import Settings
from tenancy.store import Store


@cache
def blank_store() -> bytes:
    """Return the content of an upgraded, empty SQLite file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "operations.db"
        blank = Store(f"sqlite:///{file}")
        blank.upgrade()
        blank.close()
        return file.read_bytes()


@cache
def blank_mlflow_store() -> bytes:
    """Return the content of an empty store of MLflow, which takes seconds to make."""
    from models.tracking import client_of

    with TemporaryDirectory() as folder:
        settings = Settings.at(Path(folder) / "data")
        client_of(settings)
        return settings.mlflow_file.read_bytes()


def new_store(settings: Settings) -> None:
    """Make the data folder of an installation with a store in it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    (settings.data_dir / "operations.db").write_bytes(blank_store())


def new_mlflow_store(settings: Settings) -> None:
    """Lay an empty store of MLflow into an installation that will learn."""
    settings.mlflow_file.parent.mkdir(parents=True, exist_ok=True)
    settings.mlflow_file.write_bytes(blank_mlflow_store())
