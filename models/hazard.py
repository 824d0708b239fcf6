"""When an outcome comes: the chance of it in each span of time, given that it has not come yet.

A discrete-time hazard model (Cox, 1972; Singer and Willett, 1993). Every entity gives one row for
each span at whose beginning it was still without the outcome, until the span in which it comes. A
span in which it was lost from sight without the outcome (censored) counts if it was followed for
half of it or more, and else not: of many half count, as in an actuary's life table.
Of these rows a model of yes and no learns the hazard, and the chance of having been spared until
the end of a span is the product of what the spans before have left.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Self

import numpy as np
from scipy.special import expit

from models.arrays import Bools, Data, Floats, Ints, Persons
from models.base import BaseEstimator
from models.boosted import Boosted
from models.encoder import TABULAR, RecordEncoder
from models.estimator import Layout
from models.linear import Linear
from models.pipeline import layout_of
from models.recipe import TEXT_COMPONENTS

LEAST_CHANCE = 1e-6


class Hazard(BaseEstimator):
    """Chances of an outcome by each of some days, from records.

    The hazard's log-odds are the mean of a linear model's and boosted trees'.

    Parameters
    ----------
    kinds
        Feature → ``numeric``, ``category`` or ``text``.
    edges
        Days at which the spans of time end, ascending; the first begins at 0.
    seed
        Of the trees.

    Attributes
    ----------
    encoder_ : RecordEncoder
    members_ : list of Linear or Boosted
    """

    task = "when"

    def __init__(
        self,
        kinds: Mapping[str, str] | None = None,
        edges: Sequence[int] = (30, 60, 90, 180),
        seed: int = 0,
    ) -> None:
        self.kinds = kinds
        self.edges = edges
        self.seed = seed

    def fit(
        self, records: Data, days: Floats, happened: Bools, persons: Persons | None = None
    ) -> Self:
        """Learn from records, how long each was followed, and whether it ended with the outcome."""
        texts = "text" in dict(self.kinds or {}).values()
        self.encoder_ = RecordEncoder(
            self.kinds, text_components=TEXT_COMPONENTS * texts, with_terms=False
        )
        matrix = self.encoder_.fit_transform(records, persons=persons)
        places, spans, came = person_periods(days, happened, self.edges)
        rows, layout = self._beside(matrix[places], spans), self._layout()
        members = (
            Linear("binary", strength=0.2),
            Boosted("binary", rounds=150, depth=3, rate=0.08, leaf_weight=20.0, seed=self.seed),
        )
        self.members_ = [member.fit(rows, came, layout) for member in members]
        return self

    def hazards(self, records: Data) -> Floats:
        """Return the chance of the outcome in each span, given none before, shape (n, spans)."""
        matrix = self.encoder_.transform(records)
        found = []
        for span in range(len(self.edges)):
            rows = self._beside(matrix, np.full(len(matrix), span))
            found.append(np.mean([m.margins(rows)[:, 0] for m in self.members_], axis=0))
        return np.asarray(expit(np.column_stack(found)))

    def survival(self, records: Data) -> Floats:
        """Return the chance that the outcome has not come by each edge, shape (n, spans)."""
        return np.asarray(np.cumprod(1.0 - self.hazards(records), axis=1))

    def predict_proba(self, records: Data) -> Floats:
        """Return the chance that the outcome has come by each edge, shape (n, spans)."""
        return 1.0 - self.survival(records)

    @property
    def outputs(self) -> int:
        """Columns that are served: one an edge."""
        return len(self.edges)

    def _beside(self, matrix: Floats, spans: Ints) -> Floats:
        """Return encoded rows with the span beside them: its number, and a column a span."""
        marks = np.eye(len(self.edges))[spans]
        return np.hstack([matrix, spans[:, None], marks])

    def _layout(self) -> Layout:
        """Return the encoder's layout with the span as one more feature."""
        known, more = layout_of(self.encoder_), len(self.edges) + 1
        owners = np.concatenate([known.owners, np.full(more, known.features)])
        kinds = np.concatenate([known.kinds, np.full(more, TABULAR)])
        return Layout(owners, kinds, known.features + 1)


def person_periods(
    days: Floats, happened: Bools, edges: Sequence[int]
) -> tuple[Ints, Ints, Floats]:
    """Return for each entity and span that counts: its place, the span, and 1 if it came.

    >>> places, spans, came = person_periods(
    ...     np.array([40.0, 70.0]), np.array([True, False]), (30, 60, 90)
    ... )
    >>> places.tolist(), spans.tolist(), came.tolist()
    ([0, 0, 1, 1], [0, 1, 0, 1], [0.0, 1.0, 0.0, 0.0])
    """
    begins, ends = np.array([0.0, *edges[:-1]]), np.array(edges, dtype=np.float64)
    long, ended = days[:, None], happened[:, None]
    came = ended & ((long > begins) | (begins == 0)) & (long <= ends)
    seen = came | (long > ends) | (~ended & (long >= (begins + ends) / 2))
    places, spans = np.nonzero(seen)
    return places, spans, came[places, spans].astype(np.float64)


def through(survival: Floats, edges: Sequence[int], day: int, left: Floats) -> Floats:
    """Return survival bent so that by a day it is ``left``: the hazards of each row rise in step.

    So the curve and a score of the same day speak with one voice. A day that is no edge bends
    nothing.

    >>> through(np.array([[0.9, 0.81]]), (30, 60), 30, np.array([0.5])).round(3).tolist()
    [[0.5, 0.25]]
    """
    if day not in edges:
        return survival
    here = np.clip(survival[:, list(edges).index(day)], LEAST_CHANCE, 1 - LEAST_CHANCE)
    power = np.log(np.clip(left, LEAST_CHANCE, 1 - LEAST_CHANCE)) / np.log(here)
    return np.asarray(survival ** power[:, None])


def median_days(survival: Floats, edges: Sequence[int]) -> Floats:
    """Return after how many days half are expected to have had it; NaN beyond the last edge.

    Within a span the chance is taken to fall evenly.

    >>> median_days(np.array([[0.9, 0.4], [0.9, 0.8]]), (30, 60)).tolist()
    [54.0, nan]
    """
    found = np.full(len(survival), np.nan)
    whole = np.column_stack([np.ones(len(survival)), survival])
    for span, (begin, end) in enumerate(pairwise((0, *edges))):
        before, after = whole[:, span], whole[:, span + 1]
        here = np.isnan(found) & (after <= 0.5)
        fallen = np.maximum(before - after, np.finfo(float).tiny)
        found[here] = (begin + (end - begin) * np.clip((before - 0.5) / fallen, 0, 1))[here]
    return found
