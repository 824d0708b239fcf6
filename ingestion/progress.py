"""How far an upload has come, for whoever waits for it: this process or another."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Stage = Literal["landing", "reading", "preparing", "planning", "writing", "auditing"]
STAGES: tuple[Stage, ...] = (
    "landing",
    "reading",
    "preparing",
    "planning",
    "writing",
    "auditing",
)


@dataclass(frozen=True)
class Progress:
    """How far an upload has come.

    Attributes
    ----------
    stage
        What is being done.
    rows
        Rows that the stage is done with.
    total_rows
        Rows of the file; 0 until it has been read.
    done_bytes, total_bytes
        Bytes of the file that the stage is done with, of all.
    """

    stage: Stage
    rows: int = 0
    total_rows: int = 0
    done_bytes: int = 0
    total_bytes: int = 0

    @property
    def share(self) -> float:
        """How much of the stage is done, 0..1."""
        return min(self.done_bytes / self.total_bytes, 1.0) if self.total_bytes else 0.0


Told = Callable[[Progress], object]
"""Is told how far an upload has come, some times a second at most."""


def nobody(_progress: Progress) -> None:
    """Tell nobody."""


class Teller:
    """Turns rows that are done into progress; tells nothing more often than is of use.

    Parameters
    ----------
    told
        Who is told.
    total_bytes
        Bytes of the file.
    """

    def __init__(self, told: Told, total_bytes: int) -> None:
        self._told, self._now = told, Progress("landing", total_bytes=total_bytes)

    def begins(self, stage: Stage, total_rows: int = 0) -> None:
        """Tell that a stage begins."""
        self._tell(replace(self._now, stage=stage, rows=0, done_bytes=0, total_rows=total_rows))

    def adds(self, rows: int, done_bytes: int | None = None) -> None:
        """Tell that the stage is done with more rows."""
        now, done = self._now, self._now.rows + rows
        if done_bytes is None:
            done_bytes = now.total_bytes * done // now.total_rows if now.total_rows else 0
        self._tell(replace(now, rows=done, done_bytes=done_bytes))

    def _tell(self, progress: Progress) -> None:
        self._now = progress
        self._told(progress)
