"""Churn and offers as tables: ours beside tuned logistic regression and tuned XGBoost.

The same outer folds for all three. Each is tuned in inner folds alone, by the same metric; figures
are of rows that no choice has seen, differences are paired. One fifth of every set, drawn before
anything else, stays untouched until all else of the set is judged.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from benchmarks.kept import Kept, note_of
from benchmarks.models_peers import PEERS, Peer
from benchmarks.real_tables import Source, read, some
from benchmarks.table import Line
from models.arrays import Floats, Ints
from models.cross import fit
from models.evaluate import Interval, binary_metrics, difference_with_interval, with_intervals
from models.folds import OUTER, Fold, group_folds
from models.ranking import auc_of_draws
from models.rows import Rows
from models.threads import bounded

ESTIMATORS = ("linear", "boosted")
"""What the contracts' churn models name."""
LEAST_DIFFERENCE = -0.003
SLOPE = (0.9, 1.1)
UNTOUCHED_SHARE = 0.2
SEED = 0
QUICK_ROWS = 1_500


SOURCES = (
    Source(
        "Telco churn",
        "churn_ibm_telco/Telco-Customer-Churn.csv",
        "Churn",
        "Yes",
        ("customerID",),
        "best published 0.847",
    ),
    Source(
        "Iranian churn",
        "churn_iranian_telecom/Customer_Churn.csv",
        "Churn",
        "1",
        published="plain XGBoost 0.988",
    ),
    Source(
        "credit card churn",
        "churn_credit_card/BankChurners.csv",
        "Attrition_Flag",
        "Attrited Customer",
        ("CLIENTNUM", "Naive_Bayes_"),
        "plain XGBoost 0.9935",
    ),
    Source(
        "telemarketing",
        "offers_bank_telemarketing/bank-full.csv",
        "y",
        "yes",
        ("duration",),
        "plain XGBoost 0.802",
    ),
)


@dataclass(frozen=True)
class Judged:
    """Probabilities of ours and of each peer for rows that they had not seen."""

    codes: Floats
    ours: Floats
    peers: dict[str, Floats]


def ours(learn: Rows, held_out: Rows) -> Floats:
    """Return the platform's probabilities: chosen, calibrated and fitted within ``learn``."""
    pipeline = fit(learn, ESTIMATORS, "auc", SEED)
    return np.asarray(expit(pipeline.margins(held_out.records)[:, 0]))


def judge(rows: Rows, folds: Sequence[Fold], name: str, peers: dict[str, Kept]) -> Judged:
    """Let everybody learn in each fold and say what they think of the rest."""
    found = {who: np.zeros(len(rows)) for who in ("ours", *peers)}
    ways: dict[str, Peer] = {"ours": ours, **peers}
    for number, (learn, held_out) in enumerate(folds):
        for who, way in ways.items():
            started = time.perf_counter()
            with bounded():
                found[who][held_out] = way(rows.take(learn), rows.take(held_out))
            took = f"{time.perf_counter() - started:.0f} s"
            print(f"· {name}, fold {number + 1}, {who}: {took}", file=sys.stderr, flush=True)
    return Judged(rows.codes, found.pop("ours"), found)


def untouched(rows: Rows) -> tuple[Ints, Ints]:
    """Return the places of the rows to work with and of those that stay untouched."""
    learn, apart = group_folds(rows.codes, rows.groups, "binary", round(1 / UNTOUCHED_SHARE), 7)[0]
    return learn, apart


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    figures: list[Line] = []
    above: list[str] = []
    peers = {name: Kept(way) for name, way in PEERS.items()}
    for source in SOURCES[:2] if quick else SOURCES:
        rows = read(source)
        if quick:
            rows = some(rows, QUICK_ROWS)
        work, apart = untouched(rows)
        inner = rows.take(work)
        folds = group_folds(inner.codes, inner.groups, "binary", 2 if quick else OUTER, SEED)
        judged = judge(inner, folds, source.name, peers)
        figures += _figures(source, judged, quick)
        above += _above(source, judged)
        last = judge(rows, [(work, apart)], f"{source.name}, untouched", peers)
        figures += _confirmed(source, _only(last, apart))
    figures.append(
        Line(
            "sets on which ours is surely above both peers",
            len(above),
            unit="",
            least=None if quick else 1.0,
            configuration=", ".join(above),
        )
    )
    return figures, [note_of(peers)]


def _figures(source: Source, judged: Judged, quick: bool) -> Iterator[Line]:
    size = f"{len(judged.codes):,} rows, outer folds"
    found = with_intervals(binary_metrics(judged.codes, judged.ours), len(judged.codes))
    yield _line(f"{source.name}: AUC", found["auc"], peer=source.published, told=size)
    for peer in judged.peers:
        difference = _difference(judged, peer)
        theirs = float(auc_of_draws(judged.codes, judged.peers[peer])(_whole(judged))[0])
        yield Line(
            f"{source.name}: AUC less {peer}, lower end",
            difference.low,
            unit="",
            least=None if quick else LEAST_DIFFERENCE,
            peer=f"{theirs:.4f}",
            configuration=f"{difference.value:+.4f}, to {difference.high:+.4f}; {size}",
            digits=4,
        )
    gain = found["base_rate_brier"].value - found["brier"].value
    yield Line(
        f"{source.name}: Brier below the base rate's",
        gain,
        unit="",
        least=0.0,
        peer=f"{found['base_rate_brier'].value:.4f}",
        configuration=f"Brier {found['brier'].value:.4f}",
        digits=4,
    )
    slope = found["calibration_slope"]
    low, high = (None, None) if quick else SLOPE
    yield Line(
        f"{source.name}: calibration slope",
        slope.value,
        unit="",
        least=low,
        most=high,
        configuration=f"{slope.low:.3f} to {slope.high:.3f}",
        digits=3,
    )


def _confirmed(source: Source, judged: Judged) -> Iterator[Line]:
    size = f"{len(judged.codes):,} rows, not asked before in this run"
    found = with_intervals({"auc": auc_of_draws(judged.codes, judged.ours)}, len(judged.codes))
    theirs = ", ".join(
        f"{peer} {float(auc_of_draws(judged.codes, said)(_whole(judged))[0]):.4f}"
        for peer, said in judged.peers.items()
    )
    yield _line(f"{source.name}: AUC on the untouched split", found["auc"], peer=theirs, told=size)


def _above(source: Source, judged: Judged) -> list[str]:
    surely = all(_difference(judged, peer).low > 0 for peer in judged.peers)
    return [source.name] if surely else []


def _difference(judged: Judged, peer: str) -> Interval:
    ours_, theirs = (auc_of_draws(judged.codes, said) for said in (judged.ours, judged.peers[peer]))
    return difference_with_interval(ours_, theirs, len(judged.codes))


def _only(judged: Judged, places: Ints) -> Judged:
    peers = {name: said[places] for name, said in judged.peers.items()}
    return Judged(judged.codes[places], judged.ours[places], peers)


def _whole(judged: Judged) -> Floats:
    return np.ones((1, len(judged.codes)))


def _line(figure: str, found: Interval, *, peer: str, told: str) -> Line:
    span = f"{found.low:.4f} to {found.high:.4f}; {told}"
    return Line(figure, found.value, unit="", peer=peer, configuration=span, digits=4)
