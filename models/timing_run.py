"""Saying of everyone scored when it comes, exactly once: ``gold.timing``. Append only."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data_contracts.contract import Contract
from features.shapes import FeatureFrame
from foundation.clock import utc_now
from foundation.errors import NotFound
from lakehouse.commits import Commit
from models.champion import Champion
from models.compatible import is_compatible
from models.hazard import Hazard, median_days, through
from models.registry import Registry
from models.score import Score
from models.score_table import TIME, digest, table_of, versions_json
from models.threads import bounded
from models.timing import timing_name

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TIMING = pa.schema(
    [
        ("timing_id", pa.string()),
        ("run_id", pa.string()),
        ("model", pa.string()),
        ("entity", pa.string()),
        ("person_token", pa.string()),
        ("incident_id", pa.string()),
        ("as_of_at", TIME),
        ("scored_at", TIME),
        ("days", pa.list_(pa.int32())),
        ("probabilities", pa.list_(pa.float64())),
        ("median_days", pa.float64()),
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("contract_version", pa.string()),
        ("table_versions_json", pa.string()),
        ("code_version", pa.string()),
    ]
)
"""One row an entity and run: by so many ``days`` after ``as_of_at`` the outcome has come with these
``probabilities``; by ``median_days`` for half of those alike (NULL: later than the last day)."""


def score_timing(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    frame: FeatureFrame,
    scores: Sequence[Score],
    *,
    run_id: str,
) -> int:
    """Append when the outcome comes for everyone in a frame; returns how many rows were written.

    By the end of the label's horizon the chance is that of the score.

    None are where the tenant has no such model that fits its contract, or where it was asked in the
    same run before.

    Parameters
    ----------
    run_id
        The scoring's.
    """
    champion = Registry(lake.settings).find(tenant.id, timing_name(frame.model.name))
    if champion is None or not is_compatible(champion, contract, frame.model.name):
        return 0
    ref, own = lake.ref(tenant, "gold", "timing"), f"timing-{digest(run_id, champion.version)}"
    if not frame.records or lake.writer.find_commit(ref, own):
        return 0
    rows = timing_rows(own, frame, scores, champion, utc_now())
    metadata = {"model": champion.name, "model_version": champion.version}
    done = lake.writer.append(ref, rows, Commit(own, metadata))
    return 0 if done.already else rows.num_rows


def timing_rows(
    run_id: str,
    frame: FeatureFrame,
    scores: Sequence[Score],
    champion: Champion,
    now: datetime,
) -> pa.Table:
    """Return a run's rows for ``gold.timing``."""
    hazard: object = champion.pipeline
    if not isinstance(hazard, Hazard):
        raise NotFound("models.no_champion", model=champion.name)
    label, chances = frame.model.label, np.array([score.probability or 0.0 for score in scores])
    with bounded():
        plain = hazard.survival(frame.records)
    left = chances if label.is_late else 1.0 - chances
    survival = through(plain, hazard.edges, label.horizon_days, left)
    median = median_days(survival, hazard.edges)
    size, entities = len(survival), frame.entity_ids.tolist()
    by_incident = frame.model.entity == "incident"
    made = champion.provenance
    columns: dict[str, object] = {
        "timing_id": [digest(run_id, entity) for entity in entities],
        "run_id": [run_id] * size,
        "model": [frame.model.name] * size,
        "entity": [frame.model.entity] * size,
        "person_token": [token or None for token in frame.person_tokens.tolist()],
        "incident_id": entities if by_incident else [None] * size,
        "as_of_at": pa.array(frame.as_of.astype("datetime64[us]")).cast(pa.timestamp("us")),
        "scored_at": [now] * size,
        "days": [list(hazard.edges)] * size,
        "probabilities": (1.0 - survival).tolist(),
        "median_days": [None if np.isnan(one) else one for one in median.tolist()],
        "model_name": [champion.name] * size,
        "model_version": [champion.version] * size,
        "contract_version": [made.contract_version] * size,
        "table_versions_json": [versions_json(frame.table_versions)] * size,
        "code_version": [made.code_version] * size,
    }
    return table_of(columns, TIMING)
