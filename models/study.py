"""Judging without keeping: what training does to choose and judge, with no version registered.

For whoever compares estimators, tries a feature, or asks whether more data would help.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from features.shapes import TrainingSet
from features.spec import FeatureSpec
from models.arrays import Floats, Ints
from models.cross import OutOfFold, fitted, judged_by, out_of_fold
from models.evaluate import Interval, difference_with_interval, with_intervals
from models.folds import outer_folds
from models.judged import lists_of, out_of_fold_table, shared
from models.recipe import Recipe
from models.rows import Rows
from models.selection import USUAL, metrics_of
from models.threads import bounded

if TYPE_CHECKING:
    from data_contracts.contract import Task
    from models.champion import Champion

SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)
FEWEST_OF_AN_OUTCOME = 10


@dataclass(frozen=True)
class Size:
    """How good a recipe is that learned from fewer persons: its usual metric on the same rows."""

    rows: int
    metric: str
    interval: Interval


@dataclass(frozen=True)
class Weight:
    """How much a feature moves the margin: the mean of its absolute contributions."""

    feature: FeatureSpec
    mean: float


def judge(
    training: TrainingSet,
    estimators: Sequence[str],
    dimensions: Sequence[str] = (),
    seed: int = 0,
) -> pa.Table:
    """Return the out-of-fold rows of estimators by name (see ``judged.out_of_fold_table``).

    Settings are chosen in inner folds and judged in outer ones, as in training.

    Parameters
    ----------
    dimensions
        Columns to slice by.
    """
    rows = Rows.of(training)
    found = out_of_fold(rows, tuple(estimators), training.model.metric, seed)
    return _table(training, rows, found, dimensions)


def judge_recipe(training: TrainingSet, recipe: Recipe, seed: int = 0) -> pa.Table:
    """Return the out-of-fold rows of one recipe, without any choice: two sets of features, say."""
    rows = Rows.of(training)
    found = judged_by(rows, lambda learn: fitted(learn, recipe), seed)
    return _table(training, rows, found, ())


def figures(judged: pa.Table, task: "Task") -> dict[str, Interval]:
    """Return every metric of judged rows with its interval; persons are drawn whole."""
    metrics = metrics_of(task, judged["code"].to_numpy(), lists_of(judged, "margins"))
    return with_intervals(metrics, judged.num_rows, _persons(judged))


def difference(ours: pa.Table, theirs: pa.Table, task: "Task", metric: str) -> Interval:
    """Return ours − theirs by a metric on the rows of both, with its paired interval."""
    first, second = shared(ours, theirs, ("row", "code"))
    ours, theirs = ours.take(first), theirs.take(second)
    one, other = (
        metrics_of(task, table["code"].to_numpy(), lists_of(table, "margins"))[metric]
        for table in (ours, theirs)
    )
    return difference_with_interval(one, other, len(first), _persons(ours))


def learning_curve(
    training: TrainingSet, recipe: Recipe, shares: Sequence[float] = SHARES, seed: int = 0
) -> tuple[Size, ...]:
    """Return how good a recipe becomes with more persons, judged on the same held-out rows.

    A share with too few of an outcome to learn from is left out.
    """
    rows = Rows.of(training)
    lot = _lots(rows, seed)
    made = (_size(rows, recipe, np.flatnonzero(lot < share), seed) for share in shares)
    return tuple(size for size in made if size is not None)


def weights(champion: "Champion", training: TrainingSet) -> tuple[Weight, ...]:
    """Return how much each feature of a champion moves the margin of these rows, most first."""
    pipeline, specs = champion.pipeline, {one.name: one for one in champion.features}
    matrix = pipeline.encoder_.transform(training.records)
    means = np.abs(pipeline.contributions_of(matrix)[:, :, :-1]).mean(axis=(0, 1))
    pairs = zip(pipeline.encoder_.features_, means.tolist(), strict=True)
    found = [Weight(specs[name], mean) for name, mean in pairs]
    return tuple(sorted(found, key=lambda one: -one.mean))


def _table(
    training: TrainingSet, rows: Rows, found: OutOfFold, dimensions: Sequence[str]
) -> pa.Table:
    return out_of_fold_table(rows, training.entity_ids, found, training.model, dimensions)


def _persons(judged: pa.Table) -> np.ndarray:
    return np.array(judged["person"].to_pylist())


def _lots(rows: Rows, seed: int) -> Floats:
    """Return a number between 0 and 1 for each row, the same for a person's rows."""
    persons, owner = np.unique(rows.groups, return_inverse=True)
    ranks = np.random.default_rng(seed).permutation(len(persons))
    return np.asarray(ranks[owner] / len(persons))


def _size(rows: Rows, recipe: Recipe, some: Ints, seed: int) -> Size | None:
    """Return what a recipe reaches that learns from some of the rows of each outer fold."""
    margins, learned = np.full((len(rows), rows.outputs), np.nan), 0
    with bounded():
        for learn, held_out in outer_folds(rows, seed).folds:
            mine = rows.take(np.intersect1d(learn, some))
            if not _tells(mine):
                return None
            learned = max(learned, len(mine))
            pipeline = fitted(mine, recipe)
            margins[held_out] = pipeline.margins([rows.records[i] for i in held_out])
    seen = np.flatnonzero(~np.isnan(margins[:, 0]))
    name = USUAL[rows.task]
    metric = metrics_of(rows.task, rows.codes[seen], margins[seen])[name]
    interval = with_intervals({name: metric}, len(seen), rows.groups[seen])[name]
    return Size(learned, name, interval)


def _tells(rows: Rows) -> bool:
    if rows.task == "number":
        return len(rows) >= 2 * FEWEST_OF_AN_OUTCOME
    _, counts = np.unique(rows.codes, return_counts=True)
    return len(counts) > 1 and int(counts.min()) >= FEWEST_OF_AN_OUTCOME
