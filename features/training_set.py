"""The room's two doors: what a model learns from, and what it scores now."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data_contracts.contract import Contract, LabelKind, Model
from features.build import ENTITY, PERSON, available, build, declared
from features.catalogue import MONTHLY_VALUE
from features.consent import left_out, mark_of, without
from features.facts import AS_OF
from features.gold import Gold, Span, read_gold, span_of
from features.label_kind import label_kind
from features.labels import LABEL, present_rows, training_rows
from features.records import to_records, useless
from features.shapes import FeatureFrame, Note, Record, TrainingSet
from features.spec import FeatureSpec
from features.storage import keep
from foundation.errors import NotEnoughData
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

__all__ = [
    "FeatureFrame",
    "Note",
    "Record",
    "TrainingSet",
    "current_entities",
    "feature_names",
    "training_set",
]

FEWEST_ROWS = 100
FEWEST_OF_AN_OUTCOME = 20
GOLD_OF = {"customer": "customer", "incident": "incident"}


@dataclass(frozen=True)
class _Source:
    """A tenant's gold as one model sees it."""

    gold: Gold
    span: Span
    specs: tuple[FeatureSpec, ...]
    notes: tuple[Note, ...]


def training_set(lake: "Lake", tenant: Tenant, contract: Contract, model_name: str) -> TrainingSet:
    """Return the rows a model learns from, as they were known at each as-of time.

    Persons whom models may not learn from are left out (``features.consent``).

    The frame is also kept as the table ``features.<model>_training``.

    Raises
    ------
    NotEnoughData
        No such table, too few rows, or too few of an outcome; the sentence says how many it takes.
    """
    model = contract.model(model_name)
    source = _open(lake, tenant, contract, model)
    kind = label_kind(lake, tenant, model.label, source.gold)
    grid = training_rows(source.gold, model, kind, source.span)
    if grid is None:
        raise _too_few_rows(model, 0)
    frame = build(source.gold, declared(model, contract), grid, tenant.time_zone)
    rows = lake.engine.arrow(frame).sort_by([(AS_OF, "ascending"), (ENTITY, "ascending")])
    silent = left_out(lake, tenant, contract, _persons(rows), "training")
    rows = without(rows, silent)
    _require_enough(model, rows)
    name, purpose = f"{model.name}_training", _purpose(kind, mark_of(lake, tenant, silent))
    keep(lake, tenant, name, rows, gold=source.gold, contract=contract, purpose=purpose)
    return replace(_training_set(model, kind, source, rows), left_out=len(silent))


def current_entities(
    lake: "Lake", tenant: Tenant, contract: Contract, model_name: str
) -> FeatureFrame:
    """Return the entities to score now with their features; it may be empty.

    Active customers at the latest moment the data speak of; incidents without an outcome that are
    open or recent, as of their opening; nobody who objects. Also kept as ``features.<model>``.

    Raises
    ------
    NotEnoughData
        The tenant has no gold table of the entity.
    """
    model = contract.model(model_name)
    source = _open(lake, tenant, contract, model)
    grid = present_rows(source.gold, model, source.span)
    frame = build(source.gold, declared(model, contract), grid, tenant.time_zone)
    rows = lake.engine.arrow(frame).sort_by([(ENTITY, "ascending")])
    objecting = left_out(lake, tenant, contract, _persons(rows), "profiling")
    rows, mark = without(rows, objecting), mark_of(lake, tenant, objecting)
    purpose = _purpose("present", mark)
    keep(lake, tenant, model.name, rows, gold=source.gold, contract=contract, purpose=purpose)
    return FeatureFrame(
        model=model,
        records=to_records(rows, source.specs),
        entity_ids=_strings(rows, ENTITY),
        person_tokens=_strings(rows, PERSON),
        as_of=_times(rows),
        monthly_values=tuple(rows.column(MONTHLY_VALUE).to_pylist()),
        features=source.specs,
        table_versions=source.gold.versions,
        left_out=len(objecting),
        left_out_mark=mark,
    )


