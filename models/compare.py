"""Is a challenger worse than the champion? Profit, ranking, calibration; overall and by slice.

Both were judged out of fold. On the rows that both were judged on, with the same outcome, whole
persons are drawn (a paired bootstrap), and each aspect gives the difference with its interval, the
sign turned so that above zero is better. Overall the interval must rule out a loss of more than a
margin (a non-inferiority test, as in ICH E9); in a slice, which has fewer rows, it must not show
a loss beyond the margin.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import expit

from data_contracts.contract import Model, Task
from foundation.texts import Language, text
from models.arrays import Floats, Ints
from models.evaluate import Interval, Metric, difference_with_interval, mean_of
from models.judged import lists_of, shared
from models.profit import Payoff, profit_per_person
from models.selection import LOWER_IS_BETTER, USUAL, metrics_of
from models.slices import FEWEST_OF_AN_OUTCOME, FEWEST_SHARED_ROWS, places_by_slice

MARGIN = 0.01
"""The loss that an interval must rule out: of the AUC as it stands, of other aspects as a share of
what they are measured in (see ``_unit``)."""
CALIBRATION: dict[Task, str] = {"binary": "brier", "multiclass": "log_loss"}


@dataclass(frozen=True)
class Finding:
    """One aspect of the comparison.

    Attributes
    ----------
    slice
        ``feature=value``; empty for all rows.
    difference
        Challenger less champion, above zero is better; profit in the tenant's currency a customer.
    margin
        The loss that would still pass, in the same unit.
    """

    aspect: str
    slice: str
    difference: Interval
    margin: float

    @property
    def passed(self) -> bool:
        """Whether the challenger is not worse here."""
        if self.slice:
            return self.difference.high >= -self.margin
        return self.difference.low >= -self.margin

    def say(self, language: Language) -> str:
        """Return the aspect in a sentence: what, where, by how much."""
        where = self.slice or text("models.all_rows", language)
        figures = {
            name: f"{getattr(self.difference, name):+.4g}" for name in ("value", "low", "high")
        }
        aspect = text(f"models.aspect_{self.aspect}", language)
        key = "models.not_worse" if self.passed else "models.worse"
        return text(key, language, aspect=aspect, where=where, **figures)


@dataclass(frozen=True)
class Comparison:
    """All findings; without any the two share too few rows, which proves nothing."""

    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether the challenger may take the champion's place."""
        return bool(self.findings) and all(found.passed for found in self.findings)

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """What speaks against it."""
        return tuple(found for found in self.findings if not found.passed)


@dataclass(frozen=True)
class _Pair:
    """The shared rows, in one order."""

    task: Task
    codes: Floats
    persons: np.ndarray
    ours: Floats
    theirs: Floats
    values: Floats | None
    slices: Mapping[str, Ints]

    def take(self, places: Ints) -> "_Pair":
        values = None if self.values is None else self.values[places]
        return _Pair(
            self.task,
            self.codes[places],
            self.persons[places],
            self.ours[places],
            self.theirs[places],
            values,
            {},
        )


def compare(model: Model, ours: pa.Table, theirs: pa.Table) -> Comparison:
    """Compare two out-of-fold tables (see ``judged.out_of_fold_table``) of one model."""
    pair = _paired(model.task, ours, theirs)
    if pair is None:
        return Comparison(())
    findings = list(_findings(model, pair, ""))
    for name, places in pair.slices.items():
        part = pair.take(places)
        if _is_telling(part):
            findings += _findings(model, part, name)
    return Comparison(tuple(findings))


def _is_telling(part: _Pair) -> bool:
    if len(part.codes) < FEWEST_SHARED_ROWS:
        return False
    if part.task == "number":
        return True
    _, counts = np.unique(part.codes, return_counts=True)
    return len(counts) > 1 and int(counts.min()) >= FEWEST_OF_AN_OUTCOME


def _findings(model: Model, pair: _Pair, name: str) -> Iterator[Finding]:
    for aspect, (ours, theirs), unit in _aspects(model, pair):
        found = difference_with_interval(ours, theirs, len(pair.codes), pair.persons)
        yield Finding(aspect, name, found, MARGIN * unit)


def _aspects(model: Model, pair: _Pair) -> Iterator[tuple[str, tuple[Metric, Metric], float]]:
    """Yield each aspect, its metric of both (better is higher), and what a loss is measured in."""
    one, other = (metrics_of(pair.task, pair.codes, m) for m in (pair.ours, pair.theirs))
    usual, calibration = USUAL[pair.task], CALIBRATION.get(pair.task)
    yield "discrimination", _turned(usual, one, other), _unit(usual, other, pair)
    if calibration is not None and calibration != usual:
        yield "calibration", _turned(calibration, one, other), _unit(calibration, other, pair)
    if pair.values is not None and pair.task == "binary":
        payoff = Payoff.of(model.money, pair.values, model.label.horizon_days)
        one_gain, other_gain = (
            profit_per_person(pair.codes, expit(margins[:, 0]), payoff)
            for margins in (pair.ours, pair.theirs)
        )
        best = np.where(pair.codes == 1, np.maximum(payoff.leaver, 0.0), 0.0)
        yield "profit", (mean_of(one_gain), mean_of(other_gain)), float(best.mean())


def _turned(
    name: str, one: Mapping[str, Metric], other: Mapping[str, Metric]
) -> tuple[Metric, Metric]:
    pair = one[name], other[name]
    return pair[::-1] if name in LOWER_IS_BETTER else pair


def _unit(name: str, theirs: Mapping[str, Metric], pair: _Pair) -> float:
    """Return what a loss is measured in.

    1 for the AUC, the base rate's Brier score for Brier, the champion's own figure for the others.
    """
    if name == "auc":
        return 1.0
    whole = np.ones((1, len(pair.codes)))
    measured = "base_rate_brier" if name == "brier" else name
    return abs(float(theirs[measured](whole)[0]))


def _paired(task: Task, ours: pa.Table, theirs: pa.Table) -> _Pair | None:
    """Return the rows that both judged with the same outcome; None where they are too few."""
    first, second = shared(ours, theirs, ("row", "code"))
    if len(first) < FEWEST_SHARED_ROWS:
        return None
    one, other = lists_of(ours, "margins")[first], lists_of(theirs, "margins")[second]
    if one.shape != other.shape:
        return None
    rows = ours.take(first)
    persons = np.array(rows["person"].to_pylist())
    slices = places_by_slice(rows) if "slices" in rows.column_names else {}
    return _Pair(task, rows["code"].to_numpy(), persons, one, other, _values(rows), slices)


def _values(rows: pa.Table) -> Floats | None:
    if "monthly_value" not in rows.column_names:
        return None
    found = rows["monthly_value"].to_numpy().astype(np.float64)
    return None if np.isnan(found).all() else found
