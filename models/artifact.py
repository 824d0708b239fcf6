"""What one training leaves on disk, in MLflow's own layout: the model, an example, its predictions.

The model is kept as skops, not as a pickle: loading runs no code but that of the types in
``TRUSTED``. XGBoost's booster, which skops does not know, is kept as XGBoost's own JSON (see
``Boosted``), so nothing else need be trusted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

from models.catalogue import families
from models.champion import Provenance, to_metadata

if TYPE_CHECKING:
    import pyarrow as pa
    from mlflow.models import ModelSignature

    from features.spec import FeatureSpec
    from models.hazard import Hazard
    from models.offer_model import OfferModel
    from models.photo_model import PhotoModel
    from models.pipeline import RecordPipeline
    from models.risk import RiskBand
    from models.text_model import TextModel

TRUSTED = [
    "ingestion.extractors.images.classifier.PhotoClassifier",
    "models.adapted.Adapted",
    "models.bands.Bands",
    "models.boosted.Boosted",
    "models.calibration.Sigmoid",
    "models.columns.CategoryColumn",
    "models.columns.NumericColumn",
    "models.doubly_robust.Effect",
    "models.encoder.RecordEncoder",
    "models.evaluate.Interval",
    "models.hazard.Hazard",
    "models.heterogeneity.ArmEffect",
    "models.heterogeneity.Part",
    "models.heterogeneity.Reading",
    "models.intents.IntentClassifier",
    "models.linear.Linear",
    "models.network.Network",
    "models.offer_model.OfferModel",
    "models.outcome.Outcome",
    "models.photo_model.PhotoModel",
    "models.pipeline.RecordPipeline",
    "models.propensity.Overlap",
    "models.recipe.Member",
    "models.recipe.Recipe",
    "models.signals.Correction",
    "models.text.CharTfidf",
    "models.text_model.TextModel",
    "models.uplift.UpliftLearner",
    "models.urgency.UrgencyClassifier",
    "models.words.WordTfidf",
]


def trusted() -> list[str]:
    """Return the types that loading a model may make: ours, and installed packages' estimators."""
    installed = (family.estimator for family in families().values())
    return [*TRUSTED, *(f"{one.__module__}.{one.__qualname__}" for one in installed)]


REQUIREMENTS = ("mlflow", "numpy", "scikit-learn", "scipy", "skops", "xgboost-cpu")
"""Stated, because MLflow would take many seconds to find them out. Our own package is none of them:
no index has it, and an installer would run whatever somebody puts there under its name."""
MODEL_FILE = "model.skops"
OUT_OF_FOLD = "out_of_fold.parquet"


@dataclass(frozen=True)
class Entry:
    """What one training leaves in MLflow.

    Attributes
    ----------
    example
        Synthetic records: never a real row.
    bands
        Where the classes of risk begin; empty for tasks other than yes or no.
    out_of_fold
        Hashed row identifiers, outcomes and margins, to compare a challenger on the same rows.
    """

    tenant_id: str
    model: str
    pipeline: "RecordPipeline | OfferModel | Hazard | TextModel | PhotoModel"
    features: "tuple[FeatureSpec, ...]"
    provenance: Provenance
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    example: list[dict[str, object]]
    out_of_fold: "pa.Table"
    bands: "tuple[RiskBand, ...]" = ()


def write_model(folder: Path, entry: Entry) -> None:
    """Write the model in MLflow's own layout, and beside it what a comparison needs."""
    import mlflow.sklearn
    import pandas as pd
    import pyarrow.parquet as pq

    example = pd.DataFrame(entry.example)
    mlflow.sklearn.save_model(
        entry.pipeline,
        str(folder / "model"),
        serialization_format="skops",
        skops_trusted_types=trusted(),
        signature=_signature(entry),
        input_example=example,
        pip_requirements=[f"{name}=={version_of(name)}" for name in REQUIREMENTS],
        pyfunc_predict_fn="predict" if entry.pipeline.task == "number" else "predict_proba",
        metadata=to_metadata(entry.features, entry.provenance, entry.bands),
    )
    pq.write_table(entry.out_of_fold, folder / OUT_OF_FOLD)


def _signature(entry: Entry) -> "ModelSignature":
    import numpy as np
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema, TensorSpec

    columns: list[ColSpec | TensorSpec] = [
        ColSpec(
            DataType.double if feature.type == "numeric" else DataType.string,
            feature.name,
            required=False,
        )
        for feature in entry.features
    ]
    return ModelSignature(Schema(columns), Schema([TensorSpec(np.dtype("float64"), _width(entry))]))


def _width(entry: Entry) -> tuple[int, ...]:
    outputs = entry.pipeline.outputs
    return (-1,) if outputs is None else (-1, outputs)
