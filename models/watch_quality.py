"""Quality once labels arrive: a champion's stored scores against what became of those scored.

It is held against the same champion on the rows that it was judged on (out of fold), everyone and
group by group. ``discrimination`` is the task's usual metric; ``calibration``, of a yes-or-no
outcome, what happened less what was said. An alarm takes a loss that matters, and that is more than
chance gives any of all the figures looked at (Bonferroni over them, 1 % together).
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.special import expit

from data_contracts.contract import Contract, Task
from foundation.texts import Language
from models.arrays import Ints
from models.champion import Champion
from models.compare import MARGIN
from models.drift import FALSE_ALARMS, Compared
from models.evaluate import Interval, mean_of, with_intervals
from models.selection import LOWER_IS_BETTER, USUAL, metrics_of
from models.slices import FEWEST_OF_AN_OUTCOME, FEWEST_SHARED_ROWS
from models.watch_outcomes import Outcomes, counted, known_by_now, out_of_fold_of, outcomes_of
from models.watch_rows import FEWEST_PERSONS, Scored, described
from models.watch_table import Finding, finding
from models.watch_words import say_calibration, say_discrimination

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

DRAWS = 300
HALF_95 = 1.959964
LOSS = 2 * MARGIN
"""The least loss of discrimination that matters: of an AUC as it is, else as a share."""
GAP, GAP_SHARE = 0.02, 0.25
"""The least gap of calibration that matters: in itself, and as a share of what was said."""
NEWEST = timedelta(days=30)
"""Of the two windows, the one of outcomes that have just become known."""

_Figure = tuple[Compared, tuple[float, float], Callable[[Language], str]]
"""A figure with its alarm level, its values then and now, and its sentence."""


def quality_findings(
    lake: "Lake", tenant: "Tenant", contract: Contract, champion: Champion, scored: Scored
) -> list[Finding]:
    """Return the quality of everyone and of each group whose outcomes are known by now."""
    model = contract.model(champion.name.rpartition(".")[2])
    # No outcome can be known before the horizon of the first score lies within the data.
    if not len(scored) or np.ptp(scored.as_of) < np.timedelta64(model.label.horizon_days, "D"):
        return []
    rows = scored.take(counted(scored, model.entity))
    known, codes = known_by_now(lake, tenant, contract, champion, rows)
    windows = _windows(known)
    if not windows:
        return []
    needed = np.unique(np.concatenate(list(windows.values())))
    seen = described(lake, tenant, known.take(needed))
    before = out_of_fold_of(lake, tenant, champion)
    found = []
    for window, places in windows.items():
        mine = seen.take(np.searchsorted(needed, places))
        now = outcomes_of(mine, codes[places], champion, contract)
        found += compared(window, model.task, before, now)
    return found


def _windows(known: Scored) -> dict[str, Ints]:
    """Return each entity's newest row of those just known, and of all."""
    if not len(known):
        return {}
    since = known.as_of.max() - np.timedelta64(NEWEST)
    newest = known.newest_of(np.flatnonzero(known.as_of >= since))
    every = known.newest_of(np.arange(len(known)))
    return {"30d": newest} | ({} if np.array_equal(newest, every) else {"champion": every})


def compared(window: str, task: Task, before: Outcomes, now: Outcomes) -> list[Finding]:
    """Compare everyone, and each group of which both have rows enough."""
    both = [name for name in before.slices if name in now.slices]
    pairs = {"": (before, now)}
    pairs |= {n: (before.take(before.slices[n]), now.take(now.slices[n])) for n in both}
    pairs = {name: pair for name, pair in pairs.items() if all(_enough(one, task) for one in pair)}
    figures = 2 if task == "binary" else 1
    critical = float(stats.norm.isf(FALSE_ALARMS / max(1, figures * len(pairs))))
    found = []
    for name, (old, new) in pairs.items():
        rows = len(old.codes), len(new.codes)
        told = [_discrimination(name, task, old, new, critical)]
        told += [_calibration(name, new, critical)] if task == "binary" else []
        for one, values, say in told:
            found.append(finding(window, one, "quality", rows=rows, values=values, say=say))
    return found


def _enough(rows: Outcomes, task: Task) -> bool:
    # A few persons' many cases are figures about these persons.
    if len(rows.codes) < FEWEST_SHARED_ROWS or len(np.unique(rows.persons)) < FEWEST_PERSONS:
        return False
    if task == "number":
        return True
    _, counts = np.unique(rows.codes, return_counts=True)
    return len(counts) > 1 and int(counts.min()) >= FEWEST_OF_AN_OUTCOME


def _discrimination(
    name: str, task: Task, before: Outcomes, now: Outcomes, critical: float
) -> _Figure:
    metric = USUAL[task]
    old, new = (_interval(metric, task, rows) for rows in (before, now))
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
    least = LOSS if metric == "auc" else LOSS * abs(old.value)
    level = max(least, critical * float(np.hypot(_error(old), _error(new))))
    lost = Compared(name, "discrimination", metric, sign * (old.value - new.value), level)
    say = partial(say_discrimination, metric, old.value, new)
    return lost, (old.value, new.value), say


def _calibration(name: str, now: Outcomes, critical: float) -> _Figure:
    said = expit(now.margins[:, 0])
    gap = with_intervals({"gap": mean_of(now.codes - said)}, len(said), now.persons, DRAWS)["gap"]
    expected, happened = float(said.mean()), float(now.codes.mean())
    level = max(GAP, GAP_SHARE * expected, critical * _error(gap))
    apart = Compared(name, "calibration", "observed_less_expected", abs(gap.value), level)
    return apart, (expected, happened), partial(say_calibration, expected, happened)


def _interval(metric: str, task: Task, rows: Outcomes) -> Interval:
    chosen = {metric: metrics_of(task, rows.codes, rows.margins)[metric]}
    return with_intervals(chosen, len(rows.codes), rows.persons, DRAWS)[metric]


def _error(found: Interval) -> float:
    return (found.high - found.low) / (2 * HALF_95)
