"""Features that know too much, or nothing: flagged before training, so that a person is asked.

A feature that tells the outcome alone as well as all others together is seldom honest: it was
written down after the event (how long the call took in which the offer was accepted), or computed
from the outcome (another model's answer). Honest outcomes have many causes, and the test needs no
threshold of a data set: it compares a column with its own neighbours. Kaufman, Rosset, Perlich and
Stitelman (2012), *Leakage in data mining*, call for just such a look before learning.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from foundation.texts import Language, text
from models.alone import alone
from models.arrays import Floats
from models.columns import category, columns_of
from models.encoder import RecordEncoder
from models.evaluate import Metric, with_intervals
from models.folds import Fold, group_folds
from models.pipeline import layout_of, make
from models.ranking import auc_of_draws
from models.rows import Rows
from models.threads import bounded

Reason = Literal["constant", "identifier", "known_late", "tells_alone"]
FOLDS = 3
DRAWS = 200
MOST_ROWS = 10_000
"""Rows that are looked at; a leak shows in fewer."""
SAME_RANKS = 0.9
"""Rank correlation from which two columns are copies: minutes and their price, two answers of one
model."""
SHARE_OF_REST = 0.95
"""A feature alone may reach so much of what all others reach together, above chance."""
LEAST_REST = 0.65
"""Where the others tell hardly anything, one that tells something is no surprise."""
STRONG = 0.9
"""Columns that reach this AUC alone are set apart together: two leaks would hide each other."""
NEARLY_ALL = 0.985
"""An AUC that no honest column has alone."""
DISTINCT_SHARE = 0.99
LEAST_DISTINCT = 50
REST = {"depth": 3.0, "rate": 0.1, "rounds": 100.0}


@dataclass(frozen=True)
class Suspect:
    """A feature to ask about.

    Attributes
    ----------
    alone_auc, rest_auc
        How well it ranks outcomes alone, and how well all others together do (those that are
        suspected with it apart); NaN where that is not the reason.
    """

    feature: str
    reason: Reason
    alone_auc: float = float("nan")
    rest_auc: float = float("nan")

    def say(self, label: str, language: Language) -> str:
        """Return in a sentence what is odd about it; ``label`` is its name to a reader."""
        figures = {"alone": 100 * self.alone_auc, "rest": 100 * self.rest_auc}
        words = {name: f"{value:.0f}" for name, value in figures.items()}
        return text(f"models.suspect_{self.reason}", language, feature=label, **words)


def suspects(rows: Rows, late: Collection[str] = ()) -> tuple[Suspect, ...]:
    """Return the features that a person should be asked about, before a model learns from them.

    Parameters
    ----------
    late
        Features whose value, by the contract's times, is known only after the event.
    """
    seen = _sample(rows)
    values = columns_of(seen.records, list(seen.kinds))
    known = [Suspect(name, "known_late") for name in seen.kinds if name in late]
    dull = [
        Suspect(name, reason)
        for name, kind in seen.kinds.items()
        if name not in late and (reason := _dull(kind, values[name])) is not None
    ]
    named = {one.feature for one in (*known, *dull)}
    told = {name: kind for name, kind in seen.kinds.items() if name not in named}
    return (*known, *dull, *_telling(replace(seen, kinds=told)))


def _sample(rows: Rows) -> Rows:
    """Return at most ``MOST_ROWS`` rows, their outcome as yes or no.

    A number is a yes above its median, a class where it is the most frequent one.
    """
    if len(rows) > MOST_ROWS:
        chosen = np.random.default_rng(0).choice(len(rows), MOST_ROWS, replace=False)
        rows = rows.take(np.sort(chosen))
    if rows.task == "binary":
        return rows
    if rows.task == "number":
        positive = rows.codes > np.median(rows.codes)
    else:
        positive = rows.codes == np.bincount(rows.codes.astype(np.int64)).argmax()
    return replace(rows, codes=positive.astype(np.float64), task="binary")


def _dull(kind: str, values: Sequence[object]) -> Reason | None:
    """Tell whether a feature is the same in every row, or another in every row."""
    written = [category(value) for value in values]
    distinct = len(set(written))
    if distinct == 1:
        return "constant"
    many = distinct >= max(LEAST_DISTINCT, DISTINCT_SHARE * len(written))
    return "identifier" if kind == "category" and many else None


def _telling(rows: Rows) -> tuple[Suspect, ...]:
    """Return the features that tell alone, or with their copies, what all others tell together."""
    tabular = {name: kind for name, kind in rows.kinds.items() if kind != "text"}
    if not 0 < rows.codes.sum() < len(rows):
        return ()
    folds = group_folds(rows.codes, rows.groups, "binary", FOLDS, 0)
    values = columns_of(rows.records, list(tabular))
    scores = {n: alone(n, kind, values[n], rows.codes, folds) for n, kind in tabular.items()}
    found: list[Suspect] = []
    reached = {name: _auc(rows.codes, score) for name, score in scores.items()}
    while len(reached) > 1:
        first = max(reached, key=lambda name: reached[name])
        copies = [name for name in reached if _same(scores[first], scores[name])]
        apart = [name for name in reached if name in copies or reached[name] >= STRONG]
        others = {name: tabular[name] for name in reached if name not in apart}
        rest = _rest(replace(rows, kinds=others), folds)
        if not _tells_as_much(rows, scores[first], rest):
            break
        auc = _auc(rows.codes, rest)
        found += [Suspect(name, "tells_alone", reached[name], auc) for name in copies]
        reached = {name: value for name, value in reached.items() if name not in copies}
    return tuple(found)


def _same(score: Floats, other: Floats) -> bool:
    """Tell whether two columns tell the same: the ranks of what they tell go together."""
    from scipy.stats import spearmanr

    if score.std() == 0 or other.std() == 0:
        return score is other
    return bool(spearmanr(score, other).statistic >= SAME_RANKS)


def _tells_as_much(rows: Rows, score: Floats, rest: Floats) -> bool:
    """Tell whether a score reaches ``SHARE_OF_REST`` of the others' AUC above chance, surely."""
    one, others = auc_of_draws(rows.codes, score), auc_of_draws(rows.codes, rest)

    def surplus(weights: Floats) -> Floats:
        return np.asarray(one(weights) - 0.5 - SHARE_OF_REST * (others(weights) - 0.5))

    metrics: dict[str, Metric] = {"surplus": surplus, "one": one, "others": others}
    found = with_intervals(metrics, len(rows), rows.groups, DRAWS)
    honest_others = found["others"].value >= LEAST_REST
    return found["surplus"].low > 0 and (honest_others or found["one"].low >= NEARLY_ALL)


def _rest(rows: Rows, folds: Sequence[Fold]) -> Floats:
    """Return what boosted trees over all these features say of the rows, out of fold."""
    kinds = {name: kind for name, kind in rows.kinds.items() if kind != "text"}
    margins = np.zeros(len(rows))
    if not kinds:
        return margins
    with bounded():
        for learn, held_out in folds:
            encoder = RecordEncoder(kinds, with_terms=False)
            matrix = encoder.fit_transform([rows.records[i] for i in learn])
            model = make("boosted", "binary", dict(REST))
            model.fit(matrix, rows.codes[learn], layout_of(encoder))
            other = encoder.transform([rows.records[i] for i in held_out])
            margins[held_out] = model.margins(other)[:, 0]
    return margins


def _auc(y: Floats, score: Floats) -> float:
    return float(auc_of_draws(y, score)(np.ones((1, len(y))))[0])
