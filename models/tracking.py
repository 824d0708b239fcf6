"""MLflow's store, made whole or not at all.

MLflow makes its tables by some dozens of migrations at first use. A process that is killed between
two of them leaves a store that no later one can open; so it is made aside and then put in place.
"""

import logging
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from foundation.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient


def client_of(settings: Settings) -> "MlflowClient":
    """Return a client of the tracking store and registry, made where there is none yet."""
    from mlflow import MlflowClient

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    settings.mlflow_artifacts_dir.mkdir(parents=True, exist_ok=True)
    if not settings.mlflow_file.exists():
        _make(settings.mlflow_file)
    return MlflowClient(tracking_uri=settings.mlflow_uri)


def experiment_at(client: "MlflowClient", name: str, folder: Path) -> str:
    """Return the id of an experiment, made with its artefacts in a folder where there is none."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(name, artifact_location=folder.as_uri()))


def _make(file: Path) -> None:
    """Make the store beside its place; of two processes that do so, the first one's stays."""
    from mlflow import MlflowClient

    with TemporaryDirectory(prefix=".new-", dir=file.parent) as aside:
        new = Path(aside) / file.name
        MlflowClient(tracking_uri=f"sqlite:///{new}").search_experiments(max_results=1)
        try:
            os.link(new, file)
        except FileExistsError:
            return
