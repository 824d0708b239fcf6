"""Landing: the untouched file, encrypted and addressed by its content."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.errors import TooLarge

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

KIND = "landing"


def require_size(path: Path, file_name: str, limit_bytes: int) -> int:
    """Return the file's size; ``TooLarge`` before a byte of it is read."""
    size = path.stat().st_size
    if size > limit_bytes:
        raise TooLarge("reading.too_large", file=file_name, size=size, limit=limit_bytes)
    return size


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex, without holding it whole."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def bring_back(lake: "Lake", tenant: "Tenant", sha256: str, path: Path) -> None:
    """Write a kept file to a path where there is none yet. Raises as ``Objects.chunks``."""
    with path.open("xb") as target:
        for piece in lake.objects.chunks(tenant, KIND, sha256):
            target.write(piece)


def land(lake: "Lake", tenant: "Tenant", path: Path) -> str:
    """Keep the file and return its SHA-256; the same content is kept once."""
    with path.open("rb") as stream:
        return lake.objects.put(tenant, KIND, stream)
