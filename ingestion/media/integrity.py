"""Whether every stored object still is what it was: each hash computed again, some a run.

A run reads the objects that were longest unread, up to a bound, and writes down each as it goes:
cut short, it loses nothing, and the next goes on. So every object is read within a known number of
nights. Decryption proves each piece; the hash proves the whole. Nothing is deleted here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.clock import utc_now
from foundation.errors import NotFound, OperatorError
from tenancy.incident_files import FILES, contents_of, note_checked, stored_contents

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

MOST_OBJECTS = 20_000
MOST_BYTES = 20 * 2**30
"""Read in one run: at 100 MB a second, less than four minutes."""
AT_ONCE = 200
DAMAGED = ("lakehouse.damaged_object", "tenancy.sealed_damaged")


@dataclass
class Verified:
    """What a run found.

    Attributes
    ----------
    missing, corrupt
        SHA-256 of objects that are not there, and of those that are not what they were.
    orphans
        Keyed names of objects that no file of an incident needs: one that was being stored at this
        moment, or what a crash left. They are told, and stay.
    """

    objects: int = 0
    size_bytes: int = 0
    missing: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, nor damaged."""
        return not (self.missing or self.corrupt)


def verify(
    lake: "Lake",
    tenant: "Tenant",
    most_objects: int = MOST_OBJECTS,
    most_bytes: int = MOST_BYTES,
    since: datetime | None = None,
) -> Verified:
    """Read objects again and compare their hashes, the longest unread first.

    Parameters
    ----------
    most_objects, most_bytes
        After which the run ends.
    since
        Objects read since are not read again; None: since this run began.
    """
    found, began = Verified(), since or utc_now()
    while found.objects < most_objects and found.size_bytes < most_bytes:
        batch = stored_contents(
            lake.store, tenant, began, min(AT_ONCE, most_objects - found.objects)
        )
        if not batch:
            break
        for one in batch:
            _read(lake, tenant, one.sha256, found)
        note_checked(lake.store, tenant, [one.sha256 for one in batch])
    found.orphans = orphans(lake, tenant)
    return found


def orphans(lake: "Lake", tenant: "Tenant") -> list[str]:
    """Return the keyed names of objects that no file of an incident needs."""
    return sorted(lake.objects.others(tenant, FILES, contents_of(lake.store, tenant)))


def _read(lake: "Lake", tenant: "Tenant", sha256: str, found: Verified) -> None:
    found.objects += 1
    try:
        for piece in lake.objects.chunks(tenant, FILES, sha256):
            found.size_bytes += len(piece)
    except NotFound:
        found.missing.append(sha256)
    except OperatorError as error:
        if error.key not in DAMAGED:
            raise  # the storage is away: that says nothing of the object
        found.corrupt.append(sha256)
