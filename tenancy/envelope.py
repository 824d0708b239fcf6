"""Authenticated encryption of rows and objects: pure functions over AES-256-GCM.

Layout of an encrypted value (integers big-endian, 41 bytes more than the plain one)::

    byte  0        format, 0x01
    bytes 1-4      version of the tenant's data key
    bytes 5-20     random salt, the same for all values of one batch
    bytes 21-24    place: position within the batch, or a number the caller gives (a row's)
    bytes 25-      ciphertext, then the 16-byte tag

Each batch has a key of its own, HMAC-SHA256(data key, label + salt), and the place is its GCM
nonce: no nonce repeats under a key however many rows a tenant stores (random 96-bit nonces under
one key would be safe for 2^32 values only, NIST SP 800-38D 8.3). Tenant, header and context are
authenticated: a value moved to another tenant, upload or column does not open, and where the
caller gives places, neither does one moved to another row.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.errors import OperatorError

FORMAT = 1
HEADER = struct.Struct(">BI16sI")
POSITION = struct.Struct(">8xI")
LABEL = b"abcall batch key 1"
KEY_BYTES = 32
SALT_BYTES = 16


@dataclass(frozen=True)
class DataKey:
    """One version of a tenant's data key."""

    version: int
    secret: bytes


def new_secret() -> bytes:
    """Return 32 random bytes of the operating system."""
    return os.urandom(KEY_BYTES)


def encrypt_batch(
    key: DataKey,
    tenant_id: str,
    plain: Sequence[bytes],
    context: bytes,
    places: Sequence[int] | None = None,
) -> list[bytes]:
    """Encrypt values under one batch key; order and count are kept.

    Raises
    ------
    ValueError
        A place is given twice: a nonce would repeat.
    """
    at_places = range(len(plain)) if places is None else places
    if len(set(at_places)) != len(plain):
        raise ValueError("each value of a batch needs a place of its own")
    salt = os.urandom(SALT_BYTES)
    seal = _batch_cipher(key.secret, salt).encrypt
    bound = _bound(key.version, salt, tenant_id, context)
    head, position = HEADER.pack, POSITION.pack
    return [
        head(FORMAT, key.version, salt, at) + seal(position(at), value, bound)
        for at, value in zip(at_places, plain, strict=True)
    ]


def decrypt_batch(
    keys: Mapping[int, bytes],
    tenant_id: str,
    sealed: Sequence[bytes],
    context: bytes,
    places: Sequence[int] | None = None,
) -> list[bytes]:
    """Decrypt values, of any batches and key versions.

    Parameters
    ----------
    places
        Where each value must have been sealed; without them any place will do.

    Raises
    ------
    OperatorError
        A value was changed, moved, or written by a key that this tenant does not have.
    """
    opened: list[bytes] = []
    batch: tuple[int, bytes] | None = None
    for number, value in enumerate(sealed):
        version, salt, at = _header(value, tenant_id)
        if places is not None and places[number] != at:
            raise OperatorError("tenancy.sealed_damaged", tenant=tenant_id)
        if batch != (version, salt):
            batch = (version, salt)
            open_ = _batch_cipher(_secret(keys, version, tenant_id), salt).decrypt
            bound = _bound(version, salt, tenant_id, context)
        try:
            opened.append(open_(POSITION.pack(at), value[HEADER.size :], bound))
        except InvalidTag as error:
            raise OperatorError("tenancy.sealed_damaged", tenant=tenant_id) from error
    return opened


def version_of(sealed: bytes) -> int:
    """Return the key version an encrypted value names."""
    return int(HEADER.unpack_from(sealed)[1])


def wrap(master: bytes, secret: bytes, name: str) -> bytes:
    """Encrypt a tenant's key by the master key, bound to its name (tenant, purpose, version)."""
    nonce = os.urandom(12)
    return nonce + AESGCM(master).encrypt(nonce, secret, name.encode())


def unwrap(master: bytes, wrapped: bytes, name: str) -> bytes:
    """Open a wrapped key; ``InvalidTag`` where master key or name is another one."""
    return AESGCM(master).decrypt(wrapped[:12], wrapped[12:], name.encode())


def _header(value: bytes, tenant_id: str) -> tuple[int, bytes, int]:
    if len(value) < HEADER.size + 16 or value[0] != FORMAT:
        raise OperatorError("tenancy.sealed_damaged", tenant=tenant_id)
    _, version, salt, at = HEADER.unpack_from(value)
    return version, salt, at


def _secret(keys: Mapping[int, bytes], version: int, tenant_id: str) -> bytes:
    if version not in keys:
        raise OperatorError("tenancy.sealed_damaged", tenant=tenant_id)
    return keys[version]


def _batch_cipher(secret: bytes, salt: bytes) -> AESGCM:
    return AESGCM(hmac.digest(secret, LABEL + salt, hashlib.sha256))


def _bound(version: int, salt: bytes, tenant_id: str, context: bytes) -> bytes:
    """Return what is authenticated; the place is, as the nonce."""
    tenant = tenant_id.encode()
    return struct.pack(">BI16sH", FORMAT, version, salt, len(tenant)) + tenant + context
