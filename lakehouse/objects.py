"""Encrypted objects (landing files, attachments), addressed by what they hold.

An object is cut into chunks, each sealed with the tenant's key and bound to its place, so that
gigabytes pass through bounded memory and a chunk that is missing, moved or taken from another
object is noticed. It lies under a keyed name: the folder does not betray that a tenant holds a
file which somebody else knows. It appears whole or not at all.
"""

import hashlib
import hmac
import io
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from foundation.errors import NotFound, OperatorError
from foundation.spelling import well_formed
from lakehouse.places import Place
from lakehouse.reach import reached
from lakehouse.refs import TABLE_NAME, TENANT_ID, safe_name

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

MAGIC = b"ABO1"
CHUNK_BYTES = 4 * 1024 * 1024
LENGTH_BYTES = 4
ID_BYTES = 16


class Objects:
    """Objects of one place: ``<tenant>/<kind>/<keyed name>``.

    Parameters
    ----------
    place
        Where they lie.
    keys_of
        Gives a tenant's keys.
    """

    def __init__(self, place: Place, keys_of: Callable[["Tenant"], "TenantKeys"]) -> None:
        self._place = place
        self._keys_of = keys_of

    def put(self, tenant: "Tenant", kind: str, data: bytes | BinaryIO) -> str:
        """Store an object and return the SHA-256 of its content, in hexadecimal.

        The same content again changes nothing.
        """
        folder = _folder(tenant, kind)
        keys, digests = self._keys_of(tenant), []
        source = io.BytesIO(data) if isinstance(data, bytes) else data

        def fill(target: BinaryIO) -> str:
            digests.append(_seal(source, target, keys, kind))
            return _name(keys, digests[0])

        self._place.store(folder, fill)
        return digests[0]

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
        try:
            at = self._at(tenant, kind, sha256)
            with reached(self._place.root), self._place.open(at) as source:
                yield from _checked(_unseal(source, keys, kind, sha256), sha256)
        except FileNotFoundError as error:
            raise NotFound("lakehouse.no_object", sha256=sha256) from error

    def exists(self, tenant: "Tenant", kind: str, sha256: str) -> bool:
        """Say whether the tenant has the object."""
        return self._place.exists(self._at(tenant, kind, sha256))

    def exists_named(self, tenant: "Tenant", kind: str, name: str) -> bool:
        """Say whether the tenant has an object of a keyed name."""
        return self._place.exists(f"{_folder(tenant, kind)}/{name}")

    def name(self, tenant: "Tenant", sha256: str) -> str:
        """Return the keyed name under which the tenant's object lies."""
        return _name(self._keys_of(tenant), sha256)

    def names(self, tenant: "Tenant", kind: str) -> list[str]:
        """Return the keyed names of all objects of a kind (content hashes are kept nowhere)."""
        found = self._place.names(_folder(tenant, kind))
        return [name.rsplit("/", 1)[-1] for name in found]

    def kinds(self, tenant: "Tenant") -> list[str]:
        """Return the kinds of which the tenant has objects."""
        return self._place.folders(safe_name(tenant.id, TENANT_ID, "tenant"))

    def delete(self, tenant: "Tenant", kind: str, sha256: str) -> bool:
        """Delete an object; say whether it was there."""
        return self._place.delete(self._at(tenant, kind, sha256))

    def keep_only(self, tenant: "Tenant", kind: str, contents: Iterable[str]) -> int:
        """Delete all objects of a kind but those of these SHA-256; return how many went.

        One that is being written has no name of its own yet, and stays.
        """
        folder = _folder(tenant, kind)
        others = self.others(tenant, kind, contents)
        return sum(self._place.delete(f"{folder}/{name}") for name in others)

    def others(self, tenant: "Tenant", kind: str, contents: Iterable[str]) -> list[str]:
        """Return the keyed names of all objects of a kind but those of these SHA-256.

        One that is being written has no name of its own yet, and is not among them.
        """
        kept = {self.name(tenant, sha256) for sha256 in contents}
        return [n for n in self.names(tenant, kind) if n not in kept and not n.startswith(".")]

    def delete_all(self, tenant: "Tenant", kind: str | None = None) -> int:
        """Delete a tenant's objects, of one kind or all; return how many files there were."""
        home = safe_name(tenant.id, TENANT_ID, "tenant")
        return self._place.delete_prefix(home if kind is None else _folder(tenant, kind))

    def _at(self, tenant: "Tenant", kind: str, sha256: str) -> str:
        return f"{_folder(tenant, kind)}/{self.name(tenant, sha256)}"


def _folder(tenant: "Tenant", kind: str) -> str:
    return f"{safe_name(tenant.id, TENANT_ID, 'tenant')}/{safe_name(kind, TABLE_NAME, 'kind')}"


def _name(keys: "TenantKeys", sha256: str) -> str:
    named = f"object:{well_formed(sha256)}".encode()
    return hmac.new(keys.token_key, named, hashlib.sha256).hexdigest()


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
