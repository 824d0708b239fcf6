"""Faults for tests: a process that dies at its n-th write boundary, as by ``kill -9``."""

import os
import signal

from lakehouse.boundary import Boundary


def kill_at(count: int) -> Boundary:
    """Return a hook that kills this process when it is called for the ``count``-th time."""
    calls = 0

    def hook(_place: str) -> None:
        nonlocal calls
        calls += 1
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook
