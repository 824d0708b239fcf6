"""Whether two samples differ more than chance would have it, and enough to matter.

One definition of each statistic, between shares p (then) and q (now) of a feature's bins:

``psi``          Σ (q − p) ln(q ÷ p), half a row added to each bin (population stability index)
``wasserstein``  ∫ ``|F − G|`` of numbers, in their standard deviations (earth mover's distance)
``jensen_shannon``  √ of the Jensen–Shannon divergence of categories, in bits: 0 to 1

*Alarm levels.* A statistic must exceed its floor, below which a change does not matter, and what
chance reaches: sides (then, now) are dealt out anew, a person's rows of a side together, and of
all statistics of all slices at once the largest, each in its own standard deviations, decides
(Westfall and Young, 1993, max-T). So the share of checks of stable data that raise any alarm is
``FALSE_ALARMS`` at most, however many features and slices there are. Who stands in both samples is
dealt out twice: such samples differ less than that, and the level is on the safe side.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr

from models.arrays import Floats, Ints, Matrix
from models.drift_cuts import Cut

Statistic = str
FLOORS: dict[Statistic, float] = {
    "psi": 0.1,
    "wasserstein": 0.1,
    "jensen_shannon": 0.1,
    "classifier_auc": 0.6,
}
"""The least that matters: 0.1 is where a population index is usually looked at (Siddiqi, 2006)."""
FALSE_ALARMS = 0.01
DRAWS = 600
CHUNK = 100
"""Draws that are worked on at once: bounds the memory."""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Which rows of two samples are of now, and whose each row is (a number)."""

    now: Bools
    persons: Ints

    @classmethod
    def of(cls, now: Bools, persons: Sequence[str] | Ints) -> "Sides":
        """Return the sides of rows that name their persons."""
        return cls(now, np.unique(persons, return_inverse=True)[1].astype(np.int64))

    def drawn(self, draws: int, seed: int) -> Iterator[Bools]:
        """Yield which rows would be of now had chance dealt, in chunks of shape (draws, rows)."""
        generator = np.random.default_rng(seed)
        units, owner = np.unique(2 * self.persons + self.now, return_inverse=True)
        is_now = units % 2 == 1
        for start in range(0, draws, CHUNK):
            size = min(CHUNK, draws - start)
            yield generator.permuted(np.tile(is_now, (size, 1)), axis=1)[:, owner]


@dataclass(frozen=True)
class Compared:
    """One statistic of one feature in one slice.

    Attributes
    ----------
    level
        From here on it is an alarm: the floor, or what chance reaches.
    """

    slice: str
    feature: str
    statistic: Statistic
    value: float
    level: float

    @property
    def alarm(self) -> bool:
        """Whether it differs."""
        return self.value > self.level


def compare_bins(
    cuts: Sequence[Cut],
    codes: Sequence[Ints],
    sides: Sides,
    slices: Mapping[str, Ints],
    *,
    seed: int = 0,
) -> tuple[list[Compared], float]:
    """Compare every feature in every slice, and return the critical value for further tests.

    Parameters
    ----------
    codes
        Of each cut: the bin of every row, shape (n,).
    slices
        Name → rows; the empty name stands for all of them.

    Returns
    -------
    list of Compared
        One a slice, feature and statistic.
    float
        How many standard deviations above its mean a statistic must lie.
    """
    parts = [
        _Part(name, rows, _one_hot(cuts, [code[rows] for code in codes]))
        for name, rows in slices.items()
    ]
    (observed,) = _of_all(parts, cuts, sides.now[None])
    reached = np.concatenate([_of_all(parts, cuts, now) for now in sides.drawn(DRAWS, seed)])
    levels, critical = _levels(reached)
    named = [(part.name, cut.feature, s) for part in parts for cut in cuts for s in kinds_of(cut)]
    return [
        Compared(name, feature, statistic, value, max(FLOORS[statistic], level))
        for (name, feature, statistic), value, level in zip(
            named, observed.tolist(), levels.tolist(), strict=True
        )
    ], critical


def _levels(reached: Floats) -> tuple[Floats, float]:
    """Return the level of each statistic by what chance reached, (draws, statistics); see above."""
    middle, spread = reached.mean(axis=0), np.maximum(reached.std(axis=0), 1e-12)
    largest = ((reached - middle) / spread).max(axis=1)
    critical = float(np.quantile(largest, 1 - FALSE_ALARMS, method="higher"))
    return np.asarray(middle + critical * spread), critical


def kinds_of(cut: Cut) -> tuple[Statistic, ...]:
    """Return the statistics of a feature."""
    return ("psi", "wasserstein") if cut.kind == "number" else ("jensen_shannon",)


@dataclass(frozen=True)
class _Part:
    """A slice's rows, and their bins as a sparse 0/1 matrix of all features side by side."""

    name: str
    rows: Ints
    bins: Matrix

    def statistics(self, cuts: Sequence[Cut], now: Bools) -> Floats:
        """Return all statistics of draws of sides, shape (draws, statistics)."""
        whole = np.asarray(self.bins.sum(axis=0)).ravel()
        of_now = np.asarray((self.bins.T @ now[:, self.rows].T.astype(np.float64)).T)
        found, at = [], 0
        for cut in cuts:
            mine = slice(at, at + cut.width)
            found += _statistics(cut, whole[mine] - of_now[:, mine], of_now[:, mine])
            at += cut.width
        return np.column_stack(found)


def _of_all(parts: Sequence[_Part], cuts: Sequence[Cut], now: Bools) -> Floats:
    """Return the statistics of all slices for draws of sides, shape (draws, statistics)."""
    return np.concatenate([part.statistics(cuts, now) for part in parts], axis=1)


def _one_hot(cuts: Sequence[Cut], codes: Sequence[Ints]) -> Matrix:
    begins = np.cumsum([0, *(cut.width for cut in cuts)])
    rows = len(codes[0])
    places = np.column_stack([code + at for code, at in zip(codes, begins[:-1], strict=True)])
    ends = np.arange(0, rows * len(cuts) + 1, len(cuts))
    ones = np.ones(rows * len(cuts))
    return sparse.csr_matrix((ones, places.ravel(), ends), shape=(rows, int(begins[-1])))


def _statistics(cut: Cut, then: Floats, now: Floats) -> list[Floats]:
    if cut.kind == "category":
        return [_jensen_shannon(then, now)]
    return [_psi(then, now), _wasserstein(then[:, 1:], now[:, 1:], cut.places)]


def _psi(then: Floats, now: Floats) -> Floats:
    p, q = _shares(then + 0.5), _shares(now + 0.5)
    return np.asarray((rel_entr(q, p) + rel_entr(p, q)).sum(axis=1))


def _jensen_shannon(then: Floats, now: Floats) -> Floats:
    return np.asarray(jensenshannon(_shares(then), _shares(now), base=2.0, axis=1))


def _wasserstein(then: Floats, now: Floats, places: Floats) -> Floats:
    """Return the distance between values that lie at their bins' means."""
    apart = np.abs(np.cumsum(_shares(now) - _shares(then), axis=1))
    return np.asarray(apart[:, :-1] @ np.diff(places))


def _shares(counts: Floats) -> Floats:
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0))
