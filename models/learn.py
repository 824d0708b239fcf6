"""From a training set to a fitted pipeline and its figures; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.shapes import TrainingSet
from models.cross import OutOfFold, fit, out_of_fold
from models.evaluate import Interval, with_intervals
from models.folds import OUTER
from models.pipeline import RecordPipeline
from models.profit import profit_metric
from models.rows import Rows
from models.search import CATALOGUE_ONLY, Budget
from models.selection import USUAL, metrics_of

if TYPE_CHECKING:
    from models.prior import Prior


@dataclass(frozen=True)
class SeedsEvaluated:
    """A metric over several shuffles of the folds."""

    metric: str
    by_seed: dict[int, float]
    rows: int
    positives: int

    @property
    def mean(self) -> float:
        """Mean over the seeds."""
        return float(np.mean(list(self.by_seed.values())))


@dataclass(frozen=True)
class Learned:
    """A fitted pipeline, how it was judged, and the rows it learned from."""

    rows: Rows
    pipeline: RecordPipeline
    judged: OutOfFold
    metrics: dict[str, Interval]
    positives: int

    @property
    def estimator(self) -> str:
        """Names of the chosen members."""
        recipe = self.pipeline.recipe
        return recipe.name if recipe else ""


def learn(
    training: TrainingSet,
    seeds: Sequence[int] = (0,),
    budget: Budget = CATALOGUE_ONLY,
    prior: "Prior | None" = None,
) -> Learned:
    """Judge by nested cross-validation, then choose and fit on all rows.

    Parameters
    ----------
    seeds
        Shuffles of the folds; the first makes the metrics and the final choice.
    budget
        For all choices that the first seed makes; further seeds take the catalogue's candidates.
    prior
        What the vertical knows, of others than the tenant.
    """
    model, rows, each = training.model, Rows.of(training, prior), budget.share(OUTER + 1)
    judged = out_of_fold(rows, model.estimators, model.metric, seeds[0], each)
    metrics = intervals_of(rows, judged)
    if len(seeds) > 1:
        others = list(over_seeds(training, seeds[1:]).by_seed.values())
        values = [metrics[USUAL[rows.task]].value, *others]
        spread = Interval(float(np.mean(values)), min(values), max(values))
        metrics[f"{USUAL[rows.task]}_mean_over_seeds"] = spread
    pipeline = fit(rows, model.estimators, model.metric, seeds[0], each)
    return Learned(rows, pipeline, judged, metrics, positives_of(rows))


def over_seeds(training: TrainingSet, seeds: Sequence[int]) -> SeedsEvaluated:
    """Return the task's usual metric out of fold, seed by seed."""
    model, rows = training.model, Rows.of(training)
    found = {s: out_of_fold(rows, model.estimators, model.metric, s) for s in seeds}
    name = USUAL[model.task]
    return SeedsEvaluated(
        metric=name,
        by_seed={seed: _value(rows, one, name) for seed, one in found.items()},
        rows=len(rows),
        positives=positives_of(rows),
    )


def intervals_of(rows: Rows, judged: OutOfFold) -> dict[str, Interval]:
    """Return the metrics of the judged rows; persons are drawn whole."""
    seen = rows.take(judged.judged)
    margins = judged.margins[judged.judged]
    metrics = metrics_of(rows.task, seen.codes, margins)
    metrics |= profit_metric(seen, margins, judged.thresholds[judged.judged])
    return with_intervals(metrics, len(seen), seen.groups)


def _value(rows: Rows, judged: OutOfFold, name: str) -> float:
    seen = judged.judged
    metric = metrics_of(rows.task, rows.codes[seen], judged.margins[seen])[name]
    return float(metric(np.ones((1, len(seen))))[0])


def positives_of(rows: Rows) -> int:
    """Return how many rows had a yes-or-no outcome; 0 for other tasks."""
    return int(rows.codes.sum()) if rows.task == "binary" else 0
