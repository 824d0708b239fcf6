"""Photos that came with an earlier case of the same company, as they are or nearly so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from ingestion.extractors.duplicates import near_duplicates_of
from operations.photos import FAMILY
from tenancy.file_arrivals import Arrival, arrivals_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

MOST_BEFORE = 3
"""Earlier cases that are named: the first says when it began, more say no more."""


@dataclass(frozen=True)
class Before:
    """An earlier case with which a photo came; ``is_same``: byte for byte, else nearly so."""

    incident_id: str
    received_at: datetime
    is_same: bool


def seen_before(
    lake: "Lake", tenant: "Tenant", incident_id: str, photos: Collection[str]
) -> dict[str, tuple[Before, ...]]:
    """Return the earlier cases with which each of a case's photos came, the earliest first.

    Parameters
    ----------
    photos
        SHA-256 of the objects that hold them.
    """
    if not photos:
        return {}
    names = {lake.objects.name(tenant, sha256): sha256 for sha256 in photos}
    near = near_duplicates_of(lake, tenant, names)
    alike = _contents(lake, tenant, {other for found in near.values() for other in found})
    came: dict[str, list[Arrival]] = {}
    for one in arrivals_of(lake.store, tenant, FAMILY, {*photos, *alike.values()}):
        came.setdefault(one.sha256, []).append(one)
    here = {one.sha256: one for one in chain(*came.values()) if one.incident_id == incident_id}
    return {
        sha256: _earlier(here[sha256], came, [alike[n] for n in near.get(name, ()) if n in alike])
        for name, sha256 in names.items()
        if sha256 in here
    }


def _contents(lake: "Lake", tenant: "Tenant", names: Collection[str]) -> dict[str, str]:
    """Return the SHA-256 of objects by their names, which do not betray them: all are tried."""
    if not names:
        return {}
    every = {one.sha256 for one in arrivals_of(lake.store, tenant, FAMILY)}
    return {name: one for one in every if (name := lake.objects.name(tenant, one)) in names}


def _earlier(
    here: Arrival, came: Mapping[str, list[Arrival]], alike: Collection[str]
) -> tuple[Before, ...]:
    found: dict[str, Before] = {}
    for sha256 in (here.sha256, *alike):
        for one in came.get(sha256, ()):
            if _comes_first(one, here):
                told = Before(one.incident_id, one.received_at, sha256 == here.sha256)
                found.setdefault(one.incident_id, told)
    ordered = sorted(found.values(), key=lambda told: (told.received_at, told.incident_id))
    return tuple(ordered[:MOST_BEFORE])


def _comes_first(one: Arrival, here: Arrival) -> bool:
    """Tell which of two arrived first; of one moment the lower number, so that one is told."""
    return (one.received_at, one.incident_id) < (here.received_at, here.incident_id)
