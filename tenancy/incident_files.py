"""Files that came with incidents: sealed in the store until the object store has their content."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from tenancy.columns import is_storable
from tenancy.incident_tables import AttachmentRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

FILES = "incident_files"
"""Kind of the objects in the lake that hold what came with incidents."""


def stored_as(row: type[AttachmentRow]) -> "ColumnElement[str]":
    """Return the SHA-256 of the object that holds a file, of the table or an alias of it."""
    return func.coalesce(row.kept_sha256, row.sha256)


STORED_AS = stored_as(AttachmentRow)
"""SHA-256 of the object that holds a file."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def files_lease(tenant: Tenant) -> str:
    """Return the name of the lease under which objects of files are stored and noted, or deleted.

    Between an object and the note of it, nobody asks which objects are needed.
    """
    return f"incident_files:{tenant.id}"


@dataclass(frozen=True)
class SealedFile:
    """A file that came with an incident; without content it is in the object store already.

    Attributes
    ----------
    sha256, size_bytes
        Of the file as it came.
    kept_sha256, kept_bytes
        Of its form in the object store, where that is another.
    stored_at
        When the object store had it; None where that is still to come.
    """

    incident_id: str
    position: int
    sha256: str
    media_type: str
    size_bytes: int
    sealed: bytes | None
    kept_sha256: str | None = None
    kept_bytes: int | None = None
    stored_at: datetime | None = None

    @property
    def stored_as(self) -> str:
        """SHA-256 of the object that holds it."""
        return self.kept_sha256 or self.sha256


def files_of(store: Store, tenant: Tenant, incident_id: str) -> list[SealedFile]:
    """Return the files that came with an incident, in order, without their content."""
    if not is_storable(incident_id):
        return []
    row = AttachmentRow
    query = select(row).where(row.tenant_id == tenant.id, row.incident_id == incident_id)
    with store.reading() as session:
        return [_file_of(one, None) for one in session.scalars(query.order_by(row.position))]


def places_gone(session: "Session", tenant: Tenant, incident_id: str) -> frozenset[int]:
    """Return the places of an incident's files whose own period is over."""
    row = AttachmentRow
    mine = (row.tenant_id == tenant.id) & (row.incident_id == incident_id)
    return frozenset(session.scalars(select(row.position).where(mine, row.gone_at.is_not(None))))


@dataclass(frozen=True)
class KeptFile:
    """A file of an incident whose content the object store has, by the hash of its object."""

    incident_id: str
    sha256: str
    stored_as: str


def kept_files(
    store: Store, tenant: Tenant, numbers: Collection[str] | None = None
) -> list[KeptFile]:
    """Return the files of all incidents or some, in the order in which they came with each."""
    row = AttachmentRow
    query = select(row.incident_id, row.sha256, STORED_AS).where(
        row.tenant_id == tenant.id, row.stored_at.is_not(None), row.gone_at.is_(None)
    )
    if numbers is not None:
        query = query.where(row.incident_id.in_(sorted(filter(is_storable, numbers))))
    with store.reading() as session:
        ordered = query.order_by(row.incident_id, row.position)
        return [KeptFile(*found) for found in session.execute(ordered)]


def files_waiting(store: Store, tenant: Tenant, most: int) -> list[SealedFile]:
    """Return files whose content is not in the object store yet."""
    row = AttachmentRow
    query = select(row).where(row.tenant_id == tenant.id, row.sealed.is_not(None))
    query = query.order_by(row.incident_id, row.position).limit(most)
    with store.reading() as session:
        return [_file_of(one, one.sealed) for one in session.scalars(query)]


def still_waiting(store: Store, tenant: Tenant, files: Sequence[SealedFile]) -> list[SealedFile]:
    """Return those of some files whose incident was not forgotten meanwhile."""
    row = AttachmentRow
    numbers = {one.incident_id for one in files}
    query = select(row.incident_id, row.position).where(
        row.tenant_id == tenant.id, row.incident_id.in_(numbers), row.sealed.is_not(None)
    )
    with store.reading() as session:
        there = {(incident, position) for incident, position in session.execute(query)}
    return [one for one in files if (one.incident_id, one.position) in there]


