"""Faults by the hundred: kills at every write boundary and at random, and what else can break.

After each the same call is made again, and tables, uploads and account must be as if nothing had
happened.
"""

import math
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from benchmarks.faults import clocks, damage, disk, kills
from benchmarks.faults.outcome import Outcome, tally
from benchmarks.faults.recovery import Trial, make_trial
from benchmarks.faults.scenarios import SCENARIOS
from benchmarks.table import Line

RANDOM_KILLS, QUICK_RANDOM_KILLS = 150, 8
QUICK_SCENARIOS = ("customers, increment", "incidents, changes")
QUICK_OF_A_KIND = 3
"""Faults of a kind that a quick run tries beside kills."""

NOT_MENDED = ("merge", "compaction")
"""Scenarios of bare tables, which come from no upload."""

MOST_TOLD = 20


def try_all(folder: Path, quick: bool) -> list[Outcome]:
    """Try every fault, a scenario a process; with ``quick`` fewer of them."""
    folder.chmod(0o755)  # one of the faults is met as another user
    names = QUICK_SCENARIOS if quick else tuple(SCENARIOS)
    work = partial(try_scenario, folder, quick, len(names))
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        return [outcome for outcomes in pool.map(work, names) for outcome in outcomes]


def try_scenario(folder: Path, quick: bool, scenarios: int, name: str) -> list[Outcome]:
    """Try the faults of one scenario; the body of a process of its own."""
    home = folder / str(list(SCENARIOS).index(name))
    trial, copy = make_trial(name, home / "trial"), home / "copy"
    random_ones = QUICK_RANDOM_KILLS if quick else RANDOM_KILLS
    outcomes = list(kills.at_every_boundary(trial, copy))
    outcomes += kills.at_random(trial, copy, math.ceil(random_ones / scenarios))
    if quick and name != QUICK_SCENARIOS[1]:
        return outcomes
    most = QUICK_OF_A_KIND if quick else None
    for faults in (
        disk.read_only(trial, copy),
        _full(trial, home / "disk"),
        clocks.jumps(trial, copy),
        () if name in NOT_MENDED else damage.harmed(trial, copy),
    ):
        outcomes += islice(faults, most)
    return outcomes


def _full(trial: Trial, folder: Path) -> Iterator[Outcome]:
    with disk.small_disk(folder) as small:
        if small is not None:
            yield from disk.full(trial, small)
    folder.rmdir()


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="abcall-faults-") as folder:
        outcomes = try_all(Path(folder), quick)
    seconds = time.perf_counter() - started
    figures = [
        Line(
            f"account not exact after a {kind}",
            tried - exact,
            unit=f"of {tried}",
            most=0.0,
            configuration=f"{exact} of {tried} recovered",
        )
        for kind, (tried, exact) in tally(outcomes).items()
    ]
    figures.append(
        Line("all faults and recoveries", seconds, configuration=f"{len(outcomes)} faults")
    )
    wrong = [f"{one.kind}, {one.where}: {'; '.join(one.wrong)}" for one in outcomes if one.wrong]
    return figures, wrong[:MOST_TOLD]
