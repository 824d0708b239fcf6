"""Profit: model and threshold by maximum profit in the inner folds, judged on the outer ones.

The peer is the same estimators chosen by AUC, with the threshold that the ROC curve itself prefers
(Youden's index, the most true positives less false ones), found in the same inner folds. Two more
thresholds of that peer stand beside it: one half, and where contacting pays if its probabilities
are right, which is what ours takes too unless another brings surely more. The contract's money.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from benchmarks.models_tabular import ESTIMATORS, QUICK_ROWS, SEED, SOURCES
from benchmarks.real_tables import Source, read, some
from benchmarks.table import Line
from data_contracts.loader import load_contracts
from models.arrays import Floats
from models.cross import fitted
from models.evaluate import Interval, difference_with_interval, mean_of
from models.folds import OUTER, Fold, group_folds
from models.profit import payoff_of, profit_per_person
from models.rows import Rows
from models.search import choose
from models.threads import bounded

VALUES = {
    "Telco churn": ("telecom", "MonthlyCharges"),
    "Iranian churn": ("telecom", "Customer Value"),
    "credit card churn": ("banking", "Total_Trans_Amt"),
}
"""The vertical whose money holds, and the column that stands for a customer's value."""
PEER = "AUC-best, Youden's threshold"


@dataclass(frozen=True)
class Judged:
    """What each row would have brought, by way of deciding, shape (n,)."""

    ours: Floats
    peers: dict[str, Floats]


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    figures: list[Line] = []
    above: list[str] = []
    sources = [one for one in SOURCES if one.name in VALUES]
    for source in sources[:1] if quick else sources:
        vertical, column = VALUES[source.name]
        money = replace(load_contracts()[vertical].model("churn").money, value_column=column)
        rows = replace(read(source), money=money)
        if quick:
            rows = some(rows, QUICK_ROWS)
        folds = group_folds(rows.codes, rows.groups, "binary", 2 if quick else OUTER, SEED)
        judged = judge(rows, folds, source)
        found = _difference(judged, PEER)
        figures += [_line(source, judged, peer, quick=quick) for peer in judged.peers]
        above += [source.name] if found.low > 0 else []
    figures.append(
        Line(
            "sets with surely more profit than the peer's",
            len(above),
            unit="",
            least=None if quick else 2.0,
            configuration=", ".join(above),
        )
    )
    return figures, [NOTE]


NOTE = (
    "profit a customer, in the set's own units of value over 30 days: the contract's contact cost, "
    "offer cost and acceptance; paired 95 % intervals, 1,000 bootstrap draws"
)


def judge(rows: Rows, folds: Sequence[Fold], source: Source) -> Judged:
    """Choose model and threshold both ways in each fold, and count what the rest brings."""
    ours = np.zeros(len(rows))
    peers = {name: np.zeros(len(rows)) for name in (PEER, "… one half", "… where it should pay")}
    for number, (learn, held_out) in enumerate(folds):
        started = time.perf_counter()
        taught, asked = rows.take(learn), rows.take(held_out)
        payoff = payoff_of(asked)
        assert payoff is not None
        said, threshold, _ = _asked(taught, asked, "profit")
        ours[held_out] = profit_per_person(asked.codes, said, payoff, threshold)
        said, _, youden = _asked(taught, asked, "auc")
        for name, cut in zip(peers, (youden, 0.5, None), strict=True):
            peers[name][held_out] = profit_per_person(asked.codes, said, payoff, cut)
        took = f"{time.perf_counter() - started:.0f} s"
        print(f"· {source.name}, fold {number + 1}: {took}", file=sys.stderr, flush=True)
    return Judged(ours, peers)


def _asked(taught: Rows, asked: Rows, metric: str) -> tuple[Floats, float | None, float]:
    """Return probabilities of the asked, and thresholds from inside: by profit, and Youden's."""
    with bounded():
        chosen = choose(taught, ESTIMATORS, metric, SEED)
        said = fitted(taught, chosen.recipe).margins(asked.records)[:, 0]
    inside = np.asarray(expit(chosen.margins[:, 0]))
    return np.asarray(expit(said)), chosen.recipe.contact_threshold, _youden(taught, inside)


def _youden(rows: Rows, probability: Floats) -> float:
    from sklearn.metrics import roc_curve

    false_positives, true_positives, thresholds = roc_curve(rows.codes, probability)
    return float(thresholds[np.argmax(true_positives - false_positives)])


def _line(source: Source, judged: Judged, peer: str, *, quick: bool) -> Line:
    found = _difference(judged, peer)
    return Line(
        f"{source.name}: profit a customer above {peer}",
        found.value,
        unit="",
        least=0.0 if peer == PEER and not quick else None,
        peer=f"{judged.peers[peer].mean():.3f}",
        configuration=f"{found.low:+.3f} to {found.high:+.3f}; ours {judged.ours.mean():.3f}",
        digits=3,
    )


def _difference(judged: Judged, peer: str) -> Interval:
    ours, theirs = mean_of(judged.ours), mean_of(judged.peers[peer])
    return difference_with_interval(ours, theirs, len(judged.ours))