def kept_form_of(store: Store, tenant: Tenant, sha256: str) -> tuple[str, int] | None:
    """Return SHA-256 and bytes of the other form in which the same file is kept already."""
    row = AttachmentRow
    query = select(row.kept_sha256, row.kept_bytes).where(
        row.tenant_id == tenant.id,
        row.sha256 == sha256,
        row.kept_sha256.is_not(None),
        row.gone_at.is_(None),
    )
    with store.reading() as session:
        found = session.execute(query.limit(1)).first()
    return None if found is None else (str(found[0]), int(found[1] or 0))


def note_stored(
    store: Store, tenant: Tenant, kept: Sequence[tuple[SealedFile, tuple[str, int] | None]]
) -> None:
    """Empty files whose content is in the object store, in one transaction.

    Parameters
    ----------
    kept
        Each file with SHA-256 and bytes of the form in which it is kept; None: as it came.
    """
    row = AttachmentRow
    with store.session() as session:
        now = now_in(session)
        for file, form in kept:
            mine = (row.tenant_id == tenant.id) & (row.incident_id == file.incident_id)
            sha256, size = form or (None, None)
            empty = update(row).where(mine, row.position == file.position)
            session.execute(
                empty.values(sealed=None, stored_at=now, kept_sha256=sha256, kept_bytes=size)
            )


def contents_of(store: Store, tenant: Tenant) -> frozenset[str]:
    """Return the SHA-256 of all objects that hold files of a tenant's incidents.

    A file that still waits counts: its object may be there already.
    """
    row = AttachmentRow
    query = select(STORED_AS).where(row.tenant_id == tenant.id, row.gone_at.is_(None))
    with store.reading() as session:
        return frozenset(session.scalars(query.distinct()))


@dataclass(frozen=True)
class StoredContent:
    """An object that holds files of incidents, and since when; only what is stored has a time."""

    sha256: str
    media_type: str
    size_bytes: int
    stored_at: datetime | None


def stored_contents(
    store: Store, tenant: Tenant, unchecked_since: datetime | None = None, most: int | None = None
) -> list[StoredContent]:
    """Return what the object store must have, each object once, the longest unchecked first.

    Parameters
    ----------
    unchecked_since
        Only objects that nobody has checked since.
    """
    row = AttachmentRow
    size = func.max(func.coalesce(row.kept_bytes, row.size_bytes))
    query = select(STORED_AS, func.min(row.media_type), size, func.min(row.stored_at)).where(
        row.tenant_id == tenant.id, row.stored_at.is_not(None), row.gone_at.is_(None)
    )
    if unchecked_since is not None:
        query = query.where(row.checked_at.is_(None) | (row.checked_at < unchecked_since))
    oldest = func.coalesce(func.min(row.checked_at), NEVER)
    query = query.group_by(STORED_AS).order_by(oldest, STORED_AS).limit(most)
    with store.reading() as session:
        return [StoredContent(*found) for found in session.execute(query)]


def note_checked(store: Store, tenant: Tenant, contents: Collection[str]) -> None:
    """Write down that objects were read whole."""
    row = AttachmentRow
    mine = (row.tenant_id == tenant.id) & STORED_AS.in_(sorted(contents))
    with store.session() as session:
        session.execute(update(row).where(mine).values(checked_at=now_in(session)))


def _file_of(row: AttachmentRow, sealed: bytes | None) -> SealedFile:
    return SealedFile(
        incident_id=row.incident_id,
        position=row.position,
        sha256=row.sha256,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sealed=sealed,
        kept_sha256=row.kept_sha256,
        kept_bytes=row.kept_bytes,
        stored_at=row.stored_at,
    )
