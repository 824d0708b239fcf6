"""What opens a source, sealed with the tenant's key as long as it is stored."""

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys


@dataclass(frozen=True)
class Secret:
    """Password, or private key with its passphrase; never part of a text about it."""

    password: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)

    def seal(self, keys: "TenantKeys", source_id: str) -> bytes:
        """Return it encrypted, bound to its source."""
        return keys.encrypt(json.dumps(asdict(self)).encode(), _context(source_id))

    @classmethod
    def unseal(cls, sealed: bytes, keys: "TenantKeys", source_id: str) -> Self:
        """Return what ``seal`` encrypted."""
        return cls(**json.loads(keys.decrypt(sealed, _context(source_id))))


def _context(source_id: str) -> bytes:
    return f"source/{source_id}/secret".encode()
