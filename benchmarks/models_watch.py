"""Whether the watch cries wolf, and whether it sees what changed: on a real file, told apart.

*Stable*: two samples of the same customers, drawn at random; any alarm is a false one. *Changed*:
the second sample is changed in one known way, and the alarm must name that feature, as of everyone
or of a group. The peer is what drift libraries do by default (Evidently 0.7): each column by a test
of its own, Kolmogorov–Smirnov or χ² at 5 % up to 1,000 rows, from there on Wasserstein or
Jensen–Shannon distance of 0.1 or more, without regard to how many columns are looked at.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

from benchmarks.real_tables import DATA
from benchmarks.table import Line
from models.arrays import Floats, Ints
from models.drift import Compared, Sides, compare_bins
from models.drift_cuts import Cut, cut_of

FILE = DATA / "churn_ibm_telco" / "Telco-Customer-Churn.csv"
NUMBERS = ("tenure", "MonthlyCharges", "TotalCharges")
LEFT_OUT = ("customerID", "Churn")
DIMENSIONS = ("Contract", "InternetService", "PaymentMethod")
FEWEST = 50
SIZES, STABLE, CHANGED = (300, 1000, 3000), 150, 30
QUICK_SIZES, QUICK_STABLE, QUICK_CHANGED = (300, 1000), 40, 10
SEED = 20261126
MOST_FALSE, LEAST_CAUGHT = 3.5, 95.0
"""Per cent. The level is 1 %: more than five false ones of 150 are seen once in 200 times."""
LIBRARY_ROWS, LIBRARY_LEVEL, LIBRARY_DISTANCE = 1000, 0.05, 0.1
Table = dict[str, list[object]]


@dataclass(frozen=True)
class Change:
    """A known change of the second sample: which feature it moves, and how."""

    name: str
    feature: str
    apply: Callable[[Table, np.random.Generator], Table]


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    table = read(FILE)
    sizes, stable, changed = (
        (QUICK_SIZES, QUICK_STABLE, QUICK_CHANGED) if quick else (SIZES, STABLE, CHANGED)
    )
    found = [_false_alarms(table, size, stable) for size in sizes]
    found += [_caught(table, change, changed) for change in CHANGES]
    return found, [NOTE]


NOTE = (
    f"IBM's Telco file: 19 features, of everyone and of each value of {', '.join(DIMENSIONS)} with "
    f"{FEWEST} rows on both sides; changes in samples of 1,000 against 1,000."
)


def _false_alarms(table: Table, size: int, times: int) -> Line:
    generator, ours, theirs = np.random.default_rng(SEED), 0, 0
    for _ in range(times):
        then, now = _split(table, size, generator)
        ours += any(one.alarm for one in watched(then, now))
        theirs += any(flagged(name, then[name], now[name]) for name in then)
    return Line(
        f"stable, {size:,} rows a side: checks with any alarm",
        100 * ours / times,
        unit="%",
        most=MOST_FALSE,
        peer=f"{100 * theirs / times:.1f} %",
        configuration=f"{times} random splits",
    )


def _caught(table: Table, change: Change, times: int) -> Line:
    generator, ours, theirs = np.random.default_rng(SEED), 0, 0
    for _ in range(times):
        then, now = _split(table, 1000, generator)
        now = change.apply(now, generator)
        ours += any(one.alarm for one in watched(then, now) if one.feature == change.feature)
        theirs += flagged(change.feature, then[change.feature], now[change.feature])
    return Line(
        f"changed, {change.name}: alarms that name {change.feature}",
        100 * ours / times,
        unit="%",
        least=LEAST_CAUGHT,
        peer=f"{100 * theirs / times:.1f} %",
        configuration=f"{times} random splits",
    )


def watched(then: Table, now: Table) -> list[Compared]:
    """Return what the watch says of two samples."""
    values = {name: [*then[name], *now[name]] for name in then}
    size = len(then["tenure"])
    rows = np.arange(size + len(now["tenure"]))
    cuts = [cut_of(name, _kind(name), both) for name, both in values.items()]
    kept: list[Cut] = [cut for cut in cuts if cut is not None]
    sides = Sides.of(rows >= size, [str(row) for row in rows])
    codes = [cut.codes(values[cut.feature]) for cut in kept]
    return compare_bins(kept, codes, sides, _slices(values, sides))[0]


def _slices(values: Table, sides: Sides) -> dict[str, Ints]:
    found = {"": np.arange(len(sides.now))}
    for name in DIMENSIONS:
        column = np.array(values[name])
        for value in np.unique(column):
            rows = np.flatnonzero(column == value)
            late = int(sides.now[rows].sum())
            if min(late, len(rows) - late) >= FEWEST:
                found[f"{name}={value}"] = rows
    return found


def flagged(name: str, then: Sequence[object], now: Sequence[object]) -> bool:
    """Return what the peer says of one column."""
    if _kind(name) == "numeric":
        one, other = _known(then), _known(now)
        if len(then) <= LIBRARY_ROWS:
            return bool(stats.ks_2samp(one, other).pvalue < LIBRARY_LEVEL)
        return bool(stats.wasserstein_distance(one, other) / one.std() >= LIBRARY_DISTANCE)
    counts = _counts(then, now)
    if len(then) <= LIBRARY_ROWS:
        return bool(stats.chi2_contingency(counts).pvalue < LIBRARY_LEVEL)
    return bool(jensenshannon(counts[0], counts[1], base=2.0) >= LIBRARY_DISTANCE)


def _counts(then: Sequence[object], now: Sequence[object]) -> Ints:
    levels = sorted({str(value) for value in (*then, *now)})
    place = {level: at for at, level in enumerate(levels)}
    return np.array(
        [np.bincount([place[str(v)] for v in side], minlength=len(levels)) for side in (then, now)]
    )


def _known(values: Sequence[object]) -> Floats:
    numbers = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    return np.asarray(numbers[~np.isnan(numbers)])


def _split(table: Table, size: int, generator: np.random.Generator) -> tuple[Table, Table]:
    order = generator.permutation(len(table["tenure"]))
    return _take(table, order[:size]), _take(table, order[size : 2 * size])


def _take(table: Table, rows: Ints) -> Table:
    return {name: [values[row] for row in rows] for name, values in table.items()}


def _kind(name: str) -> str:
    return "numeric" if name in NUMBERS else "category"


def _times(name: str, factor: float) -> Callable[[Table, np.random.Generator], Table]:
    def apply(table: Table, _: np.random.Generator) -> Table:
        return {**table, name: [None if v is None else float(str(v)) * factor for v in table[name]]}

    return apply


def _newer(table: Table, generator: np.random.Generator) -> Table:
    months = _known(table["tenure"])
    weight = np.exp(-months / 24)
    size = len(months)
    return _take(table, generator.choice(size, size, p=weight / weight.sum()))


def _fewer_contracts(table: Table, generator: np.random.Generator) -> Table:
    two = np.array(table["Contract"]) == "Two year"
    kept = np.flatnonzero(~two | (generator.random(len(two)) < 1 / 3))
    return _take(table, kept)


def _gaps(table: Table, generator: np.random.Generator) -> Table:
    gone = generator.random(len(table["tenure"])) < 0.2
    told = zip(table["tenure"], gone, strict=True)
    return {**table, "tenure": [None if lost else value for value, lost in told]}


def _dearer_in_a_group(table: Table, _: np.random.Generator) -> Table:
    pairs = zip(table["MonthlyCharges"], table["InternetService"], strict=True)
    dearer: list[object] = [
        float(str(v)) * (1.25 if service == "DSL" else 1.0) for v, service in pairs
    ]
    return {**table, "MonthlyCharges": dearer}


CHANGES = (
    Change("customers come newer (31 to 20 months)", "tenure", _newer),
    Change("prices rise by 15 %", "MonthlyCharges", _times("MonthlyCharges", 1.15)),
    Change("totals come in cents", "TotalCharges", _times("TotalCharges", 100.0)),
    Change("two thirds of the long contracts go", "Contract", _fewer_contracts),
    Change("a fifth of the months is missing", "tenure", _gaps),
    Change("DSL alone costs 25 % more", "MonthlyCharges", _dearer_in_a_group),
)


def read(path: Path) -> Table:
    """Return the file's features by column; blanks are missing."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in LEFT_OUT]
    return {name: [_cell(name, row[name]) for row in rows] for name in names}


def _cell(name: str, cell: str) -> object:
    if name not in NUMBERS:
        return cell
    return float(cell) if cell.strip() else None
