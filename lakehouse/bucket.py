"""Files in S3-compatible storage, by the standard AWS variables of the environment.

``AWS_ENDPOINT_URL``, ``AWS_REGION``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY`` and
``AWS_ALLOW_HTTP`` mean here what they mean to delta-rs and to Sail.
"""

import os
import tempfile
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from foundation.disk import disk_told
from foundation.errors import OperatorError
from foundation.settings import BUCKET_SCHEME
from lakehouse.places import Fill
from lakehouse.reach import reached

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, S3FileSystem

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
CONNECT_SECONDS = 5.0
REQUEST_SECONDS = 60.0
ATTEMPTS = 4


class Bucket:
    """A place in a bucket.

    Parameters
    ----------
    root
        ``s3://bucket/prefix``.
    """

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        self._base = self.root.removeprefix(BUCKET_SCHEME)

    def store(self, folder: str, fill: Fill) -> str:
        """Keep a file: written here first, because its name is known at its end, then uploaded.

        An upload in parts becomes an object when its last part has arrived, and not before.
        """
        with disk_told(), tempfile.NamedTemporaryFile(prefix="abcall-") as spool:
            name = fill(cast(BinaryIO, spool))
            spool.flush()
            if not self.exists(f"{folder}/{name}"):
                self._upload(spool.name, f"{folder}/{name}")
        return name

    def replace(self, name: str, content: bytes) -> None:
        """Upload the new content: the object changes when it has arrived whole."""
        with self._reached(), self._files.open_output_stream(self._path(name)) as target:
            target.write(content)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; pieces are fetched as they are read."""
        with self._reached():
            return cast(BinaryIO, self._files.open_input_file(self._path(name)))

    def exists(self, name: str) -> bool:
        """Say whether there is a file of this name."""
        return bool(self._info(name).is_file)

    def names(self, prefix: str) -> list[str]:
        """Return the names of all files below a folder."""
        return sorted(self.sizes(prefix))

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the bytes of all files below a folder, by name."""
        found = self._below(prefix, recursive=True)
        return {info.path[len(self._base) + 1 :]: info.size for info in found if info.is_file}

    def folders(self, prefix: str) -> list[str]:
        """Return the last parts of the folders right below one."""
        found = self._below(prefix, recursive=False)
        return sorted(info.base_name for info in found if not info.is_file)

    def delete(self, name: str) -> bool:
        """Delete a file; say whether it was there."""
        if not self.exists(name):
            return False
        with self._reached():
            self._files.delete_file(self._path(name))
        return True

    def delete_prefix(self, prefix: str) -> int:
        """Delete all that lies below a folder."""
        found = len(self.names(prefix))
        if found:
            with self._reached():
                self._files.delete_dir(self._path(prefix))
        return found

    @property
    def _files(self) -> "S3FileSystem":
        return s3_files()

    def _upload(self, file: str, name: str) -> None:
        from pyarrow.fs import LocalFileSystem, copy_files

        with self._reached():
            copy_files(file, self._path(name), LocalFileSystem(), self._files, use_threads=False)
        if self._info(name).size != Path(file).stat().st_size:
            self.delete(name)
            raise OperatorError("storage.cut", place=f"{self.root}/{name}")

    def _below(self, prefix: str, *, recursive: bool) -> "list[FileInfo]":
        from pyarrow.fs import FileSelector

        chosen = FileSelector(self._path(prefix), allow_not_found=True, recursive=recursive)
        with self._reached():
            return cast("list[FileInfo]", self._files.get_file_info(chosen))

    def _info(self, name: str) -> "FileInfo":
        with self._reached():
            return self._files.get_file_info(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._base}/{name}"

    def _reached(self) -> AbstractContextManager[None]:
        return reached(self.root)


def s3_files() -> "S3FileSystem":
    """Return Arrow's client of the storage that the environment names."""
    return _client(endpoint_of_environment())


def endpoint_of_environment() -> str | None:
    """Return the address of the storage; None means Amazon's own."""
    return next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), None)


@cache
def _client(endpoint: str | None) -> "S3FileSystem":
    from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem

    return S3FileSystem(
        endpoint_override=endpoint,
        connect_timeout=CONNECT_SECONDS,
        request_timeout=REQUEST_SECONDS,
        retry_strategy=AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
    )
