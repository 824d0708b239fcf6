"""A clock that jumps while the lake is written: by hours and years, ahead and back."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from benchmarks.faults.child import Child
from benchmarks.faults.outcome import Outcome
from benchmarks.faults.recovery import Trial, differences, next_differs
from foundation import clock
from lakehouse.boundary import Boundary

JUMPS = (timedelta(hours=5), timedelta(hours=-5), timedelta(days=1_100), timedelta(days=-1_100))


class ShiftedClock(datetime):
    """Python's clock, as far off as ``ahead`` says."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "ShiftedClock":
        """Return the present moment of a clock that is wrong."""
        wrong = datetime.now(tz) + cls.ahead
        return cls.combine(wrong.date(), wrong.timetz())


@dataclass(frozen=True)
class JumpAt:
    """The clock jumps at the n-th write boundary (0: before the work); then it may be killed.

    Attributes
    ----------
    killed
        A kill follows at the next boundary, while the clock is still wrong.
    """

    count: int
    jump: timedelta
    killed: bool

    def __call__(self, _folder: Path) -> Boundary:
        """Return the hook that does it."""
        calls = 0

        def hook(_place: str) -> None:
            nonlocal calls
            calls += 1
            if calls == self.count:
                _set_clock(self.jump)
            elif self.killed and calls == self.count + 1:
                os.kill(os.getpid(), signal.SIGKILL)

        if not self.count:
            _set_clock(self.jump)
        return hook


def _set_clock(ahead: timedelta) -> None:
    """Make the one clock of this process wrong, for all who look at it."""
    ShiftedClock.ahead = ahead
    vars(clock)["datetime"] = ShiftedClock


def jumps(trial: Trial, folder: Path) -> Iterator[Outcome]:
    """Let the clock jump at each write boundary, each time otherwise, and go right again."""
    for number, place in enumerate(("before the work", *trial.places)):
        for jump in (JUMPS[number % len(JUMPS)], JUMPS[(number + 1) % len(JUMPS)]):
            copy = trial.copy(folder)
            child = Child(trial.name, copy, JumpAt(number, jump, killed=number % 2 == 1))
            child.wait_until_ready()
            said = child.end()
            wrong = [f"said: {said}"] if said.startswith(("bug", "hangs")) else []
            # The leases of a killed process stand; a clock that ran ahead must not keep them.
            wrong += differences(trial, copy, free=False) + next_differs(copy)
            yield Outcome("clock jump", f"{trial.name}, {place}, {jump}", wrong)
