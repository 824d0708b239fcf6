"""Nested cross-validation: choose inside, judge outside."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Ints
from models.folds import outer_folds
from models.pipeline import RecordPipeline
from models.recipe import Recipe
from models.rows import Rows
from models.search import choose
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
    """

    margins: Floats
    split: str
    recipes: list[Recipe]

    @property
    def judged(self) -> Ints:
        """Positions of the rows that were held out."""
        return np.flatnonzero(~np.isnan(self.margins[:, 0]))


def out_of_fold(rows: Rows, names: tuple[str, ...], metric: str, seed: int = 0) -> OutOfFold:
    """Choose and fit in each outer fold, and predict what it holds out."""
    split = outer_folds(rows, seed)
    margins = np.full((len(rows), rows.outputs), np.nan)
    recipes = []
    with bounded():
        for learn, held_out in split.folds:
            pipeline = fit(rows.take(learn), names, metric, seed)
            margins[held_out] = pipeline.margins([rows.records[i] for i in held_out])
            recipes.append(pipeline.recipe or Recipe.plain())
    return OutOfFold(margins, split.kind, recipes)


def fit(rows: Rows, names: tuple[str, ...], metric: str, seed: int = 0) -> RecordPipeline:
    """Choose a recipe within these rows, and fit it on all of them."""
    with bounded():
        recipe = choose(rows, names, metric, seed)
        pipeline = RecordPipeline(recipe, rows.kinds, rows.task)
        return pipeline.fit(rows.records, rows.outcomes, rows.groups)
