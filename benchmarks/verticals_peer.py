"""A champion's out-of-fold predictions beside a tuned XGBoost on the same folds of the raw file.

The folds are those of the training, made anew from the same rows; a row of the file is found by
the number that silver keeps of it. Each of the two is tuned within the rows that learn, alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from benchmarks.models_peers import boosted
from benchmarks.real_tables import rows_of, whole
from benchmarks.verticals_journey import TABLE, Travelled, contract_of, tenant_in
from features.shapes import TrainingSet
from features.training_set import training_set
from lakehouse.lake import Lake
from models.arrays import Floats, Ints
from models.evaluate import Interval, Metric, difference_with_interval, multiclass_metrics
from models.folds import Fold, outer_folds
from models.judged import lists_of, row_id
from models.pipeline import probabilities_of
from models.ranking import auc_of_draws
from models.registry import Registry
from models.rows import Rows
from models.threads import bounded

CHOSEN = {"binary": "AUC", "multiclass": "macro-F1"}


@dataclass(frozen=True)
class Beside:
    """Ours and the peer's figure on the rows that both were asked about.

    Attributes
    ----------
    metric
        ``AUC`` or ``macro-F1``.
    difference
        Ours less the peer's, with its paired interval.
    rows, folds
        Rows that were judged, in how many folds.
    """

    metric: str
    ours: float
    peer: float
    difference: Interval
    rows: int
    folds: int


def beside(travelled: Travelled, most_folds: int) -> Beside:
    """Ask tuned XGBoost about the rows of a champion's folds, the first ones at most.

    Nothing that it says is kept for another run: the order of the rows follows from the tenant's
    key, and with it the folds.
    """
    trip = travelled.trip
    with Lake.open(travelled.settings) as lake:
        tenant = tenant_in(lake)
        training = training_set(lake, tenant, contract_of(travelled), trip.model)
        registry = Registry(travelled.settings)
        run_id = registry.get(tenant.id, trip.model).run_id
        margins = _margins(training, registry.out_of_fold(tenant.id, run_id))
        silver = lake.arrow(lake.ref(tenant, "silver", TABLE), ["person_token", "row_number"])
    rows = Rows.of(training)
    raw = _raw(travelled, rows, _places(training, silver))
    folds = outer_folds(rows, 0).folds[:most_folds]
    said = _asked(raw, folds)
    judged = np.concatenate([held_out for _, held_out in folds])
    return _compared(rows.take(judged), margins[judged], said[judged], len(folds))


def _margins(training: TrainingSet, kept: pa.Table) -> Floats:
    """Return the champion's margins in the rows' order, NaN where a row was not judged."""
    place = {name: at for at, name in enumerate(kept["row"].to_pylist())}
    known = lists_of(kept, "margins")
    pairs = zip(training.entity_ids, training.as_of, strict=True)
    at = [place.get(row_id(entity, moment)) for entity, moment in pairs]
    nothing = np.full(known.shape[1], np.nan)
    return np.array([nothing if one is None else known[one] for one in at])


def _places(training: TrainingSet, silver: pa.Table) -> Ints:
    """Return at which place of the file each row stands, from 0."""
    pairs = (silver[name].to_pylist() for name in ("person_token", "row_number"))
    number = dict(zip(*pairs, strict=True))
    return np.array([number[entity] - 1 for entity in training.entity_ids], dtype=np.int64)


def _raw(travelled: Travelled, rows: Rows, places: Ints) -> Rows:
    """Return the rows as the file has them, without the outcome."""
    columns, trip = whole(travelled.file), travelled.trip
    _require_same([str(columns[trip.label][at]) for at in places], rows.codes)
    apart = (trip.label, *trip.late)
    chosen = {n: [values[at] for at in places] for n, values in columns.items() if n not in apart}
    return replace(rows_of(chosen, rows.codes), task=rows.task, classes=rows.classes)


def _require_same(written: Sequence[str], codes: Floats) -> None:
    """Raise where a writing of the outcome goes with two codes: then rows were mistaken."""
    if len({*zip(written, codes.tolist(), strict=True)}) != len({*written}):
        raise AssertionError("rows of the file and of the training set are not the same")


def _asked(raw: Rows, folds: Sequence[Fold]) -> Floats:
    """Return the peer's probabilities of every class, NaN where it was not asked."""
    found = np.full((len(raw), len(raw.classes)), np.nan)
    for learn, held_out in folds:
        with bounded():
            said = boosted(raw.take(learn), raw.take(held_out))
        found[held_out] = np.column_stack([1 - said, said]) if said.ndim == 1 else said
    return found


def _compared(rows: Rows, margins: Floats, peers: Floats, folds: int) -> Beside:
    ours, theirs = (_metric(rows, one) for one in (probabilities_of(margins), peers))
    everyone = np.ones((1, len(rows)))
    return Beside(
        CHOSEN[rows.task],
        float(ours(everyone)[0]),
        float(theirs(everyone)[0]),
        difference_with_interval(ours, theirs, len(rows)),
        len(rows),
        folds,
    )


def _metric(rows: Rows, probabilities: Floats) -> Metric:
    if rows.task == "binary":
        return auc_of_draws(rows.codes, probabilities[:, 1])
    return multiclass_metrics(rows.codes, probabilities)["macro_f1"]
