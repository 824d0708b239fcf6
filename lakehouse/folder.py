"""Files in a folder of this machine (or one that it mounts)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from foundation.disk import disk_told
from lakehouse.places import Fill


class Folder:
    """A place in the file system.

    Parameters
    ----------
    root
        Folder of all files; made at the first ``store``.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.root = str(root)

    def store(self, folder: str, fill: Fill) -> str:
        """Keep a file: a temporary one beside it, synced, then renamed.

        Raises
        ------
        OperatorError
            The disk is full or may not be written; nothing is kept then.
        """
        with disk_told(), self._temporary(folder) as temporary:
            with temporary.open("xb") as target:
                name = fill(target)
                _sync_file(target)
            if not temporary.with_name(name).exists():
                _rename(temporary, name)
        return name

    def replace(self, name: str, content: bytes) -> None:
        """Write beside the file, then take its name."""
        folder, _, last = name.rpartition("/")
        with disk_told(), self._temporary(folder) as temporary:
            with temporary.open("xb") as target:
                target.write(content)
                _sync_file(target)
            _rename(temporary, last)

    @contextmanager
    def _temporary(self, folder: str) -> Iterator[Path]:
        home = self._root / folder
        home.mkdir(parents=True, exist_ok=True)
        temporary = home / f".{uuid4().hex}"
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return (self._root / name).open("rb")

    def exists(self, name: str) -> bool:
        """Say whether there is a file of this name."""
        return (self._root / name).is_file()

    def names(self, prefix: str) -> list[str]:
        """Return the names of all files below a folder; also of what a killed process left."""
        return sorted(self.sizes(prefix))

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the bytes of all files below a folder, by name."""
        files = (path for path in (self._root / prefix).rglob("*") if path.is_file())
        return {path.relative_to(self._root).as_posix(): path.stat().st_size for path in files}

    def folders(self, prefix: str) -> list[str]:
        """Return the names of the folders right below one."""
        home = self._root / prefix
        return (
            sorted(path.name for path in home.iterdir() if path.is_dir()) if home.exists() else []
        )

    def delete(self, name: str) -> bool:
        """Delete a file; say whether it was there."""
        path = self._root / name
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _sync_folder(path.parent)
        return True

    def delete_prefix(self, prefix: str) -> int:
        """Delete a folder with all that lies in it."""
        home = self._root / prefix
        if not home.exists():
            return 0
        found = len(self.names(prefix))
        shutil.rmtree(home)
        _sync_folder(home.parent)
        return found


def _rename(temporary: Path, name: str) -> None:
    temporary.replace(temporary.with_name(name))
    _sync_folder(temporary.parent)


def _sync_file(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename or a deletion durable: the folder's own entry must reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
