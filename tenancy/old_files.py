"""Files of incidents at the end of their period: which they are, and the note that they went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from tenancy.file_arrivals import stored_with_incident
from tenancy.incident_files import STORED_AS
from tenancy.incident_tables import AttachmentRow, IncidentRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant


def files_before(store: Store, tenant: Tenant, family: str, before: datetime) -> list["OldFile"]:
    """Return files of a family (``audio/``) whose incident was opened before a time."""
    row, incident = AttachmentRow, IncidentRow
    columns = (row.incident_id, row.position, STORED_AS, incident.person_token)
    query = stored_with_incident(tenant, family, *columns)
    with store.reading() as session:
        found = session.execute(query.where(incident.opened_at < before))
        return [OldFile(*one) for one in found]


@dataclass(frozen=True)
class OldFile:
    """A file at the end of its period: where it stands, its object, and whose incident it is."""

    incident_id: str
    position: int
    sha256: str
    person_token: str | None


def note_gone(store: Store, tenant: Tenant, files: Sequence[OldFile]) -> None:
    """Write down that the content of files went."""
    row = AttachmentRow
    with store.session() as session:
        for file in files:
            mine = (row.tenant_id == tenant.id) & (row.incident_id == file.incident_id)
            now = now_in(session)
            session.execute(
                update(row).where(mine, row.position == file.position).values(gone_at=now)
            )
