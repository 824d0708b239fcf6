"""Incidents in the store: registered once, found by their own tenant alone.

What they say, and what was answered, comes and goes sealed: this room does not read it.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from foundation.errors import NotFound
from tenancy.columns import is_storable, row_named
from tenancy.incident_tables import AttachmentRow, IncidentRow, LiveScoreRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant

LONGEST_SHOWN = 100


@dataclass(frozen=True)
class StoredIncident:
    """An incident as the store keeps it.

    Attributes
    ----------
    key_mark, body_mark
        Keyed hashes of what makes a request the same one, and of what it asks.
    revision
        How often it was changed since.
    """

    incident_id: str
    key_mark: str
    body_mark: str
    person_token: str | None
    opened_at: datetime
    received_at: datetime
    kind: str | None
    channel: str | None
    product: str | None
    sealed: bytes
    sealed_answer: bytes
    actor_id: str
    closed_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class SealedScore:
    """A live score and what its replay needs, sealed."""

    score_id: str
    model: str
    sealed: bytes


@dataclass(frozen=True)
class SealedFile:
    """A file that came with an incident; without content it is in the object store already."""

    incident_id: str
    position: int
    sha256: str
    media_type: str
    size_bytes: int
    sealed: bytes | None


def add_incident(
    session: Session,
    tenant: Tenant,
    incident: StoredIncident,
    scores: Sequence[SealedScore],
    files: Sequence[SealedFile],
) -> None:
    """Store an incident in the caller's transaction.

    ``IntegrityError`` where its key or number is taken.
    """
    session.add(IncidentRow(tenant_id=tenant.id, **vars(incident)))
    session.flush()
    mine = {"tenant_id": tenant.id, "incident_id": incident.incident_id}
    session.add_all(
        LiveScoreRow(**mine, **vars(score), scored_at=incident.received_at) for score in scores
    )
    session.add_all(AttachmentRow(**{**vars(file), **mine}, stored_at=None) for file in files)


def incident_by_key(store: Store, tenant: Tenant, key_mark: str) -> StoredIncident | None:
    """Return the incident that a request registered; None where it did not."""
    mine = (IncidentRow.tenant_id == tenant.id) & (IncidentRow.key_mark == key_mark)
    with store.reading() as session:
        row = session.scalars(select(IncidentRow).where(mine)).one_or_none()
        return None if row is None else stored_of(row)


def find_incident(store: Store, tenant: Tenant, incident_id: str) -> StoredIncident | None:
    """Return a tenant's incident; None where it registered none of this number."""
    with store.reading() as session:
        row = row_named(session, IncidentRow, (tenant.id, incident_id))
        return None if row is None else stored_of(row)


def get_incident(store: Store, tenant: Tenant, incident_id: str) -> StoredIncident:
    """Return a tenant's incident; ``NotFound`` alike for a missing and another tenant's one."""
    found = find_incident(store, tenant, incident_id)
    if found is None:
        raise _none(incident_id)
    return found


def incidents_of_person(
    store: Store, tenant: Tenant, person_token: str, limit: int = 100, *, still_open: bool = False
) -> list[StoredIncident]:
    """Return a person's incidents, newest first."""
    query = select(IncidentRow).where(
        IncidentRow.tenant_id == tenant.id, IncidentRow.person_token == person_token
    )
    if still_open:
        query = query.where(IncidentRow.closed_at.is_(None))
    query = query.order_by(IncidentRow.opened_at.desc(), IncidentRow.incident_id).limit(limit)
    with store.reading() as session:
        return [stored_of(row) for row in session.scalars(query)]


@contextmanager
def changing(
    store: Store, tenant: Tenant, incident_id: str
) -> Iterator[tuple[Session, IncidentRow]]:
    """Change an incident while nobody else does; ``NotFound`` as ``get_incident`` says it."""
    with store.session() as session:
        row = row_named(session, IncidentRow, (tenant.id, incident_id), lock=True)
        if row is None:
            raise _none(incident_id)
        yield session, row


def find_score(store: Store, tenant: Tenant, score_id: str) -> SealedScore | None:
    """Return a live score; None where the tenant has none of this id."""
    with store.reading() as session:
        row = row_named(session, LiveScoreRow, score_id)
        if row is None or row.tenant_id != tenant.id:
            return None
        return SealedScore(row.score_id, row.model, row.sealed)


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


@dataclass(frozen=True)
class Forgotten:
    """What went: incidents, the ids of their scores, contents that no incident has any more."""

    incidents: int
    scores: tuple[str, ...]
    contents: tuple[str, ...]


def forget_persons_incidents(store: Store, tenant: Tenant, tokens: Collection[str]) -> Forgotten:
    """Delete a person's incidents with all that hangs on them."""
    return _forget(store, tenant, IncidentRow.person_token.in_(sorted(tokens)))


def _forget(store: Store, tenant: Tenant, which: object) -> Forgotten:
    with store.session() as session:
        query = select(IncidentRow.incident_id).where(IncidentRow.tenant_id == tenant.id)
        ids = list(session.scalars(query.where(which)))  # type: ignore[arg-type]
        scores = _deleted(session, tenant, LiveScoreRow, ids, LiveScoreRow.score_id)
        contents = set(_deleted(session, tenant, AttachmentRow, ids, AttachmentRow.sha256))
        _deleted(session, tenant, IncidentRow, ids, IncidentRow.incident_id)
        row = AttachmentRow
        others = select(row.sha256).where(row.tenant_id == tenant.id, row.sha256.in_(contents))
        alone = contents - set(session.scalars(others))
    return Forgotten(len(ids), tuple(scores), tuple(sorted(alone)))


def _deleted(
    session: Session,
    tenant: Tenant,
    table: type[LiveScoreRow | AttachmentRow | IncidentRow],
    ids: Sequence[str],
    told: InstrumentedAttribute[str],
) -> list[str]:
    mine = (table.tenant_id == tenant.id) & table.incident_id.in_(ids)
    return list(session.scalars(delete(table).where(mine).returning(told)))


def _none(incident_id: str) -> NotFound:
    return NotFound(
        "incidents.no_incident", incident=incident_id if is_storable(incident_id) else ""
    )


def stored_of(row: IncidentRow) -> StoredIncident:
    """Return an incident without its row."""
    return StoredIncident(**{name: getattr(row, name) for name in StoredIncident.__annotations__})


def _file_of(row: AttachmentRow, sealed: bytes | None) -> SealedFile:
    return SealedFile(
        incident_id=row.incident_id,
        position=row.position,
        sha256=row.sha256,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sealed=sealed,
    )