def feature_names(lake: "Lake", tenant: Tenant, contract: Contract, model_name: str) -> list[str]:
    """Return the features that the tenant's tables allow a model to learn from.

    Raises
    ------
    NotEnoughData
        The tenant has no gold table of the entity.
    """
    return [spec.name for spec in _open(lake, tenant, contract, contract.model(model_name)).specs]


def _persons(rows: pa.Table) -> list[str]:
    persons: list[str] = rows[PERSON].drop_null().unique().to_pylist()
    return persons


def _purpose(kind: str, mark: str) -> str:
    """Return what a kept frame is for; without other persons it is another frame."""
    return f"{kind}-without-{mark}" if mark else kind


def _open(lake: "Lake", tenant: Tenant, contract: Contract, model: Model) -> _Source:
    gold = read_gold(lake, tenant)
    entity, time = GOLD_OF[model.entity], model.label.time_column
    span = span_of(gold, {entity: time} if time is not None else {})
    if entity not in gold or span is None:
        raise NotEnoughData(
            "features.no_table", model=_title(model), table=contract.table(model.label.table).name
        )
    chosen = declared(model, contract)
    specs = tuple(f.spec(contract) for f in chosen if available(f, gold))
    notes = tuple(Note(f.name, "absent") for f in chosen if not available(f, gold))
    return _Source(gold, span, specs, notes)


def _training_set(model: Model, kind: LabelKind, source: _Source, rows: pa.Table) -> TrainingSet:
    dropped = useless(rows, source.specs)
    names = {note.feature for note in dropped}
    specs = tuple(spec for spec in source.specs if spec.name not in names)
    if not specs:
        raise NotEnoughData("features.no_features", model=_title(model))
    return TrainingSet(
        model=model,
        label_kind=kind,
        records=to_records(rows, specs),
        y=_outcomes(model, rows),
        groups=_groups(rows),
        as_of=_times(rows),
        entity_ids=_strings(rows, ENTITY),
        features=specs,
        table_versions=source.gold.versions,
        notes=source.notes + dropped,
    )


def _outcomes(model: Model, rows: pa.Table) -> np.ndarray:
    labels = rows.column(LABEL).to_pylist()
    if model.task == "multiclass":
        return np.array(labels, dtype=np.str_)
    return np.array(labels, dtype=np.int8 if model.task == "binary" else np.float64)


def _groups(rows: pa.Table) -> np.ndarray:
    """Return each row's person; an incident without one is a group of its own."""
    persons, entities = rows.column(PERSON).to_pylist(), rows.column(ENTITY).to_pylist()
    found = [person or entity for person, entity in zip(persons, entities, strict=True)]
    return np.array(found, dtype=np.str_)


def _strings(rows: pa.Table, name: str) -> np.ndarray:
    return np.array([value or "" for value in rows.column(name).to_pylist()], dtype=np.str_)


def _times(rows: pa.Table) -> np.ndarray:
    moments: np.ndarray = rows.column(AS_OF).to_numpy()
    return moments.astype("datetime64[us]")


def _require_enough(model: Model, rows: pa.Table) -> None:
    if rows.num_rows < FEWEST_ROWS:
        raise _too_few_rows(model, rows.num_rows)
    if model.task == "number":
        return
    outcomes = Counter(rows.column(LABEL).to_pylist())
    rarest = min(outcomes.values()) if len(outcomes) > 1 else 0
    if rarest < FEWEST_OF_AN_OUTCOME:
        raise NotEnoughData(
            "features.too_few_outcomes",
            model=_title(model),
            needed=FEWEST_OF_AN_OUTCOME,
            found=rarest,
        )


def _too_few_rows(model: Model, found: int) -> NotEnoughData:
    return NotEnoughData(
        "features.too_few_rows", model=_title(model), needed=FEWEST_ROWS, found=found
    )


def _title(model: Model) -> str:
    return model.title["es"]
