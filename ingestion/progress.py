"""How far an upload has come, for whoever waits for it: this process or another."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from foundation.texts import Language, text
from tenancy.upload import UNDER_WAY
from tenancy.uploads import note_progress

if TYPE_CHECKING:
    from tenancy.store import Store
    from tenancy.tenant import Tenant
    from tenancy.upload import Upload

KEPT_EVERY_SECONDS = 1.0

Stage = Literal["landing", "reading", "preparing", "planning", "writing", "auditing"]


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

    @classmethod
    def of(cls, upload: "Upload") -> "Progress | None":
        """Return how far a running upload has come; None where it has ended or told nothing."""
        if upload.state not in UNDER_WAY or not upload.progress:
            return None
        return cls(**{field.name: upload.progress[field.name] for field in fields(cls)})

    def say(self, language: Language) -> str:
        """Return what is being done, in words."""
        return text(f"progress.stage_{self.stage}", language)

    @property
    def share(self) -> float:
        """How much of the stage is done, 0..1."""
        return min(self.done_bytes / self.total_bytes, 1.0) if self.total_bytes else 0.0


Told = Callable[[Progress], object]
"""Is told how far an upload has come, some times a second at most."""


def nobody(_progress: Progress) -> None:
    """Tell nobody."""


class Teller:
    """Turns rows that are done into progress; tells no more often than is of use.

    Parameters
    ----------
    told
        Who is told.
    total_bytes
        Bytes of the file.
    """

    def __init__(self, told: Told = nobody, total_bytes: int = 0) -> None:
        self._told, self._now = told, Progress("landing", total_bytes=total_bytes)

    def also(self, told: Told) -> None:
        """Tell one more from now on."""
        first = self._told

        def both(progress: Progress) -> None:
            first(progress)
            told(progress)

        self._told = both

    def begins(self, stage: Stage, total_rows: int = 0) -> None:
        """Tell that a stage begins."""
        self._tell(replace(self._now, stage=stage, rows=0, done_bytes=0, total_rows=total_rows))

    def adds(self, rows: int, done_bytes: int | None = None) -> None:
        """Tell that the stage is done with more rows.

        Parameters
        ----------
        done_bytes
            Bytes of the file until there; without it the share of the rows stands for them.
        """
        now, done = self._now, self._now.rows + rows
        if done_bytes is None:
            done_bytes = now.total_bytes * done // now.total_rows if now.total_rows else 0
        self._tell(replace(now, rows=done, done_bytes=done_bytes))

    def _tell(self, progress: Progress) -> None:
        self._now = progress
        self._told(progress)


def kept_in(store: "Store", tenant: "Tenant", upload_id: str, piece_bytes: int) -> Told:
    """Return what keeps progress in the upload's record: each stage, and once a second between.

    Parameters
    ----------
    piece_bytes
        Kept with it: whoever goes on with the upload must cut its file the same way.
    """
    last: list[tuple[str, float]] = []

    def keep(progress: Progress) -> None:
        now = time.monotonic()
        if last and last[-1][0] == progress.stage and now - last[-1][1] < KEPT_EVERY_SECONDS:
            return
        last[:] = [(progress.stage, now)]
        told = asdict(progress) | {"piece_bytes": piece_bytes}
        note_progress(store, tenant, upload_id, told)

    return keep
