"""``kill -9``: at every write boundary, and at random moments of the work."""

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.child import Child
from benchmarks.faults.outcome import Outcome
from benchmarks.faults.recovery import Trial, differences
from lakehouse.boundary import Boundary


@dataclass(frozen=True)
class KillAt:
    """Dies when it passes its n-th write boundary."""

    count: int

    def __call__(self, _folder: Path) -> Boundary:
        """Return the hook that does it."""
        calls = 0

        def hook(_place: str) -> None:
            nonlocal calls
            calls += 1
            if calls == self.count:
                os.kill(os.getpid(), signal.SIGKILL)

        return hook


def at_every_boundary(trial: Trial, folder: Path) -> Iterator[Outcome]:
    """Kill the work at each of its boundaries, one run a boundary."""
    for number, place in enumerate(trial.places, 1):
        copy = trial.copy(folder)
        child = Child(trial.name, copy, KillAt(number))
        child.wait_until_ready()
        said = child.end()
        wrong = [] if child.was_killed else [f"was not killed: {said}"]
        yield Outcome(
            "kill at a boundary", f"{trial.name}, {place}", wrong + differences(trial, copy)
        )


def at_random(trial: Trial, folder: Path, count: int, seed: int = 0) -> Iterator[Outcome]:
    """Kill the work at random moments between its begin and its usual end."""
    chance = random.Random(seed)
    longest = usual_seconds(trial, folder)
    for _ in range(count):
        moment = chance.uniform(0, longest)
        copy = trial.copy(folder)
        child = Child(trial.name, copy)
        child.wait_until_ready()
        time.sleep(moment)
        child.kill()
        where = f"{trial.name}, after {moment:.3f} s of {longest:.3f} s"
        yield Outcome("kill at a random moment", where, differences(trial, copy))


def usual_seconds(trial: Trial, folder: Path) -> float:
    """Return how long the work takes when nobody kills it."""
    child = Child(trial.name, trial.copy(folder))
    child.wait_until_ready()
    started = time.perf_counter()
    said = child.end()
    if said != "done":
        raise RuntimeError(f"{trial.name}, undisturbed in a child: {said}")
    return time.perf_counter() - started
