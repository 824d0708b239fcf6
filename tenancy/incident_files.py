"""Files that came with incidents: sealed in the store until the object store has their content."""

from dataclasses import dataclass

from sqlalchemy import select, update

from tenancy.columns import is_storable
from tenancy.incident_tables import AttachmentRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant

FILES = "incident_files"
"""Kind of the objects in the lake that hold what came with incidents."""


@dataclass(frozen=True)
class SealedFile:
    """A file that came with an incident; without content it is in the object store already."""

    incident_id: str
    position: int
    sha256: str
    media_type: str
    size_bytes: int
    sealed: bytes | None


def files_of(store: Store, tenant: Tenant, incident_id: str) -> list[SealedFile]:
    """Return the files that came with an incident, in order, without their content."""
    if not is_storable(incident_id):
        return []
    row = AttachmentRow
    query = select(row).where(row.tenant_id == tenant.id, row.incident_id == incident_id)
    with store.reading() as session:
        return [_file_of(one, None) for one in session.scalars(query.order_by(row.position))]


def files_waiting(store: Store, tenant: Tenant, most: int) -> list[SealedFile]:
    """Return files whose content is not in the object store yet."""
    row = AttachmentRow
    query = select(row).where(row.tenant_id == tenant.id, row.sealed.is_not(None))
    query = query.order_by(row.incident_id, row.position).limit(most)
    with store.reading() as session:
        return [_file_of(one, one.sealed) for one in session.scalars(query)]


def note_stored(store: Store, tenant: Tenant, file: SealedFile) -> None:
    """Empty a file whose content is in the object store."""
    row = AttachmentRow
    mine = (row.tenant_id == tenant.id) & (row.incident_id == file.incident_id)
    with store.session() as session:
        values = {"sealed": None, "stored_at": now_in(session)}
        session.execute(update(row).where(mine, row.position == file.position).values(**values))


def contents_of(store: Store, tenant: Tenant) -> frozenset[str]:
    """Return the SHA-256 of all files that came with a tenant's incidents."""
    query = select(AttachmentRow.sha256).where(AttachmentRow.tenant_id == tenant.id)
    with store.reading() as session:
        return frozenset(session.scalars(query.distinct()))


def kinds_stored(store: Store, tenant: Tenant) -> dict[str, str]:
    """Return SHA-256 → media type of the files whose content the object store has, in order.

    One that came under several media types has the first of them.
    """
    row = AttachmentRow
    query = select(row.sha256, row.media_type).where(row.tenant_id == tenant.id)
    query = query.where(row.stored_at.is_not(None)).order_by(row.sha256, row.media_type.desc())
    with store.reading() as session:
        return {row.sha256: row.media_type for row in session.execute(query.distinct())}


def _file_of(row: AttachmentRow, sealed: bytes | None) -> SealedFile:
    return SealedFile(
        incident_id=row.incident_id,
        position=row.position,
        sha256=row.sha256,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sealed=sealed,
    )
