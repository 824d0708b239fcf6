"""Encrypted objects (landing files, attachments), addressed by what they hold.

An object is cut into chunks, each sealed with the tenant's key and bound to its place, so that
gigabytes pass through bounded memory and a chunk that is missing, moved or taken from another
object is noticed. It lies under a keyed name: the folder does not betray that a tenant holds a
file which somebody else knows. It appears whole or not at all (temporary file, fsync, rename).
"""

import hashlib
import hmac
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from uuid import uuid4

from foundation.errors import NotFound, OperatorError
from lakehouse.refs import TABLE_NAME, TENANT_ID, safe_name

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

MAGIC = b"ABO1"
CHUNK_BYTES = 4 * 1024 * 1024
LENGTH_BYTES = 4
ID_BYTES = 16


class ObjectStore(Protocol):
    """Where objects lie: a folder here, a bucket elsewhere."""

    def put(self, tenant: "Tenant", kind: str, data: bytes | BinaryIO) -> str:
        """Store an object and return the SHA-256 of its content, in hexadecimal."""

    def get(self, tenant: "Tenant", kind: str, sha256: str) -> bytes:
        """Return a whole object."""

    def chunks(self, tenant: "Tenant", kind: str, sha256: str) -> Iterator[bytes]:
        """Return an object piece by piece."""

    def exists(self, tenant: "Tenant", kind: str, sha256: str) -> bool:
        """Say whether the tenant has the object."""


class LocalObjects:
    """Objects under a folder: ``<root>/<tenant>/<kind>/<keyed name>``.

    Parameters
    ----------
    root
        Folder of all objects; made at the first ``put``.
    keys_of
        Gives a tenant's keys.
    """

    def __init__(self, root: Path, keys_of: Callable[["Tenant"], "TenantKeys"]) -> None:
        self._root = root
        self._keys_of = keys_of

    def put(self, tenant: "Tenant", kind: str, data: bytes | BinaryIO) -> str:
        """Store an object once; the same content again changes nothing."""
        folder = self._folder(tenant, kind)
        folder.mkdir(parents=True, exist_ok=True)
        keys = self._keys_of(tenant)
        temporary = folder / f".{uuid4().hex}"
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        try:
            with temporary.open("xb") as target:
                sha256 = _seal(source, target, keys, kind)
                target.flush()
                os.fsync(target.fileno())
            path = folder / _name(keys, sha256)
            if not path.exists():
                temporary.rename(path)
                _sync_folder(folder)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256

    def get(self, tenant: "Tenant", kind: str, sha256: str) -> bytes:
        """Return a whole object. Raises as ``chunks``."""
        return b"".join(self.chunks(tenant, kind, sha256))

    def chunks(self, tenant: "Tenant", kind: str, sha256: str) -> Iterator[bytes]:
        """Return an object piece by piece, a few megabytes each.

        Raises
        ------
        NotFound
            The tenant has no such object.
        OperatorError
            It was damaged or cut; raised at the latest after the last piece.
        """
        keys = self._keys_of(tenant)
        path = self._folder(tenant, kind) / _name(keys, sha256)
        try:
            with path.open("rb") as source:
                yield from _checked(_unseal(source, keys, kind, sha256), sha256)
        except FileNotFoundError as error:
            raise NotFound("lakehouse.no_object", sha256=sha256) from error

    def exists(self, tenant: "Tenant", kind: str, sha256: str) -> bool:
        """Say whether the tenant has the object."""
        return (self._folder(tenant, kind) / _name(self._keys_of(tenant), sha256)).exists()

    def _folder(self, tenant: "Tenant", kind: str) -> Path:
        return (
            self._root
            / safe_name(tenant.id, TENANT_ID, "tenant")
            / safe_name(kind, TABLE_NAME, "kind")
        )


def _name(keys: "TenantKeys", sha256: str) -> str:
    return hmac.new(keys.token_key, f"object:{sha256}".encode(), hashlib.sha256).hexdigest()


def _context(kind: str, object_id: bytes, index: int, last: bool) -> bytes:
    return f"object/{kind}/{object_id.hex()}/{index}/{'last' if last else 'more'}".encode()


def _seal(source: BinaryIO, target: BinaryIO, keys: "TenantKeys", kind: str) -> str:
    """Write the sealed chunks: magic, object id, then length and chunk, the last one marked."""
    digest, object_id = hashlib.sha256(), os.urandom(ID_BYTES)
    target.write(MAGIC + object_id)
    index, chunk = 0, source.read(CHUNK_BYTES)
    while True:
        following = source.read(CHUNK_BYTES) if chunk else b""
        digest.update(chunk)
        sealed = keys.encrypt(chunk, _context(kind, object_id, index, last=not following))
        target.write(len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed)
        if not following:
            return digest.hexdigest()
        index, chunk = index + 1, following


def _unseal(source: BinaryIO, keys: "TenantKeys", kind: str, sha256: str) -> Iterator[bytes]:
    if source.read(len(MAGIC)) != MAGIC:
        raise OperatorError("lakehouse.damaged_object", sha256=sha256)
    object_id = source.read(ID_BYTES)
    index, length = 0, source.read(LENGTH_BYTES)
    while length or index == 0:
        sealed = source.read(int.from_bytes(length, "big"))
        following = source.read(LENGTH_BYTES)
        yield keys.decrypt(sealed, _context(kind, object_id, index, last=not following))
        index, length = index + 1, following


def _checked(pieces: Iterator[bytes], sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.hexdigest() != sha256:
        raise OperatorError("lakehouse.damaged_object", sha256=sha256)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: the folder's own entry must reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
