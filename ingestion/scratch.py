"""Folders in which plain data lies for a moment: this user's alone, deleted whatever happens."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

PREFIX = "abcall-scratch-"
LONGEST_STAY_SECONDS = 86_400.0
"""A folder of this age is in nobody's hands: the process that made it was killed."""

ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that only this user enters (mode 0700), as long as it is needed."""
    clear_left_behind(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        yield Path(folder)


def ending_of(name: str) -> str:
    r"""Return the ending of a name that somebody gave, where it may be part of a path of ours.

    >>> [ending_of(name) for name in ("a.CSV", "b.\0csv", "c", "../d.c v")]
    ['.CSV', '', '', '']
    """
    ending = PurePosixPath(name).suffix
    return ending if ENDING.fullmatch(ending) else ""


def clear_left_behind(folder: Path) -> None:
    """Delete scratch folders that a killed process left a day ago; others' stay, links as well."""
    for path in folder.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # another process clears as well
            state = path.lstat()
            own = not path.is_symlink() and state.st_uid == os.getuid()
            if own and time.time() - state.st_mtime > LONGEST_STAY_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
