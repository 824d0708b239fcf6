"""Writers of one SQLite file take turns in the order in which they came.

SQLite lets one write at a time and the others look again and again: with dozens of them some wait
past any limit while later ones get in. The operating system's own lock keeps a queue, over threads
and processes, and lets go of it when a holder is killed.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENDING = "-turn"
"""What the name of the lock's file ends in, beside the database."""


class Turns:
    """The queue of those who write to a database file.

    Parameters
    ----------
    database
        The SQLite file.
    """

    def __init__(self, database: Path) -> None:
        self._file = database.with_name(database.name + ENDING)
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, and hold it while the block runs.

        A thread that has it already goes on: the database will say what is wrong with that.
        """
        if getattr(self._mine, "held", False):
            yield
            return
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._mine.held = True
            yield
        finally:
            self._mine.held = False
            os.close(descriptor)
