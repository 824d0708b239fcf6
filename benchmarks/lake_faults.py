"""Faults by the hundred: kills at every write boundary and at random, and what else can break.

After each the same call is made again, and tables, uploads and account must be as if nothing had
happened.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.faults import clocks, damage, disk, kills
from benchmarks.faults.outcome import Outcome, tally
from benchmarks.faults.recovery import Trial, make_trial
from benchmarks.faults.scenarios import SCENARIOS
from benchmarks.table import Line

RANDOM_KILLS, QUICK_RANDOM_KILLS = 150, 12
QUICK_SCENARIOS = ("customers, increment", "incidents, changes")
NOT_MENDED = ("merge", "compaction")
"""Scenarios of bare tables, which come from no upload."""

MOST_TOLD = 20


def try_all(folder: Path, quick: bool) -> Iterator[Outcome]:
    """Try every fault; with ``quick`` fewer of them."""
    folder.chmod(0o755)  # one of the faults is met as another user
    names = QUICK_SCENARIOS if quick else tuple(SCENARIOS)
    trials = [make_trial(name, folder / str(at)) for at, name in enumerate(names)]
    each = (QUICK_RANDOM_KILLS if quick else RANDOM_KILLS) // len(trials)
    copy = folder / "copy"
    for trial in trials:
        yield from kills.at_every_boundary(trial, copy)
        yield from kills.at_random(trial, copy, each)
    for trial in trials[: 1 if quick else len(trials)]:
        yield from disk.read_only(trial, copy)
        yield from _full(trial, folder / "disk")
        yield from clocks.jumps(trial, copy)
        if trial.name not in NOT_MENDED:
            yield from damage.harmed(
                trial, copy, harms=damage.HARMS[::2] if quick else damage.HARMS
            )


def _full(trial: Trial, folder: Path) -> Iterator[Outcome]:
    with disk.small_disk(folder) as small:
        if small is not None:
            yield from disk.full(trial, small)
    folder.rmdir()


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="abcall-faults-") as folder:
        outcomes = list(try_all(Path(folder), quick))
    seconds = time.perf_counter() - started
    figures = [
        Line(
            f"account not exact after a {kind}",
            float(tried - exact),
            unit=f"of {tried}",
            most=0.0,
            configuration=f"{exact} of {tried} recovered",
        )
        for kind, (tried, exact) in tally(outcomes).items()
    ]
    figures.append(Line("all faults and recoveries", seconds, configuration=f"{len(outcomes)}"))
    wrong = [f"{one.kind}, {one.where}: {'; '.join(one.wrong)}" for one in outcomes if one.wrong]
    return figures, wrong[:MOST_TOLD]
