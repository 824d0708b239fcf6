"""The gold tables that this room writes: scores, and the quality of models. Append only."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa

from data_contracts.contract import DAYS_A_MONTH
from features.shapes import FeatureFrame, Record
from features.spec import is_missing
from lakehouse.commits import Commit
from models.evaluate import Interval
from models.score import Score

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

CENT = Decimal("0.01")
TIME = pa.timestamp("us", tz="UTC")
REASON = pa.struct(
    [
        ("feature", pa.string()),
        ("value", pa.string()),
        ("contribution", pa.float64()),
        ("text_es", pa.string()),
        ("text_en", pa.string()),
    ]
)
SCORE = pa.schema(
    [
        ("score_id", pa.string()),
        ("run_id", pa.string()),
        ("model", pa.string()),
        ("entity", pa.string()),
        ("person_token", pa.string()),
        ("incident_id", pa.string()),
        ("as_of_at", TIME),
        ("scored_at", TIME),
        ("task", pa.string()),
        ("probability", pa.float64()),
        ("predicted_value", pa.float64()),
        ("class_probabilities", pa.map_(pa.string(), pa.float64())),
        ("risk_class", pa.string()),
        ("reasons", pa.list_(REASON)),
        ("features_json", pa.string()),
        ("money_at_risk", pa.decimal128(18, 2)),
        ("currency", pa.string()),
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("contract_version", pa.string()),
        ("table_versions_json", pa.string()),
        ("code_version", pa.string()),
    ]
)
QUALITY = pa.schema(
    [
        ("run_id", pa.string()),
        ("model", pa.string()),
        ("trained_at", TIME),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("rows", pa.int64()),
        ("positives", pa.int64()),
        ("model_version", pa.string()),
        ("estimator", pa.string()),
        ("note", pa.string()),
    ]
)


def money_at_risk(
    probability: float | None, monthly_value: Decimal | None, horizon_days: int
) -> Decimal | None:
    """Return probability × monthly value × months of the horizon; None where one is unknown.

    >>> money_at_risk(0.5, Decimal("70.35"), 60)
    Decimal('70.35')
    """
    if probability is None or monthly_value is None:
        return None
    months = Decimal(horizon_days) / DAYS_A_MONTH
    amount = Decimal(repr(probability)) * monthly_value * months
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def score_rows(
    run_id: str, tenant: "Tenant", frame: FeatureFrame, scores: Sequence[Score], now: datetime
) -> pa.Table:
    """Return a run's rows for ``gold.score``: one an entity."""
    model, size = frame.model, len(scores)
    entities = frame.entity_ids.tolist()
    by_incident = model.entity == "incident"
    money = [
        money_at_risk(score.probability, value, model.label.horizon_days)
        if model.task == "binary"
        else None
        for score, value in zip(scores, frame.monthly_values, strict=True)
    ]
    columns: dict[str, object] = {
        "score_id": [digest(run_id, entity) for entity in entities],
        "run_id": [run_id] * size,
        "model": [model.name] * size,
        "entity": [model.entity] * size,
        "person_token": [token or None for token in frame.person_tokens.tolist()],
        "incident_id": entities if by_incident else [None] * size,
        "as_of_at": pa.array(frame.as_of.astype("datetime64[us]")).cast(pa.timestamp("us")),
        "scored_at": [now] * size,
        "task": [model.task] * size,
        "probability": [score.probability for score in scores],
        "predicted_value": [score.predicted_value for score in scores],
        "class_probabilities": [list(score.class_probabilities.items()) for score in scores],
        "risk_class": [score.risk_class for score in scores],
        "reasons": [[asdict(reason) for reason in score.reasons] for score in scores],
        "features_json": [features_json(score.features) for score in scores],
        "money_at_risk": money,
        "currency": [tenant.currency] * size,
        "model_name": [score.model_name for score in scores],
        "model_version": [score.model_version for score in scores],
        "contract_version": [score.contract_version for score in scores],
        "table_versions_json": [versions_json(frame.table_versions)] * size,
        "code_version": [score.code_version for score in scores],
    }
    return table_of(columns, SCORE)


def quality_rows(
    metrics: Mapping[str, Interval],
    same: Mapping[str, object],
) -> pa.Table:
    """Return a training's rows for ``gold.model_quality``: one a metric.

    Parameters
    ----------
    same
        The columns that are equal in every row of the training.
    """
    rows = [
        {**same, "metric": name, "value": found.value, "low": found.low, "high": found.high}
        for name, found in metrics.items()
    ]
    return pa.Table.from_pylist(rows, schema=QUALITY)


def write_quality(
    lake: "Lake", tenant: "Tenant", metrics: Mapping[str, Interval], same: Mapping[str, object]
) -> None:
    """Append a training's figures to ``gold.model_quality``, once a run (see ``quality_rows``)."""
    ref = lake.ref(tenant, "gold", "model_quality")
    lake.writer.append(ref, quality_rows(metrics, same), Commit(f"quality-{same['run_id']}"))


def features_json(record: Record) -> str:
    """Return a feature vector as JSON; what is unknown is null."""
    known = {name: None if is_missing(value) else value for name, value in record.items()}
    return json.dumps(known, ensure_ascii=False)


def versions_json(versions: Mapping[str, int]) -> str:
    """Return the versions of the tables that a run read, as JSON."""
    return json.dumps(dict(versions), sort_keys=True)


def table_of(columns: Mapping[str, object], schema: pa.Schema) -> pa.Table:
    """Return columns, as lists or arrays, in a schema's order and types."""
    return pa.table([_column(columns[field.name], field) for field in schema], schema=schema)


def _column(values: object, field: pa.Field) -> pa.Array:
    if isinstance(values, pa.Array):
        return values.cast(field.type)
    return pa.array(values, type=field.type)


def run_name(kind: str, parts: Iterable[str]) -> str:
    """Return the identifier of a run: equal where all that it depends on is equal."""
    return f"{kind}-{sha256('|'.join(parts).encode()).hexdigest()[:24]}"


def digest(*parts: str) -> str:
    """Return the identifier of a row that these parts name."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]
