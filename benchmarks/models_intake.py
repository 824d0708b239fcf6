"""Will the consumer dispute the answer? Asked when the complaint comes in, before any answer.

Complaints to the CFPB in the order of their dates: each of four later blocks is predicted from what
was decided before it began. What only the answer tells (the company's response, whether it was
timely) is left out for everybody; a consent that was withdrawn later counts as it was given.
"""

import sys
import time
from dataclasses import replace

import numpy as np
from scipy.special import expit

from benchmarks.kept import Kept, note_of
from benchmarks.models_peers import PEERS, Peer
from benchmarks.models_tabular import ESTIMATORS, SEED
from benchmarks.real_tables import Source, read_columns, rows_of, some
from benchmarks.table import Line
from models.arrays import Floats
from models.columns import category
from models.cross import fit
from models.evaluate import Metric, difference_with_interval, with_intervals
from models.folds import outer_folds
from models.ranking import auc_of_draws
from models.rows import Rows
from models.threads import bounded

SOURCE = Source(
    "disputes at intake",
    "complaints_cfpb_disputed_20k/complaints.csv",
    "Consumer disputed?",
    "1",
    ("Company response", "Timely response"),
    "0.64 with the company's response",
)
DATE, COMPANY, CONSENT = "Date received", "Company", "Consumer consent provided?"
DECIDED_AFTER_DAYS = 60
"""Answer and dispute are in by then; later complaints teach nothing yet."""
QUICK_ROWS = 2_000
PRIOR_ROWS = 20.0


def complaints() -> Rows:
    """Return the complaints that say whether they were disputed, as they were at intake."""
    columns, codes = read_columns(SOURCE)
    dates = np.array(columns.pop(DATE), dtype="datetime64[D]")
    columns[CONSENT] = [str(v or "").replace("withdrawn", "provided") for v in columns[CONSENT]]
    columns["month"] = (dates.astype("datetime64[M]").astype(int) % 12 + 1).astype(float).tolist()
    columns["weekday"] = ((dates.astype(int) + 3) % 7).astype(float).tolist()
    columns["ZIP code"] = [category(value) for value in columns["ZIP code"]]
    rows = rows_of(columns, codes)
    order = np.argsort(dates, kind="stable")
    rows = replace(rows, as_of=dates.astype("datetime64[us]"), horizon_days=DECIDED_AFTER_DAYS)
    return rows.take(order)


def ours(learn: Rows, held_out: Rows) -> Floats:
    """Return the platform's probabilities."""
    pipeline = fit(learn, ESTIMATORS, "auc", SEED)
    return np.asarray(expit(pipeline.margins(held_out.records)[:, 0]))


def by_company(learn: Rows, held_out: Rows) -> Floats:
    """Return the share of a company's complaints that were disputed, drawn towards the whole's."""
    whole = learn.codes.mean()
    disputed: dict[str, list[float]] = {}
    for record, code in zip(learn.records, learn.codes.tolist(), strict=True):
        disputed.setdefault(category(record[COMPANY]), []).append(code)
    found = [disputed.get(category(record[COMPANY]), []) for record in held_out.records]
    return np.array([(sum(f) + PRIOR_ROWS * whole) / (len(f) + PRIOR_ROWS) for f in found])


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    rows = complaints()
    if quick:
        rows = some(rows, QUICK_ROWS)
    peers = {name: Kept(way) for name, way in PEERS.items()}
    ways: dict[str, Peer] = {"ours": ours, **peers, "the company's share": by_company}
    split = outer_folds(rows, SEED)
    said = {who: np.full(len(rows), np.nan) for who in ways}
    for number, (learn, held_out) in enumerate(split.folds):
        for who, way in ways.items():
            started = time.perf_counter()
            with bounded():
                said[who][held_out] = way(rows.take(learn), rows.take(held_out))
            took = f"{time.perf_counter() - started:.0f} s"
            print(f"· block {number + 1}, {who}: {took}", file=sys.stderr, flush=True)
    judged = np.flatnonzero(~np.isnan(said["ours"]))
    codes = rows.codes[judged]
    mine = auc_of_draws(codes, said.pop("ours")[judged])
    told = f"{len(judged):,} later of {len(rows):,} complaints, split by {split.kind}"
    others = {name: probability[judged] for name, probability in said.items()}
    return _figures(codes, mine, others, told, quick=quick), [note_of(peers)]


def _figures(
    codes: Floats, mine: Metric, said: dict[str, Floats], told: str, *, quick: bool
) -> list[Line]:
    whole = with_intervals({"auc": mine}, len(codes))["auc"]
    span = f"{whole.low:.4f} to {whole.high:.4f}; {told}"
    found = [
        Line("disputes at intake: AUC", whole.value, "", peer=SOURCE.published, configuration=span,
             digits=4)
    ]  # fmt: skip
    for name, probability in said.items():
        theirs = auc_of_draws(codes, probability)
        difference = difference_with_interval(mine, theirs, len(codes))
        found.append(
            Line(
                f"disputes at intake: AUC less {name}",
                difference.value,
                unit="",
                least=None if quick else 0.0,
                peer=f"{float(theirs(np.ones((1, len(codes))))[0]):.4f}",
                configuration=f"{difference.low:+.4f} to {difference.high:+.4f}",
                digits=4,
            )
        )
    return found
