"""Incidents in the store: registered once, found by their own tenant alone.

What they say, and what was answered, comes and goes sealed: this room does not read it.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Integer, Table, bindparam, insert, or_, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from tenancy.columns import is_storable, row_named
from tenancy.incident_files import SealedFile
from tenancy.incident_tables import AttachmentRow, IncidentRow, LiveScoreRow
from tenancy.store import Store
from tenancy.tenant import Tenant


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


_STORED = select(*(getattr(IncidentRow, name) for name in StoredIncident.__annotations__)).where(
    IncidentRow.tenant_id == bindparam("tenant")
)
_KNOWN = _STORED.where(
    or_(
        IncidentRow.key_mark.in_(bindparam("marks", expanding=True)),
        IncidentRow.incident_id.in_(bindparam("numbers", expanding=True)),
    )
)
_OF_PERSON = (
    _STORED.where(IncidentRow.person_token == bindparam("person"))
    .order_by(IncidentRow.opened_at.desc(), IncidentRow.incident_id)
    .limit(bindparam("most", type_=Integer))
)
_ADD_INCIDENT, _ADD_SCORES, _ADD_FILES = (
    insert(cast(Table, row.__table__)) for row in (IncidentRow, LiveScoreRow, AttachmentRow)
)


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
    connection = session.connection()
    connection.execute(_ADD_INCIDENT, {"tenant_id": tenant.id, **vars(incident)})
    mine = {"tenant_id": tenant.id, "incident_id": incident.incident_id}
    if scores:
        at = incident.received_at
        rows = [{**mine, **vars(score), "scored_at": at} for score in scores]
        connection.execute(_ADD_SCORES, rows)
    add_files(session, tenant, files)


def add_files(session: Session, tenant: Tenant, files: Sequence[SealedFile]) -> None:
    """Store files of an incident that is there, in the caller's transaction."""
    if files:
        rows = [{**vars(one), "tenant_id": tenant.id, "stored_at": None} for one in files]
        session.connection().execute(_ADD_FILES, rows)


def incidents_known(
    store: Store, tenant: Tenant, key_marks: Collection[str], numbers: Collection[str]
) -> list[StoredIncident]:
    """Return the incidents that some requests registered, or that have one of some numbers."""
    asked = {
        "tenant": tenant.id,
        "marks": list(filter(is_storable, key_marks)),
        "numbers": list(filter(is_storable, numbers)),
    }
    with store.asking() as connection:
        return [StoredIncident(*row) for row in connection.execute(_KNOWN, asked)]


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
    session: Session, tenant: Tenant, person_token: str, limit: int = 100
) -> list[StoredIncident]:
    """Return a person's incidents, newest first, in the caller's transaction."""
    if not is_storable(person_token):
        return []
    asked = {"tenant": tenant.id, "person": person_token, "most": limit}
    return [StoredIncident(*row) for row in session.connection().execute(_OF_PERSON, asked)]


def numbers_received(
    store: Store, tenant: Tenant, since: datetime | None = None
) -> list[tuple[str, datetime]]:
    """Return the numbers of incidents registered since a time, or ever, and when each came."""
    query = select(IncidentRow.incident_id, IncidentRow.received_at)
    query = query.where(IncidentRow.tenant_id == tenant.id)
    if since is not None:
        query = query.where(IncidentRow.received_at >= since)
    with store.asking() as connection:
        return [(number, at) for number, at in connection.execute(query)]


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


def _none(incident_id: str) -> NotFound:
    return NotFound(
        "incidents.no_incident", incident=incident_id if is_storable(incident_id) else ""
    )


def stored_of(row: IncidentRow) -> StoredIncident:
    """Return an incident without its row."""
    return StoredIncident(**{name: getattr(row, name) for name in StoredIncident.__annotations__})
