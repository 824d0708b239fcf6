"""Incidents in the store: registered once, found by their own tenant alone.

What they say, and what was answered, comes and goes sealed: this room does not read it.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from tenancy.columns import is_storable, row_named
from tenancy.incident_tables import AttachmentRow, IncidentRow, LiveScoreRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant

FILES = "incident_files"
"""Kind of the objects in the lake that hold what came with incidents."""

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


_STORED = select(*(getattr(IncidentRow, name) for name in StoredIncident.__annotations__)).where(
    IncidentRow.tenant_id == bindparam("tenant")
)
_KNOWN = _STORED.where(
    or_(
        IncidentRow.key_mark.in_(bindparam("marks", expanding=True)),
        IncidentRow.incident_id.in_(bindparam("numbers", expanding=True)),
    )
)
_BY_PERSON = _STORED.where(IncidentRow.person_token == bindparam("person"))
_NEWEST = (IncidentRow.opened_at.desc(), IncidentRow.incident_id)
_MOST = bindparam("most", type_=Integer)
_OF_PERSON = _BY_PERSON.order_by(*_NEWEST).limit(_MOST)
_OPEN_OF_PERSON = _BY_PERSON.where(IncidentRow.closed_at.is_(None)).order_by(*_NEWEST).limit(_MOST)
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
    if files:
        connection.execute(_ADD_FILES, [{**vars(f), **mine, "stored_at": None} for f in files])


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
    store: Store, tenant: Tenant, person_token: str, limit: int = 100, *, still_open: bool = False
) -> list[StoredIncident]:
    """Return a person's incidents, newest first."""
    with store.reading() as session:
        return incidents_of_person_in(session, tenant, person_token, limit, still_open=still_open)


def incidents_of_person_in(
    session: Session,
    tenant: Tenant,
    person_token: str,
    limit: int = 100,
    *,
    still_open: bool = False,
) -> list[StoredIncident]:
    """Return the same in the caller's transaction."""
    if not is_storable(person_token):
        return []
    asked = {"tenant": tenant.id, "person": person_token, "most": limit}
    query = _OPEN_OF_PERSON if still_open else _OF_PERSON
    return [StoredIncident(*row) for row in session.connection().execute(query, asked)]


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


def contents_of(store: Store, tenant: Tenant) -> frozenset[str]:
    """Return the SHA-256 of all files that came with a tenant's incidents."""
    query = select(AttachmentRow.sha256).where(AttachmentRow.tenant_id == tenant.id)
    with store.reading() as session:
        return frozenset(session.scalars(query.distinct()))


def scores_of_person(store: Store, tenant: Tenant, tokens: Collection[str]) -> list[str]:
    """Return the ids of the live scores of a person's incidents."""
    score = LiveScoreRow
    known = sorted(filter(is_storable, tokens))
    theirs = score.incident_id.in_(_ids(tenant, IncidentRow.person_token.in_(known)))
    query = select(score.score_id).where(score.tenant_id == tenant.id, theirs)
    with store.reading() as session:
        return list(session.scalars(query))


def forget_incidents(
    store: Store,
    tenant: Tenant,
    *,
    tokens: Collection[str] | None = None,
    before: datetime | None = None,
    but: Collection[str] = (),
) -> int:
    """Delete incidents with all that hangs on them; returns how many.

    Parameters
    ----------
    tokens
        A person's.
    before
        Those that were opened before.
    but
        Persons whose incidents stay.
    """
    row = IncidentRow
    tests: list[ColumnElement[bool]] = []
    if tokens is not None:
        tests.append(row.person_token.in_(sorted(tokens)))
    if before is not None:
        kept = row.person_token.is_(None) | row.person_token.not_in(sorted(but))
        tests.append((row.opened_at < before) & kept)
    if not tests:
        raise ValueError("say which incidents go")
    which = _ids(tenant, *tests)
    with store.session() as session:
        for table in (LiveScoreRow, AttachmentRow):
            mine = (table.tenant_id == tenant.id) & table.incident_id.in_(which)
            session.execute(delete(table).where(mine))
        gone = delete(row).where(row.tenant_id == tenant.id, *tests).returning(row.incident_id)
        return len(session.scalars(gone).all())


def persons_before(store: Store, tenant: Tenant, before: datetime) -> list[str | None]:
    """Return whose the incidents are that were opened before a time, one for each incident."""
    row = IncidentRow
    query = select(row.person_token).where(row.tenant_id == tenant.id, row.opened_at < before)
    with store.reading() as session:
        return list(session.scalars(query))


def _ids(tenant: Tenant, *tests: ColumnElement[bool]) -> Select[Any]:
    return select(IncidentRow.incident_id).where(IncidentRow.tenant_id == tenant.id, *tests)


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
