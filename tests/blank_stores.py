"""An installation's stores, migrated once a run and copied: migrations each time would add up."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.settings import Settings
from tests.blank_store import new_mlflow_store


@pytest.fixture(scope="session")
def blank_mlflow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty store of MLflow that tests copy."""
    settings = Settings.at(tmp_path_factory.mktemp("blank_mlflow") / "data")
    new_mlflow_store(settings)
    return settings.mlflow_file


@pytest.fixture(scope="session")
def blank_installation(blank_sqlite: Path, blank_mlflow: Path) -> Callable[[Path], Settings]:
    """Return what makes a data folder with both stores, upgraded and empty."""

    def made(folder: Path) -> Settings:
        settings = Settings.at(folder)
        settings.mlflow_file.parent.mkdir(parents=True)
        shutil.copy(blank_sqlite, folder / "operations.db")
        shutil.copy(blank_mlflow, settings.mlflow_file)
        return settings

    return made
