"""Drift of a champion's data and scores: its first scored rows against those of a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from features.spec import FeatureSpec
from models.arrays import Floats, Ints
from models.champion import Champion
from models.columns import number
from models.drift import Compared, Sides, compare_bins
from models.drift_cuts import Cut, cut_of
from models.drift_text import compare_texts
from models.watch_rows import FEWEST_PERSONS, Described
from models.watch_table import Finding, finding
from models.watch_words import Change, say_scores, say_texts

SCORE = "score"
"""The name under which scores are compared."""


@dataclass(frozen=True)
class _Watched:
    """A feature, or the score, of the rows of both sides.

    Attributes
    ----------
    codes
        Bin of each row, shape (n,).
    numbers
        Values as numbers; NaN throughout for categories.
    """

    spec: FeatureSpec
    cut: Cut
    codes: Ints
    numbers: Floats

    def change(self, then: Ints, now: Ints, persons: Ints) -> Change:
        """Return how the rows at these places, of these persons, differ."""
        counts = [np.bincount(self.codes[p], minlength=self.cut.width) for p in (then, now)]
        before, after = (each.astype(np.float64) for each in counts)
        means = _mean(self.numbers[then]), _mean(self.numbers[now])
        most = np.maximum(*(self._persons(p, persons) for p in (then, now)))
        return Change(self.spec, self.cut, before, after, means, most)

    def _persons(self, places: Ints, persons: Ints) -> Ints:
        """Return how many persons are in each bin."""
        pairs = np.unique(np.column_stack([self.codes[places], persons[places]]), axis=0)
        return np.bincount(pairs[:, 0], minlength=self.cut.width)


def compare_window(
    champion: Champion, window: str, then: Described, now: Described, dimensions: Sequence[str]
) -> list[Finding]:
    """Compare everyone, and each group of the dimensions that has persons enough on both sides."""
    persons = np.concatenate([then.scored.persons, now.scored.persons])
    sides = Sides.of(np.arange(len(persons)) >= len(then), persons)
    records = [*then.records, *now.records]
    slices = _slices(then, now, dimensions)
    scores = np.concatenate([then.scored.scores, now.scored.scores])
    watched = _watched(champion.features, records, scores, sides.persons)
    if not (slices and watched):
        return []
    compared, critical = compare_bins(
        [one.cut for one in watched], [one.codes for one in watched], sides, slices
    )
    by_name = {one.spec.name: one for one in watched}
    task = champion.pipeline.task
    found = [
        _of_bins(window, one, by_name[one.feature], sides, slices[one.slice], task=task)
        for one in compared
    ]
    for spec in (spec for spec in champion.features if spec.type == "text"):
        texts = [record.get(spec.name) for record in records]
        apart = compare_texts(spec.name, texts, sides, critical)
        found.append(_of_texts(window, apart, spec, sides))
    return found


def _watched(
    features: Sequence[FeatureSpec],
    records: Sequence[dict[str, object]],
    scores: Floats,
    persons: Ints,
) -> list[_Watched]:
    """Return all that is compared by bins; what has one value alone is left out."""
    named: list[tuple[FeatureSpec, Sequence[object]]] = [
        (spec, [record.get(spec.name) for record in records])
        for spec in features
        if spec.type != "text"
    ]
    named.append((FeatureSpec(SCORE, "numeric", {}), scores.tolist()))
    found = []
    for spec, values in named:
        cut = cut_of(spec.name, spec.type, values, persons)
        if cut is not None:
            numbers = np.full(len(values), np.nan)
            if cut.kind == "number":
                numbers = np.array([number(spec.name, value) for value in values])
            found.append(_Watched(spec, cut, cut.codes(values), numbers))
    return found


def _slices(then: Described, now: Described, dimensions: Sequence[str]) -> dict[str, Ints]:
    """Return the rows, of both sides one after the other, of everyone and of each group."""
    early = {"": np.arange(len(then)), **then.slices(dimensions)}
    late = {"": np.arange(len(now)), **now.slices(dimensions)}
    return {
        name: np.concatenate([early[name], late[name] + len(then)])
        for name in early
        if name in late
        and len(np.unique(then.scored.persons[early[name]])) >= FEWEST_PERSONS
        and len(np.unique(now.scored.persons[late[name]])) >= FEWEST_PERSONS
    }


def _of_bins(
    window: str, one: Compared, watched: _Watched, sides: Sides, rows: Ints, *, task: str
) -> Finding:
    then, now = rows[~sides.now[rows]], rows[sides.now[rows]]
    change, sizes = watched.change(then, now, sides.persons), (len(then), len(now))
    if one.feature != SCORE:
        return finding(window, one, "data", rows=sizes, values=change.told, say=change.say)
    said = partial(say_scores, *change.means, task)
    return finding(window, one, "score", rows=sizes, values=change.means, say=said)


def _of_texts(window: str, one: Compared, spec: FeatureSpec, sides: Sides) -> Finding:
    late = int(sides.now.sum())
    sizes, said = (len(sides.now) - late, late), partial(say_texts, one, spec)
    return finding(window, one, "data", rows=sizes, values=(0.5, one.value), say=said)


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
