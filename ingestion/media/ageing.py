"""Storage class by age: what is seldom asked for lies where it costs less.

In a bucket the storage moves objects itself, by the lifecycle rules that ``lifecycle`` writes for
it. The archive is a class that answers at once (Glacier Instant Retrieval): a recording of nine
years ago opens like one of yesterday. A folder has one class: there the ages are told, and nothing
moves.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from foundation.errors import OperatorError
from foundation.settings import BUCKET_SCHEME, Settings
from tenancy.incident_files import FILES, StoredContent
from tenancy.tenant import Tenant

StorageClass = Literal["hot", "cool", "archive"]
CLASSES: tuple[StorageClass, ...] = get_args(StorageClass)
IN_BUCKETS = {"cool": "STANDARD_IA", "archive": "GLACIER_IR"}
"""Names of S3's classes; what S3 takes into them is at least 30 days old."""


@dataclass(frozen=True)
class Ageing:
    """After how many days an object is cool, and after how many it is archived."""

    cool_days: int
    archive_days: int

    @classmethod
    def of(cls, settings: Settings) -> "Ageing":
        """Return what the settings say; ``OperatorError`` where the archive came first."""
        found = cls(settings.media_cool_days, settings.media_archive_days)
        if found.archive_days <= found.cool_days:
            raise OperatorError("media.ages", cool=found.cool_days, archive=found.archive_days)
        return found

    def class_at(self, stored_at: datetime | None, now: datetime) -> StorageClass:
        """Return the class of an object at a time.

        >>> stored_at = datetime(2026, 1, 1)
        >>> Ageing(30, 365).class_at(stored_at, datetime(2026, 3, 1))
        'cool'
        """
        age = timedelta(0) if stored_at is None else now - stored_at
        if age >= timedelta(days=self.archive_days):
            return "archive"
        return "cool" if age >= timedelta(days=self.cool_days) else "hot"


def bytes_by_class(
    contents: Iterable[StoredContent], ageing: Ageing, now: datetime
) -> dict[StorageClass, tuple[int, int]]:
    """Return how many objects and bytes each class has, by age."""
    count, size = Counter[StorageClass](), Counter[StorageClass]()
    for one in contents:
        which = ageing.class_at(one.stored_at, now)
        count[which] += 1
        size[which] += one.size_bytes
    return {which: (count[which], size[which]) for which in CLASSES}


def lifecycle(settings: Settings, tenants: Sequence[Tenant]) -> dict[str, Any]:
    """Return the lifecycle configuration of S3 for what came with tenants' incidents.

    As ``PutBucketLifecycleConfiguration`` takes it.

    Raises
    ------
    OperatorError
        The lake does not lie in a bucket.
    """
    if not settings.in_bucket:
        raise OperatorError("media.no_bucket")
    ageing = Ageing.of(settings)
    _, _, prefix = settings.objects_root.removeprefix(BUCKET_SCHEME).partition("/")
    moves = [
        {"Days": ageing.cool_days, "StorageClass": IN_BUCKETS["cool"]},
        {"Days": ageing.archive_days, "StorageClass": IN_BUCKETS["archive"]},
    ]
    rules = [
        {
            "ID": f"abcall-{tenant.id}-{FILES}",
            "Status": "Enabled",
            "Filter": {"Prefix": f"{prefix}/{tenant.id}/{FILES}/"},
            "Transitions": moves,
        }
        for tenant in tenants
    ]
    return {"Rules": rules}
