"""Recordings that came with incidents, at the end of a period of their own.

They go with their incident at the latest: without it nobody could say whose voice it is. A period
shorter than the incidents' takes the sound sooner and leaves the incident. A recording that came
with a younger incident too stays.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.errors import Held
from ingestion.retained_holds import TABLE, kept_by_holds
from tenancy.erasures import Erasure, note_place
from tenancy.holds import destroying
from tenancy.incident_files import FILES, contents_of, files_lease
from tenancy.old_files import OldFile, files_before, note_gone

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

AUDIO = "audio"
"""The contract's word for their period, and the place that a receipt names."""


@dataclass(frozen=True)
class OldAudio:
    """The recordings that go, and how many a hold keeps."""

    going: list[OldFile]
    kept: int


def old_audio(lake: "Lake", tenant: "Tenant", cut: datetime) -> OldAudio:
    """Return the recordings whose incidents were opened before a time."""
    found = files_before(lake.store, tenant, "audio/", cut)
    kept = kept_by_holds(lake, tenant, [one.person_token for one in found])
    going = [one for one, stays in zip(found, kept, strict=True) if not stays]
    return OldAudio(going, sum(kept))


def let_audio_go(lake: "Lake", tenant: "Tenant", erasure: Erasure, cut: datetime | None) -> None:
    """Delete what of them no younger incident needs, unless a hold covers it."""
    if cut is None:
        return
    try:
        with destroying(lake.store, tenant, table=TABLE, person_marks=frozenset()):
            going = old_audio(lake, tenant, cut).going
            if not going:
                return
            with lake.lease(files_lease(tenant)):
                note_gone(lake.store, tenant, going)
                needed = contents_of(lake.store, tenant)
                for sha256 in sorted({one.sha256 for one in going} - needed):
                    lake.objects.delete(tenant, FILES, sha256)
            note_place(lake.store, erasure, AUDIO, files=len(going), before=cut.isoformat())
    except Held:
        return
