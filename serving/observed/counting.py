"""Where workers count: a folder of files, one set a process, that whoever is asked adds up."""

import os
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which ``prometheus_client`` knows the folder, when it is imported."""


def count_in(folder: Path) -> None:
    """Let this process and those forked from it count in a folder, from nought."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in folder.glob("*.db"):
        file.unlink()
    os.environ[FOLDER] = str(folder)


def forget_living(process: int) -> None:
    """Drop what a process that is gone counted of itself; what it did stays counted."""
    folder = os.environ.get(FOLDER)
    for file in Path(folder).glob(f"gauge_live*_{process}.db") if folder else ():
        file.unlink(missing_ok=True)
