"""Where named bytes lie: a folder here, a bucket elsewhere. Nothing above knows which."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from foundation.settings import BUCKET_SCHEME

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

Fill = Callable[[BinaryIO], str]
"""Writes the bytes and returns the name under which they are kept."""


class Place(Protocol):
    """Files under one root, by names with ``/`` between their parts.

    Attributes
    ----------
    root
        Folder or URL of all of them.

    Names are checked by whoever makes them: a place trusts what it is given.
    """

    root: str

    def store(self, folder: str, fill: Fill) -> str:
        """Keep what ``fill`` writes under the name it returns, in ``folder``; return that name.

        It appears whole or not at all, and is durable then; what bears the name already stays.
        """

    def replace(self, name: str, content: bytes) -> None:
        """Put a file's new content in the place of its old one, at once and durably."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; ``FileNotFoundError`` where there is none."""

    def exists(self, name: str) -> bool:
        """Say whether there is a file of this name."""

    def names(self, prefix: str) -> list[str]:
        """Return the names of all files below a folder, however deep, sorted."""

    def folders(self, prefix: str) -> list[str]:
        """Return the last parts of the folders right below one, sorted."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the bytes of all files below a folder, by name."""

    def delete(self, name: str) -> bool:
        """Delete a file; say whether it was there."""

    def delete_prefix(self, prefix: str) -> int:
        """Delete all that lies below a folder, and it; return how many files there were."""


def place_at(root: str) -> Place:
    """Return the place of a folder or an ``s3://`` URL; nothing is read or made yet."""
    if root.startswith(BUCKET_SCHEME):
        from lakehouse.bucket import Bucket

        return Bucket(root)
    from lakehouse.folder import Folder

    return Folder(Path(root))


def located(uris: Sequence[str]) -> "tuple[list[str], FileSystem | None]":
    """Return files as Arrow opens them: their paths, and the file system of a bucket's."""
    if not any(uri.startswith(BUCKET_SCHEME) for uri in uris):
        return list(uris), None
    from lakehouse.bucket import s3_files

    return [uri.removeprefix(BUCKET_SCHEME) for uri in uris], s3_files()
