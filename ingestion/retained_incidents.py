"""Incidents of the operational store at the end of their period: as silver's, they go."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.errors import Held
from ingestion.retained_holds import TABLE, kept_by_holds
from tenancy.erasures import Erasure, note_place
from tenancy.holds import destroying
from tenancy.incident_endings import forget_incidents, persons_before
from tenancy.incident_files import FILES, contents_of, files_lease

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

PLACE = "store.incidents"


@dataclass(frozen=True)
class OldIncidents:
    """How many incidents are due, how many a hold keeps, and whose those are."""

    count: int
    kept: int
    held: frozenset[str]


def old_incidents(lake: "Lake", tenant: "Tenant", cut: datetime) -> OldIncidents:
    """Return the incidents that were opened before a time."""
    persons = persons_before(lake.store, tenant, cut)
    kept = kept_by_holds(lake, tenant, persons)
    held = {one for one, stays in zip(persons, kept, strict=True) if stays and one is not None}
    return OldIncidents(len(persons) - sum(kept), sum(kept), frozenset(held))


def let_incidents_go(
    lake: "Lake", tenant: "Tenant", erasure: Erasure, cut: datetime | None
) -> None:
    """Delete them with what was answered and the files that came, unless a hold covers them."""
    if cut is None:
        return
    try:
        with destroying(lake.store, tenant, table=TABLE, person_marks=frozenset()):
            held = old_incidents(lake, tenant, cut).held
            gone = forget_incidents(lake.store, tenant, before=cut, but=held)
            if gone:
                with lake.lease(files_lease(tenant)):
                    lake.objects.keep_only(tenant, FILES, contents_of(lake.store, tenant))
                note_place(lake.store, erasure, PLACE, rows=gone, before=cut.isoformat())
    except Held:
        return
