"""Choosing a recipe in inner folds: the rows it is judged on elsewhere are never seen here."""

from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Floats, Ints, Matrix
from models.boosted import Boosted
from models.calibration import worthwhile
from models.catalogue import BLEND_WEIGHTS, Candidate, candidates
from models.encoder import RecordEncoder
from models.estimator import Estimator, Layout
from models.folds import INNER, group_folds
from models.pipeline import layout_of, make
from models.recipe import TEXT_COMPONENTS, Member, Recipe
from models.rows import Rows
from models.selection import score_of

LEAST_BETTER = 0.0005
"""A blend must better its best member by so much; else the simpler model is taken."""


@dataclass
class Fitted:
    """One candidate fitted in one inner fold, with the rows that fold held out."""

    model: Estimator
    held_out: Matrix
    places: Ints


@dataclass
class Trial:
    """One candidate over all inner folds."""

    candidate: Candidate
    margins: Floats
    score: float


def choose(rows: Rows, names: tuple[str, ...], metric: str, seed: int) -> Recipe:
    """Return the recipe that does best out of fold within these rows.

    Parameters
    ----------
    names
        The contract's estimators; a blend of the best linear and the best boosted is tried too.
    metric
        The contract's metric (see ``selection.score_of``).
    """
    folds = group_folds(rows.codes, rows.groups, rows.task, INNER, seed)
    trials = _trials(rows, names, metric, folds)
    best = max(trials, key=lambda trial: trial.score)
    members, margins = [_member(best, 1.0)], best.margins
    blend = _best_blend(rows, trials, metric)
    if blend is not None and blend[2] > best.score + LEAST_BETTER:
        members, margins = blend[0], blend[1]
    calibration = None
    if rows.task != "number":
        calibration = worthwhile(margins, rows.codes, fold_of(folds, len(rows)))
    return Recipe(members, calibration, rows.has_text)


def fold_of(folds: list[tuple[Ints, Ints]], rows: int) -> Ints:
    """Return the number of the fold that holds out each row."""
    found = np.zeros(rows, dtype=np.int64)
    for number, (_, held_out) in enumerate(folds):
        found[held_out] = number
    return found


def _trials(
    rows: Rows, names: tuple[str, ...], metric: str, folds: list[tuple[Ints, Ints]]
) -> list[Trial]:
    tried = candidates(names)
    fitted: list[list[Fitted]] = [[] for _ in tried]
    for learn, held_out in folds:
        for place, found in enumerate(_fit_all(rows, tried, learn, held_out)):
            fitted[place].append(found)
    return [_trial(rows, c, f, metric) for c, f in zip(tried, fitted, strict=True)]


def _fit_all(rows: Rows, tried: list[Candidate], learn: Ints, held_out: Ints) -> list[Fitted]:
    """Encode one fold once, and fit every candidate on it."""
    trees = any(candidate.family == "boosted" for candidate in tried)
    encoder = RecordEncoder(
        rows.kinds,
        text_components=TEXT_COMPONENTS if rows.has_text and trees else 0,
        with_terms=any(candidate.family == "linear" for candidate in tried),
    )
    matrix = encoder.fit_transform([rows.records[i] for i in learn], persons=rows.groups[learn])
    other = encoder.transform([rows.records[i] for i in held_out])
    layout, codes = layout_of(encoder), rows.codes
    return [
        Fitted(
            _fit(rows, c, (matrix, codes[learn]), (other, codes[held_out]), layout), other, held_out
        )
        for c in tried
    ]


def _fit(
    rows: Rows,
    candidate: Candidate,
    learn: tuple[Matrix, Floats],
    held_out: tuple[Matrix, Floats],
    layout: Layout,
) -> Estimator:
    model = make(candidate.family, rows.task, candidate.settings)
    if isinstance(model, Boosted):
        return model.fit(*learn, layout, validation=held_out)
    return model.fit(*learn, layout)


def _trial(rows: Rows, candidate: Candidate, fitted: list[Fitted], metric: str) -> Trial:
    """Gather the out-of-fold margins; boosted ones all at the folds' mean number of rounds."""
    stopped = [f.model.best_rounds_ for f in fitted if isinstance(f.model, Boosted)]
    rounds = int(np.ceil(np.mean(stopped))) if stopped else 0
    margins = np.zeros((len(rows), rows.outputs))
    for fold in fitted:
        if isinstance(fold.model, Boosted):
            margins[fold.places] = fold.model.margins(fold.held_out, rounds)
        else:
            margins[fold.places] = fold.model.margins(fold.held_out)
    if stopped:
        candidate = replace(candidate, settings=candidate.settings | {"rounds": rounds})
    return Trial(candidate, margins, score_of(metric, rows, margins))


def _member(trial: Trial, weight: float) -> Member:
    candidate = trial.candidate
    return Member(candidate.name, candidate.family, candidate.settings, weight)


def _best_blend(
    rows: Rows, trials: list[Trial], metric: str
) -> tuple[list[Member], Floats, float] | None:
    """Return the best weighted mean of the margins of both families' best, if both are tried."""
    best = {
        family: max(found, key=lambda trial: trial.score)
        for family in ("linear", "boosted")
        if (found := [t for t in trials if t.candidate.family == family])
    }
    if len(best) < 2:
        return None
    blends = []
    for weight in BLEND_WEIGHTS:
        members = [_member(best["linear"], weight), _member(best["boosted"], 1.0 - weight)]
        margins = weight * best["linear"].margins + (1.0 - weight) * best["boosted"].margins
        blends.append((members, margins, score_of(metric, rows, margins)))
    return max(blends, key=lambda blend: blend[2])
