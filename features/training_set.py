"""The room's two doors: what a model learns from, and what it scores now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data_contracts.contract import Contract, LabelKind, Model
from features.build import ENTITY, PERSON, available, build, declared
from features.catalogue import MONTHLY_VALUE
from features.consent import left_out, mark_of, without
from features.definition import Feature
from features.enough import ALONE, Floor, learnable, require_enough, title_of, too_few_rows
from features.facts import AS_OF
from features.gold import Gold, Span, read_gold, span_of
from features.label_kind import GOLD_OF_TABLE, label_kind
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
    "trial_set",
]


@dataclass(frozen=True)
class Source:
    """A tenant's gold as one model sees it."""

    gold: Gold
    span: Span
    specs: tuple[FeatureSpec, ...]
    notes: tuple[Note, ...]
    chosen: tuple[Feature, ...]


@dataclass(frozen=True)
class _Labelled:
    """Rows with features and outcomes.

    Attributes
    ----------
    rows, learnable
        All of them, and those of a class that is frequent enough.
    silent
        The persons who are left out of them.
    """

    model: Model
    source: Source
    kind: LabelKind
    rows: pa.Table
    learnable: pa.Table
    silent: frozenset[str]


def training_set(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    model_name: str,
    floor: Floor = ALONE,
) -> TrainingSet:
    """Return the rows a model learns from, as they were known at each as-of time.

    Persons whom models may not learn from are left out (``features.consent``), and so are rows of
    classes too few to be learned where others remain.

    The frame is also kept as the table ``features.<model>_training``.

    Raises
    ------
    NotEnoughData
        No such table, too few rows, or too few of an outcome; the sentence says how many it takes.
    """
    found = _labelled(lake, tenant, contract, contract.model(model_name), floor)
    name = f"{model_name}_training"
    purpose = purpose_of(found.kind, mark_of(lake, tenant, found.silent))
    gold = found.source.gold
    keep(lake, tenant, name, found.rows, gold=gold, contract=contract, purpose=purpose)
    return _training_set(found)


def trial_set(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    model_name: str,
    further: Sequence[Feature] = (),
) -> TrainingSet:
    """Return what ``training_set`` does, with further features, and write nothing.

    A feature is tried so before its line stands in a contract; one of a name that the model
    declares already is taken once.

    Raises
    ------
    NotEnoughData
        As ``training_set``.
    """
    model = contract.model(model_name)
    return _training_set(_labelled(lake, tenant, contract, model, further=further))


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
    source = open_source(lake, tenant, contract, model)
    grid = present_rows(source.gold, model, source.span)
    frame = build(source.gold, source.chosen, grid, tenant.time_zone)
    rows = lake.engine.arrow(frame).sort_by([(ENTITY, "ascending")])
    objecting = left_out(lake, tenant, contract, persons_of(rows), "profiling")
    rows, mark = without(rows, objecting), mark_of(lake, tenant, objecting)
    purpose = purpose_of("present", mark)
    keep(lake, tenant, model.name, rows, gold=source.gold, contract=contract, purpose=purpose)
    return FeatureFrame(
        model=model,
        records=to_records(rows, source.specs),
        entity_ids=strings_of(rows, ENTITY),
        person_tokens=strings_of(rows, PERSON),
        as_of=times_of(rows),
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
    return [
        spec.name for spec in open_source(lake, tenant, contract, contract.model(model_name)).specs
    ]


def persons_of(rows: pa.Table) -> list[str]:
    """Return the persons of a frame, each once."""
    persons: list[str] = rows[PERSON].drop_null().unique().to_pylist()
    return persons


def purpose_of(kind: str, mark: str) -> str:
    """Return what a kept frame is for; without other persons it is another frame."""
    return f"{kind}-without-{mark}" if mark else kind


def open_source(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    model: Model,
    further: Sequence[Feature] = (),
) -> Source:
    """Return a tenant's gold as a model sees it, with the features it declares and further ones.

    Raises
    ------
    NotEnoughData
        The tenant lacks a table that the model needs.
    """
    by_name = {f.name: f for f in (*declared(model, contract), *further)}
    chosen = tuple(by_name.values())
    gold = read_gold(lake, tenant, chosen)
    tables, time = (f"{model.entity}s", model.label.table), model.label.time_column
    span = span_of(gold, {GOLD_OF_TABLE[model.label.table]: time} if time is not None else {})
    missing = [name for name in tables if GOLD_OF_TABLE[name] not in gold]
    if missing or span is None:
        raise NotEnoughData(
            "features.no_table", model=title_of(model), table=[*missing, model.label.table][0]
        )
    specs = tuple(f.spec(contract) for f in chosen if available(f, gold))
    notes = tuple(Note(f.name, "absent") for f in chosen if not available(f, gold))
    return Source(gold, span, specs, notes, chosen)


def _labelled(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    model: Model,
    floor: Floor = ALONE,
    *,
    further: Sequence[Feature] = (),
) -> _Labelled:
    """Return the rows a model learns from, of nobody who refuses; enough of them, or an error."""
    source = open_source(lake, tenant, contract, model, further)
    kind = label_kind(lake, tenant, model.label, source.gold)
    grid = training_rows(source.gold, model, kind, source.span)
    if grid is None:
        raise too_few_rows(model, 0, floor)
    frame = build(source.gold, source.chosen, grid, tenant.time_zone)
    rows = lake.engine.arrow(frame).sort_by([(AS_OF, "ascending"), (ENTITY, "ascending")])
    silent = left_out(lake, tenant, contract, persons_of(rows), "training")
    rows = without(rows, silent)
    enough = learnable(model, rows, floor)
    require_enough(model, enough, floor)
    return _Labelled(model, source, kind, rows, enough, silent)


def _training_set(found: _Labelled) -> TrainingSet:
    model, source, rows = found.model, found.source, found.learnable
    dropped = useless(rows, source.specs)
    names = {note.feature for note in dropped}
    specs = tuple(spec for spec in source.specs if spec.name not in names)
    if not specs:
        raise NotEnoughData("features.no_features", model=title_of(model))
    return TrainingSet(
        model=model,
        label_kind=found.kind,
        records=to_records(rows, specs),
        y=_outcomes(model, rows),
        groups=groups_of(rows),
        as_of=times_of(rows),
        entity_ids=strings_of(rows, ENTITY),
        features=specs,
        table_versions=source.gold.versions,
        notes=source.notes + dropped,
        left_out=len(found.silent),
        rare_rows=found.rows.num_rows - rows.num_rows,
    )


def _outcomes(model: Model, rows: pa.Table) -> np.ndarray:
    labels = rows.column(LABEL).to_pylist()
    if model.task == "multiclass":
        return np.array(labels, dtype=np.str_)
    return np.array(labels, dtype=np.int8 if model.task == "binary" else np.float64)


def groups_of(rows: pa.Table) -> np.ndarray:
    """Return each row's person; an incident without one is a group of its own."""
    persons, entities = rows.column(PERSON).to_pylist(), rows.column(ENTITY).to_pylist()
    found = [person or entity for person, entity in zip(persons, entities, strict=True)]
    return np.array(found, dtype=np.str_)


def strings_of(rows: pa.Table, name: str) -> np.ndarray:
    """Return a column of texts, empty where there is none."""
    return np.array([value or "" for value in rows.column(name).to_pylist()], dtype=np.str_)


def times_of(rows: pa.Table) -> np.ndarray:
    """Return the as-of times, ``datetime64[us]``."""
    moments: np.ndarray = rows.column(AS_OF).to_numpy()
    return moments.astype("datetime64[us]")
