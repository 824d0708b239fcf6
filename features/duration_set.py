"""What a model of times learns from: how long until an outcome, or for how long it did not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_contracts.contract import Contract, Model
from features.build import ENTITY, build, declared
from features.consent import left_out, mark_of, without
from features.enough import title_of
from features.facts import AS_OF
from features.gold import Gold, Span
from features.incident_labels import lasting_incidents
from features.label_kind import label_kind
from features.labels import active_customers
from features.moments import training_moments
from features.outcomes import DAYS, ENDED, with_durations
from features.records import to_records, useless
from features.shapes import Record
from features.spec import FeatureSpec
from features.storage import keep
from features.training_set import (
    groups_of,
    open_source,
    persons_of,
    purpose_of,
    strings_of,
    times_of,
)
from foundation.errors import NotEnoughData
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake

MOST_ROWS, MOST_MOMENTS = 10_000, 6
"""More rows, or moments of one customer, would make a training slow and change little."""
FOLLOWED_DAYS = 30
"""A moment with less time after it says nothing of when."""


@dataclass(frozen=True)
class DurationSet:
    """Entities at moments with what came after; every field is in the same row order (as-of).

    Attributes
    ----------
    days
        From the as-of time to the outcome, or to the last news of the entity.
    happened
        Whether it ended with the outcome; else it is censored.
    groups, as_of, entity_ids, table_versions, left_out
        As in ``TrainingSet``.
    """

    model: Model
    records: list[Record]
    days: NDArray[np.float64]
    happened: NDArray[np.bool_]
    groups: NDArray[np.str_]
    as_of: NDArray[np.datetime64]
    entity_ids: NDArray[np.str_]
    features: tuple[FeatureSpec, ...]
    table_versions: dict[str, int]
    left_out: int = 0


def duration_set(
    lake: "Lake", tenant: Tenant, contract: Contract, model_name: str
) -> DurationSet | None:
    """Return the times of what a model predicts; None where the tenant does not date it.

    Customers are looked at in some months, incidents once, when they were opened. Persons whom
    models may not learn from are left out. The frame is also kept as ``features.<model>_timing``.

    Raises
    ------
    NotEnoughData
        The tenant lacks a table, or its data are too short.
    """
    model = contract.model(model_name)
    source = open_source(lake, tenant, contract, model)
    kind = label_kind(lake, tenant, model.label, source.gold)
    if kind == "column" or (model.entity == "incident" and not model.label.is_late):
        return None
    grid = _grid(source.gold, model, source.span)
    if grid is None:
        raise NotEnoughData("features.too_short", model=title_of(model), days=FOLLOWED_DAYS)
    frame = build(source.gold, declared(model, contract), grid, tenant.time_zone)
    rows = lake.engine.arrow(frame).sort_by([(AS_OF, "ascending"), (ENTITY, "ascending")])
    silent = left_out(lake, tenant, contract, persons_of(rows), "training")
    rows = _some(without(rows, silent))
    name, purpose = f"{model.name}_timing", purpose_of(kind, mark_of(lake, tenant, silent))
    keep(lake, tenant, name, rows, gold=source.gold, contract=contract, purpose=purpose)
    specs = _telling(rows, source.specs)
    return DurationSet(
        model=model,
        records=to_records(rows, specs),
        days=rows.column(DAYS).to_numpy(),
        happened=np.array(rows.column(ENDED).to_pylist(), dtype=np.bool_),
        groups=groups_of(rows),
        as_of=times_of(rows),
        entity_ids=strings_of(rows, ENTITY),
        features=specs,
        table_versions=source.gold.versions,
        left_out=len(silent),
    )


def _grid(gold: Gold, model: Model, span: Span) -> "DataFrame | None":
    if model.entity == "incident":
        return lasting_incidents(gold, model.label, span, MOST_ROWS)
    moments = training_moments(span, FOLLOWED_DAYS)
    if not moments:
        return None
    step = -(-len(moments) // MOST_MOMENTS)
    rows = active_customers(gold, model, moments[::-step])
    return with_durations(gold, model.label, rows, span)


def _telling(rows: pa.Table, specs: Sequence[FeatureSpec]) -> tuple[FeatureSpec, ...]:
    """Return the features that tell these rows apart."""
    # How many values are too many was decided on all rows, by who says what may be learned from.
    dull = {note.feature for note in useless(rows, specs) if note.reason != "too_many_values"}
    return tuple(spec for spec in specs if spec.name not in dull)


def _some(rows: pa.Table) -> pa.Table:
    """Return at most ``MOST_ROWS`` rows, those of as many whole persons."""
    if rows.num_rows <= MOST_ROWS:
        return rows
    persons, member = np.unique(groups_of(rows), return_inverse=True)
    turn = np.random.default_rng(0).permutation(len(persons))[member]
    return rows.take(np.sort(np.argsort(turn, kind="stable")[:MOST_ROWS]))
