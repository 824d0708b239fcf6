"""What MLflow keeps of a person, and of a tenant, and how it goes.

Of a person: the rows that a version was judged on, hashed.

A version's pipeline holds no row: categories and n-grams of ten persons or more, and weights. So it
stays; the next training learns without the person.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from models.artifact import OUT_OF_FOLD
from models.judged import hashed
from models.registry import experiment_name
from models.tracking import client_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from foundation.settings import Settings


def forget_judged(settings: "Settings", tenant_id: str, persons: "Collection[str]") -> int:
    """Delete a person's out-of-fold rows from every run of a tenant; returns how many there were.

    Parameters
    ----------
    persons
        The person's tokens.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted, gone = pa.array([hashed(one) for one in persons], pa.string()), 0
    for path in _judged(settings, tenant_id):
        rows = pq.read_table(path)
        kept = rows.filter(pc.invert(pc.is_in(rows["person"], wanted)))
        if kept.num_rows < rows.num_rows:
            aside = path.with_suffix(".aside")
            pq.write_table(kept, aside)
            aside.replace(path)
            gone += rows.num_rows - kept.num_rows
    return gone


def _judged(settings: "Settings", tenant_id: str) -> list[Path]:
    """Return the files of out-of-fold rows of a tenant's runs."""
    if not settings.mlflow_file.exists():
        return []
    client = client_of(settings)
    experiment = client.get_experiment_by_name(experiment_name(tenant_id))
    if experiment is None:
        return []
    folder = Path(unquote(urlparse(experiment.artifact_location).path))
    return sorted(folder.rglob(OUT_OF_FOLD))


def forget_models(settings: "Settings", tenant_id: str) -> int:
    """Delete a tenant's registered models, runs and artefacts; returns how many files there were.

    MLflow's own rows of the runs are marked deleted; they hold figures and settings alone.
    """
    if not settings.mlflow_file.exists():
        return 0
    client = client_of(settings)
    prefix = f"{experiment_name(tenant_id)}."
    for model in client.search_registered_models(filter_string=f"name LIKE '{prefix}%'"):
        client.delete_registered_model(model.name)
    experiment = client.get_experiment_by_name(experiment_name(tenant_id))
    if experiment is not None and experiment.lifecycle_stage == "active":
        for run in client.search_runs([experiment.experiment_id]):
            client.delete_run(run.info.run_id)
        client.delete_experiment(experiment.experiment_id)
    folder = settings.mlflow_artifacts_dir / tenant_id
    files = sum(path.is_file() for path in folder.rglob("*"))
    shutil.rmtree(folder, ignore_errors=True)
    return files
