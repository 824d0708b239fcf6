"""What extractors found in files that went with their incidents, or before them: it goes too."""

from typing import TYPE_CHECKING

from foundation.errors import Held
from ingestion.extractors.gone import forget_gone
from ingestion.retained_holds import TABLE
from tenancy.erasures import Erasure, note_place
from tenancy.holds import destroying

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant


def let_extracts_go(lake: "Lake", tenant: "Tenant", erasure: Erasure) -> "list[TableRef]":
    """Delete it, unless a hold covers incidents; returns the tables that changed."""
    try:
        with destroying(lake.store, tenant, table=TABLE, person_marks=frozenset()):
            gone = forget_gone(lake, tenant)
            for ref, rows in gone.items():
                note_place(lake.store, erasure, f"silver.{ref.name}", rows=rows)
    except Held:
        return []
    return list(gone)
