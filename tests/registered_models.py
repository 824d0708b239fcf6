"""Models in the registry, as a training leaves them there."""

from pathlib import Path
from urllib.parse import unquote, urlparse

from features.shapes import TrainingSet
from foundation.settings import Settings
from models.artifact import Entry
from models.champion import Provenance
from models.example import synthetic_records
from models.judged import out_of_fold_table
from models.learn import Learned
from models.registry import Registered, Registry
from models.risk import resolve
from models.score import Scorer
from models.tracking import client_of
from tests.blank_store import new_mlflow_store


def registered(settings: Settings, training: TrainingSet, learned: Learned) -> Scorer:
    """Register what was learned as the tenant acme's champion, and return what scores by it."""
    rows, model = learned.rows, training.model
    binary, base_rate = model.task == "binary", learned.positives / len(rows)
    if not settings.mlflow_file.exists():
        new_mlflow_store(settings)
    registry = Registry(settings)
    entry = Entry(
        tenant_id="acme",
        model=model.name,
        pipeline=learned.pipeline,
        features=training.features,
        provenance=Provenance("1.0.0", {"customer": 3}, "0.1.0+x", "2026-01-01T00:00:00"),
        parameters={"estimator": learned.estimator},
        metrics={},
        example=synthetic_records(rows.records, dict(rows.kinds)),
        out_of_fold=out_of_fold_table(rows, training.entity_ids, learned.judged, model),
        bands=resolve(model.classes, base_rate, model.label.horizon_days) if binary else (),
    )
    registry.set_alias(registry.log(entry), "champion")
    return Scorer(registry.get("acme", model.name))


def folder_of(settings: Settings, scorer: Scorer) -> Path:
    """Return where the registered version lies."""
    champion = scorer.champion
    return artifacts_of(settings, Registered(champion.name, champion.version, champion.run_id))


def artifacts_of(settings: Settings, version: Registered) -> Path:
    """Return where a version's files lie."""
    found = client_of(settings).get_model_version(version.name, version.version)
    return Path(unquote(urlparse(str(found.source)).path))
