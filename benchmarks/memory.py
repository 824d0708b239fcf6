"""Memory of a process and all it started, watched while something runs."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from foundation.settings import MIB

GIB = 1024 * MIB
EVERY_SECONDS = 0.1


class MemoryWatch:
    """Watch this process and its descendants while the block runs.

    Attributes
    ----------
    peak
        Most bytes that all of them held at one time. Pages that several share are counted once
        (proportional set size).
    """

    def __init__(self) -> None:
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_SECONDS):
            self.peak = max(self.peak, sum(map(_held_by, tree_of(os.getpid()))))


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process and all that it started: shared pages count in each.

    Cheaper to ask for than what is held, so that it does not slow down what is timed.
    """
    return sum(map(_resident, tree_of(pid)))


def tree_of(pid: int) -> Iterator[int]:
    """Yield a process and all that it started, as far as they still run."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from tree_of(int(child))


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _held_by(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
