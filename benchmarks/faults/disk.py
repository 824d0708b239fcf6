"""A disk that is full, and folders that may not be written."""

import codecs
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.child import Child
from benchmarks.faults.outcome import Outcome
from benchmarks.faults.recovery import Trial, differences
from lakehouse.boundary import Boundary

DISK_MIB = 96
FILLER = "filler"
BLOCK = b"\0" * 65_536
LEFT_FREE_BYTES = (0, 4_096, 40_000)
"""What is left free: nothing, less than a log entry needs, less than a table's file needs."""

NOBODY = 65_534
"""User and group ``nobody``: root may write everywhere, whatever a folder's rights say."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Yield a small disk of its own; none where only root could mount one and we are not root."""
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder))
    done = subprocess.run(("mount", *options), capture_output=True, check=False)
    if done.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(("umount", str(folder)), check=True, capture_output=True)


@dataclass(frozen=True)
class FullAt:
    """Fills the disk when the n-th write boundary is passed; 0: before the work begins."""

    count: int
    left_free: int

    def __call__(self, folder: Path) -> Boundary:
        """Return the hook that does it."""
        calls = 0
        if not self.count:
            fill(folder.parent / FILLER, self.left_free)

        def hook(_place: str) -> None:
            nonlocal calls
            calls += 1
            if calls == self.count:
                fill(folder.parent / FILLER, self.left_free)

        return hook


def fill(file: Path, left_free: int) -> None:
    """Write a file until the disk is full, then give back some of it."""
    with file.open("wb", buffering=0) as target, suppress(OSError):
        while target.write(BLOCK):
            pass
    size = file.stat().st_size
    os.truncate(file, max(size - left_free, 0))


def full(trial: Trial, disk: Path) -> Iterator[Outcome]:
    """Fill the disk at each write boundary, then make room again."""
    for number, place in enumerate(("before the work", *trial.places)):
        copy = trial.copy(disk / "copy")
        left_free = LEFT_FREE_BYTES[number % len(LEFT_FREE_BYTES)]
        child = Child(trial.name, copy, FullAt(number, left_free))
        child.wait_until_ready()
        said = child.end()
        (disk / FILLER).unlink()
        wrong = [] if _was_told(said) else [f"said: {said}"]
        where = f"{trial.name}, {place}, {left_free} bytes free"
        yield Outcome("full disk", where, wrong + differences(trial, copy))


@dataclass(frozen=True)
class AsNobody:
    """Goes on as a user who may read everything and write nothing."""

    def __call__(self, _folder: Path) -> Boundary:
        """Give up root's rights."""
        # Python's own folder may be root's: what it loads late must be here before.
        for codec in ("ascii", "cp1252", "utf-16"):
            codecs.lookup(codec)
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return lambda _place: None


def read_only(trial: Trial, folder: Path) -> Iterator[Outcome]:
    """Take away the right to write from one part of the installation after the other."""
    for part in ("lake", "objects", "operations.db", "."):
        copy = trial.copy(folder)
        place = copy / "data" / part
        if not place.exists():  # nothing was written there yet
            place.mkdir()
        _writable(copy, yes=True)
        _writable(place, yes=False)
        child = Child(trial.name, copy, AsNobody())
        child.wait_until_ready()
        said = child.end()
        _writable(copy, yes=True)
        wrong = [] if _was_told(said) else [f"said: {said}"]
        yield Outcome("read-only folder", f"{trial.name}, {part}", wrong + differences(trial, copy))


def _writable(folder: Path, *, yes: bool) -> None:
    """Let everybody write to a file or a folder and all below it, or nobody but root."""
    files, folders = (0o666, 0o777) if yes else (0o444, 0o555)
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def _was_told(said: str) -> bool:
    """Say whether an operator was told, or nothing had to be written any more."""
    return said == "done" or said.startswith("operator: disk.")
