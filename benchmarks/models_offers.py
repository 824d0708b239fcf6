"""Retention offers on Hillstrom's randomised e-mails: whether the order by uplift pays.

Two e-mails against none, 64,000 customers. Every customer is scored by models that have not seen
them (outer folds); the Qini area of that order is held against random targeting (area 0) and
against *response targeting*, the order by the probability to visit, learned from the same rows
without regard to the e-mail. What is chosen is chosen inside the learner's own folds, never here.
"""

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.table import Line
from data_contracts.contract import Task
from models.arrays import Floats, Ints
from models.encoder import RecordEncoder
from models.evaluate import Interval, Metric, with_intervals
from models.folds import Fold, group_folds
from models.outcome import fit_outcome
from models.pipeline import layout_of
from models.qini import Judged, comparable, qini_area
from models.threads import bounded
from models.uplift import CONTROL, UpliftLearner

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "offers_hillstrom"
NUMBERS = ("recency", "history")
CATEGORIES = ("history_segment", "mens", "womens", "zip_code", "newbie", "channel")
E_MAILS = ("Mens E-Mail", "Womens E-Mail")
OUTCOMES: tuple[tuple[str, Task], ...] = (("visit", "binary"), ("spend", "number"))
OUTER, QUICK_OUTER = 5, 3
QUICK_ROWS = 24_000
SEED = 20260101
PEERS = ("response targeting", "response targeting of the untreated")
"""P(visit) learned from all, e-mailed or not, and from those alone who got no e-mail."""


@dataclass(frozen=True)
class Rows:
    """Customers, their e-mail, and what became of them."""

    records: list[dict[str, object]]
    arms: npt.NDArray[np.str_]
    outcomes: dict[str, Floats]

    def take(self, places: Ints) -> "Rows":
        """Return the rows at these places."""
        outcomes = {name: values[places] for name, values in self.outcomes.items()}
        return Rows([self.records[i] for i in places], self.arms[places], outcomes)


@dataclass(frozen=True)
class Found:
    """Out-of-fold orders: by uplift, shape (n, e-mails), and by response, each of shape (n,)."""

    uplift: Floats
    response: dict[str, Floats]


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    rows = read(DATA / "hillstrom_data.csv")
    if quick:
        drawn = np.random.default_rng(SEED).permutation(len(rows.records))[:QUICK_ROWS]
        rows = rows.take(np.sort(drawn))
    figures: list[Line] = []
    notes: list[str] = []
    for name, task in OUTCOMES:
        started = time.perf_counter()
        folds = _folds(rows, QUICK_OUTER if quick else OUTER)
        found = out_of_fold(rows, name, task, folds)
        told = f"{len(rows.records):,} rows, {len(folds)} outer folds"
        for place, arm in enumerate(E_MAILS):
            made = _figures(rows, name, arm, found.uplift[:, place], found.response)
            figures += [line(arm, name, which, one, told) for which, one in made.items()]
        notes.append(f"{name}: {time.perf_counter() - started:.0f} s for all folds and intervals")
    return figures, [*notes, NOTE]


NOTE = (
    "Qini area in outcomes per 1,000 customers (visits, dollars): between the curve and random "
    "targeting, means and 95 % bootstrap intervals of 1,000 draws. A figure falls short where "
    "its interval's lower end is not above zero. No trustworthy Qini of this file is published."
)


def line(arm: str, outcome: str, against: str, found: Interval, told: str) -> Line:
    """Return one figure: how far the interval's lower end lies below zero is what may not be."""
    thousand = [1000 * value for value in (found.value, found.low, found.high)]
    words = "{:.2f} ({:.2f} to {:.2f})".format(*thousand)
    return Line(
        f"{arm}, {outcome}: Qini area above {against}, lower end below zero by",
        max(0.0, -thousand[1]),
        unit="a thousand",
        most=0.0,
        peer=f"difference {words}",
        configuration=told,
    )


def out_of_fold(rows: Rows, name: str, task: Task, folds: Sequence[Fold]) -> Found:
    """Return the orders of rows by models that have not seen them, comparable across folds."""
    y, fold = rows.outcomes[name], np.zeros(len(rows.records), dtype=np.int64)
    uplift = np.zeros((len(y), len(E_MAILS)))
    response = {peer: np.zeros(len(y)) for peer in PEERS}
    with bounded():
        for number, (learn, held_out) in enumerate(folds):
            fold[held_out] = number
            taught, asked = rows.take(learn), rows.take(held_out)
            even = np.full(len(learn), 1.0 / (1 + len(E_MAILS)))
            learner = UpliftLearner(task=task)
            learner.fit(taught.records, taught.outcomes[name], taught.arms, even)
            uplift[held_out] = learner.effects(asked.records)
            response["response targeting"][held_out] = _response(taught, asked)
            silent = taught.take(np.flatnonzero(taught.arms == CONTROL))
            response["response targeting of the untreated"][held_out] = _response(silent, asked)
    order = [comparable(uplift[:, k], fold) for k in range(len(E_MAILS))]
    peers = {peer: comparable(score, fold) for peer, score in response.items()}
    return Found(np.column_stack(order), peers)


def _response(taught: Rows, asked: Rows) -> Floats:
    """Return P(visit) of the asked, learned without a word of the e-mail."""
    encoder = RecordEncoder()
    matrix = encoder.fit_transform(taught.records)
    model = fit_outcome(matrix, taught.outcomes["visit"], layout_of(encoder), "binary")
    return model.predict(encoder.transform(asked.records))


def _figures(
    rows: Rows, name: str, arm: str, uplift: Floats, response: dict[str, Floats]
) -> dict[str, Interval]:
    """Return the Qini area above random and above response targeting, each with its interval."""
    mine = np.flatnonzero((rows.arms == arm) | (rows.arms == CONTROL))
    judged = Judged.of(rows.outcomes[name][mine], rows.arms[mine] == arm)
    ours = qini_area(uplift[mine], judged)
    metrics: dict[str, Metric] = {"random": ours}
    for peer, score in response.items():
        metrics[peer] = _less(ours, qini_area(score[mine], judged))
    return with_intervals(metrics, len(mine))


def _less(ours: Metric, theirs: Metric) -> Metric:
    return lambda weights: np.asarray(ours(weights) - theirs(weights))


def _folds(rows: Rows, count: int) -> list[Fold]:
    codes = np.unique(rows.arms, return_inverse=True)[1]
    return group_folds(codes, np.arange(len(codes)), "multiclass", count, SEED)


def read(path: Path) -> Rows:
    """Return Hillstrom's file as records, e-mails and outcomes."""
    with path.open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    arms = [CONTROL if row["segment"] == "No E-Mail" else row["segment"] for row in found]
    return Rows(
        records=[
            {name: float(row[name]) for name in NUMBERS} | {name: row[name] for name in CATEGORIES}
            for row in found
        ],
        arms=np.array(arms),
        outcomes={n: np.array([float(row[n]) for row in found]) for n, _ in OUTCOMES},
    )
