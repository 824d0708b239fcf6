"""Trying a candidate: fitted in every inner fold, judged on what the folds held out."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from models.arrays import Floats, Ints, Matrix
from models.boosted import Boosted
from models.catalogue import Candidate
from models.encoder import RecordEncoder
from models.estimator import Estimator, Layout
from models.folds import INNER, group_folds
from models.installed import learned
from models.pipeline import layout_of, make
from models.recipe import READ_TERMS, TEXT_COMPONENTS, Member
from models.rows import Rows
from models.selection import score_of


@dataclass(eq=False)
class Trial:
    """One candidate over all inner folds: its margins out of fold, (n, outputs), and its score."""

    candidate: Candidate
    margins: Floats
    score: float

    def member(self, weight: float = 1.0) -> Member:
        """Return the candidate as a member of a recipe."""
        found = self.candidate
        return Member(found.name, found.family, found.settings, weight)


@dataclass
class _Fold:
    """One inner fold, encoded once for every candidate."""

    layout: Layout
    learn: tuple[Matrix, Floats]
    held_out: tuple[Matrix, Floats]
    places: Ints

    def fit(self, rows: Rows, candidate: Candidate) -> Estimator:
        model = make(candidate.family, rows.task, candidate.settings)
        if isinstance(model, Boosted):
            return model.fit(*self.learn, self.layout, validation=self.held_out)
        return learned(model, *self.learn, self.layout)


@dataclass
class Bench:
    """Rows in encoded inner folds, on which candidates are tried by one metric."""

    rows: Rows
    metric: str
    folds: list[_Fold]

    @classmethod
    def of(cls, rows: Rows, families: set[str], metric: str, seed: int) -> Self:
        """Split the rows by person, and encode each fold for these families."""
        split = group_folds(rows.codes, rows.groups, rows.task, INNER, seed)
        return cls(rows, metric, [_encoded(rows, families, *fold) for fold in split])

    @property
    def fold_of(self) -> Ints:
        """Number of the fold that holds out each row, shape (n,)."""
        found = np.zeros(len(self.rows), dtype=np.int64)
        for number, fold in enumerate(self.folds):
            found[fold.places] = number
        return found

    def attempt(self, candidate: Candidate) -> Trial:
        """Fit a candidate in every fold; boosted ones are judged at the mean number of rounds."""
        models = [fold.fit(self.rows, candidate) for fold in self.folds]
        stopped = [model.best_rounds_ for model in models if isinstance(model, Boosted)]
        rounds = int(np.ceil(np.mean(stopped))) if stopped else 0
        margins = np.zeros((len(self.rows), self.rows.outputs))
        for model, fold in zip(models, self.folds, strict=True):
            if isinstance(model, Boosted):
                margins[fold.places] = model.margins(fold.held_out[0], rounds)
            else:
                margins[fold.places] = model.margins(fold.held_out[0])
        if stopped:
            candidate = replace(candidate, settings=candidate.settings | {"rounds": rounds})
        return Trial(candidate, margins, score_of(self.metric, self.rows, margins))


def _encoded(rows: Rows, families: set[str], learn: Ints, held_out: Ints) -> _Fold:
    encoder = RecordEncoder(
        rows.kinds,
        text_components=TEXT_COMPONENTS if rows.has_text and "boosted" in families else 0,
        with_terms=not READ_TERMS.isdisjoint(families),
    )
    matrix = encoder.fit_transform([rows.records[i] for i in learn], persons=rows.groups[learn])
    other = encoder.transform([rows.records[i] for i in held_out])
    return _Fold(
        layout_of(encoder, rows.prior),
        (matrix, rows.codes[learn]),
        (other, rows.codes[held_out]),
        held_out,
    )
