"""Anchors: where the audit chain stood, kept where whoever holds the database does not write.

The chain itself has no key: who owns the database could write a whole new one. An anchor names the
newest entry and its hash, under a seal that only the master key makes. A later chain must still
hold that entry with that hash; so an anchor kept elsewhere (printed, mailed, in another system)
shows that entries up to it were rewritten or cut off.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Self

from foundation.errors import InvalidRequest
from tenancy.audit import GENESIS, HEAD_ID
from tenancy.store import Store
from tenancy.tables import AuditHeadRow, AuditRow

FORM = re.compile(r"abcall-audit-([0-9]{1,18})-([0-9a-f]{64})-([0-9a-f]{64})")
LABEL = b"abcall audit anchor 1"


@dataclass(frozen=True)
class Anchor:
    """The newest entry of the audit chain at some time, its hash, and the seal over both."""

    number: int
    hash: str
    seal: str

    def __str__(self) -> str:
        return f"abcall-audit-{self.number}-{self.hash}-{self.seal}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Return an anchor as ``str`` wrote it; ``InvalidRequest`` where it is none."""
        found = FORM.fullmatch(written.strip())
        if found is None:
            raise InvalidRequest("law.no_anchor")
        return cls(int(found[1]), found[2], found[3])


def make_anchor(store: Store, master: bytes) -> Anchor:
    """Return an anchor of the chain as it stands."""
    with store.reading() as session:
        head = session.get(AuditHeadRow, HEAD_ID)
    number, digest = (head.number, head.hash) if head else (0, GENESIS)
    return Anchor(number, digest, _seal(number, digest, master))


def holds(store: Store, anchor: Anchor, master: bytes) -> bool:
    """Say whether the chain still holds what an anchor names.

    Raises
    ------
    InvalidRequest
        The anchor is not one of this installation's.
    """
    if not hmac.compare_digest(anchor.seal, _seal(anchor.number, anchor.hash, master)):
        raise InvalidRequest("law.foreign_anchor")
    if anchor.number == 0:
        return anchor.hash == GENESIS
    with store.reading() as session:
        entry = session.get(AuditRow, anchor.number)
    return entry is not None and entry.hash == anchor.hash


def _seal(number: int, digest: str, master: bytes) -> str:
    key = hmac.digest(master, LABEL, hashlib.sha256)
    return hmac.new(key, f"{number}:{digest}".encode(), hashlib.sha256).hexdigest()
