"""Nested cross-validation: choose inside, judge outside."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Ints
from models.folds import outer_folds
from models.pipeline import RecordPipeline
from models.recipe import Recipe
from models.rows import Rows
from models.search import CATALOGUE_ONLY, Budget, choose
from models.threads import bounded


@dataclass
class OutOfFold:
    """Margins of rows by models that have not seen them.

    Attributes
    ----------
    margins
        Shape (n, outputs); NaN for rows that no fold held out (the earliest of a split by time).
    split
        ``group`` or ``time``.
    recipes
        What each outer fold chose.
    thresholds
        From which probability each row would have been contacted, shape (n,); NaN where costs
        alone say it.
    """

    margins: Floats
    split: str
    recipes: list[Recipe]
    thresholds: Floats

    @property
    def judged(self) -> Ints:
        """Positions of the rows that were held out."""
        return np.flatnonzero(~np.isnan(self.margins[:, 0]))


def out_of_fold(
    rows: Rows,
    names: tuple[str, ...],
    metric: str,
    seed: int = 0,
    budget: Budget = CATALOGUE_ONLY,
) -> OutOfFold:
    """Choose and fit in each outer fold, and predict what it holds out; a budget is for each."""
    return judged_by(rows, lambda learn: fit(learn, names, metric, seed, budget), seed)


def judged_by(rows: Rows, make: Callable[[Rows], RecordPipeline], seed: int = 0) -> OutOfFold:
    """Fit in each outer fold by ``make``, and predict what it holds out."""
    split = outer_folds(rows, seed)
    margins = np.full((len(rows), rows.outputs), np.nan)
    thresholds, recipes = np.full(len(rows), np.nan), []
    with bounded():
        for learn, held_out in split.folds:
            pipeline = make(rows.take(learn))
            margins[held_out] = pipeline.margins([rows.records[i] for i in held_out])
            recipes.append(pipeline.recipe or Recipe.plain())
            cut = recipes[-1].contact_threshold
            thresholds[held_out] = np.nan if cut is None else cut
    return OutOfFold(margins, split.kind, recipes, thresholds)


def fit(
    rows: Rows,
    names: tuple[str, ...],
    metric: str,
    seed: int = 0,
    budget: Budget = CATALOGUE_ONLY,
) -> RecordPipeline:
    """Choose a recipe within these rows, and fit it on all of them."""
    with bounded():
        return fitted(rows, choose(rows, names, metric, seed, budget).recipe)


def fitted(rows: Rows, recipe: Recipe) -> RecordPipeline:
    """Fit a recipe on rows."""
    pipeline = RecordPipeline(recipe, rows.kinds, rows.task)
    return pipeline.fit(rows.records, rows.outcomes, rows.groups, rows.prior)
