"""Registered versions as a process holds them: read once, the last ones asked for kept.

What a version holds stands in ``artifact``. Loading trusts the types of ``trusted`` there, never
what the stored model itself names.
"""

import hashlib
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from foundation.settings import MIB, Settings
from lakehouse.lineage import note_used
from models.artifact import MODEL_FILE, trusted
from models.champion import Champion, from_metadata
from models.installed import needing
from models.tracking import client_of

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

MODEL_SHA256 = "model_sha256"
"""Tag of a run: what its model's file was when it was registered."""
KEPT_BYTES = 512 * MIB
"""Size of the files whose versions a process keeps loaded, the last asked for: a small company's
model takes a quarter of a megabyte, one of tens of thousands of texts a hundred and more. What a
service keeps of the champions, however seldom they are asked for, ``live`` bounds."""

_loaded: "OrderedDict[tuple[str, str, str], Champion]" = OrderedDict()
_lock = Lock()


def loaded(settings: Settings, found: "ModelVersion") -> Champion:
    """Return a version, read from its files the first time that it is asked for."""
    _, tenant_id, model = found.name.split(".")
    note_used(tenant_id, f"model.{model}", str(found.version))
    key = (settings.mlflow_uri, found.name, str(found.version))
    with _lock:
        if key in _loaded:
            _loaded.move_to_end(key)
            return _loaded[key]
        _loaded[key] = _read(settings, found)
        while len(_loaded) > 1 and sum(c.file_bytes for c in _loaded.values()) > KEPT_BYTES:
            _loaded.popitem(last=False)
        return _loaded[key]


def is_there(run: "Run") -> bool:
    """Say whether the file of a run's model still stands."""
    return _file_of(run).exists()


def is_as_registered(run: "Run") -> bool:
    """Say whether the file of a run's model is the one that was registered."""
    return run.data.tags.get(MODEL_SHA256) in (None, digest(_file_of(run)))


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def local_copy(uri: str, path: str = "") -> Path:
    """Return where an artefact lies here: itself where it is local, else a copy."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    repository: Any = get_artifact_repository(uri)
    return Path(repository.download_artifacts(path))


def _file_of(run: "Run") -> Path:
    return Path(unquote(urlparse(f"{run.info.artifact_uri}/model").path)) / MODEL_FILE


def _read(settings: Settings, found: "ModelVersion") -> Champion:
    from mlflow.models import Model
    from skops.io import load

    folder = local_copy(str(found.source))
    features, provenance, bands = from_metadata(Model.load(str(folder)).metadata or {})
    run_id = str(found.run_id)
    run = client_of(settings).get_run(run_id)
    with needing(provenance.packages):
        pipeline = load(folder / MODEL_FILE, trusted=trusted())
    return Champion(
        name=found.name,
        version=str(found.version),
        pipeline=pipeline,
        features=features,
        provenance=provenance,
        bands=bands,
        run_id=run_id,
        estimator=run.data.params.get("estimator", ""),
        metrics=dict(run.data.metrics),
        file_bytes=(folder / MODEL_FILE).stat().st_size,
    )
