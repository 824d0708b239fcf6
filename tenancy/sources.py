"""Sources in the store: a client's database or file server from which the platform fetches.

Only ABCall's staff and the platform get at them. Secret and state come and go sealed: this room
does not read them, and nothing that is shown holds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import InvalidRequest, NotFound
from tenancy.actor import Actor
from tenancy.arrival_tables import SourceRow
from tenancy.audit import record_in
from tenancy.columns import is_storable
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_abcall, require_inside

SourceKind = Literal["postgresql", "mysql", "sftp"]


@dataclass(frozen=True)
class Source:
    """A source as it may be shown.

    Attributes
    ----------
    address
        URL without password.
    host_key
        The only key that the file server may show (SFTP).
    takes
        What is fetched and into which table; ``ingestion.sources.takes`` owns its meaning.
    schedule
        When it is due, as five cron fields in UTC; ``None``: only when asked.
    watermark
        How far it was fetched, as text.
    outcome
        Key and details of the sentence about the last pull.
    """

    id: str
    tenant_id: str
    name: str
    kind: SourceKind
    address: str
    host_key: str | None
    takes: Mapping[str, Any]
    schedule: str | None
    paused: bool
    watermark: str | None
    outcome: Mapping[str, Any]
    pulled_at: datetime | None
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class NewSource:
    """What is stored of a new source; its secret is sealed already."""

    id: str
    name: str
    kind: SourceKind
    address: str
    host_key: str | None
    takes: Mapping[str, Any]
    schedule: str | None
    sealed_secret: bytes


def new_source_id() -> str:
    """Return the id to which a new source's secret is bound."""
    return uuid4().hex


def add_source(store: Store, actor: Actor, tenant: Tenant, new: NewSource) -> Source:
    """Store a source and audit it.

    Raises
    ------
    InvalidRequest
        The tenant has one of this name.
    """
    require_abcall(actor)
    with store.session() as session:
        require_inside(session, actor, tenant)
        if _find(session, tenant, new.name) is not None:
            raise InvalidRequest("sources.name_taken", name=new.name)
        row = SourceRow(
            id=new.id,
            tenant_id=tenant.id,
            name=new.name,
            kind=new.kind,
            address=new.address,
            sealed_secret=new.sealed_secret,
            host_key=new.host_key,
            takes=dict(new.takes),
            schedule=new.schedule,
            paused=False,
            watermark=None,
            sealed_state=None,
            outcome={},
            pulled_at=None,
            created_by=actor.id,
            created_at=now_in(session),
        )
        session.add(row)
        session.flush()
        record_in(session, actor, "source.added", tenant.id, row.id, details={"kind": new.kind})
        return _source_of(row)


def list_sources(store: Store, actor: Actor, tenant: Tenant) -> list[Source]:
    """Return a tenant's sources by name."""
    require_abcall(actor)
    query = select(SourceRow).where(SourceRow.tenant_id == tenant.id).order_by(SourceRow.name)
    with store.reading() as session:
        return [_source_of(row) for row in session.scalars(query)]


def get_source(store: Store, actor: Actor, tenant: Tenant, name: str) -> Source:
    """Return a tenant's source by name; ``NotFound`` where it has none so called."""
    require_abcall(actor)
    with store.reading() as session:
        return _source_of(_own(session, tenant, name))


def pause_source(store: Store, actor: Actor, tenant: Tenant, name: str, *, paused: bool) -> Source:
    """Let a source's schedule rest, or run again."""
    require_abcall(actor)
    with store.session() as session:
        row = _own(session, tenant, name)
        row.paused = paused
        action = "source.paused" if paused else "source.resumed"
        record_in(session, actor, action, tenant.id, row.id)
        return _source_of(row)


def remove_source(store: Store, actor: Actor, tenant: Tenant, name: str) -> None:
    """Delete a source with its secret and state; what it brought stays."""
    require_abcall(actor)
    with store.session() as session:
        row = _own(session, tenant, name)
        session.delete(row)
        session.flush()
        record_in(session, actor, "source.removed", tenant.id, row.id)


def sealed_parts(store: Store, tenant: Tenant, source: Source) -> tuple[bytes, bytes | None]:
    """Return a source's sealed secret and state."""
    with store.reading() as session:
        row = _own(session, tenant, source.name)
        return row.sealed_secret, row.sealed_state


def save_state(
    store: Store, tenant: Tenant, source: Source, *, watermark: str | None, sealed_state: bytes
) -> None:
    """Store how far a source was fetched."""
    with store.session() as session:
        row = _own(session, tenant, source.name)
        row.watermark, row.sealed_state = watermark, sealed_state


def note_outcome(
    store: Store, actor: Actor, tenant: Tenant, source: Source, outcome: Mapping[str, Any]
) -> None:
    """Store the sentence about a pull and when it was; audited, since rows came or should have."""
    with store.session() as session:
        row = _own(session, tenant, source.name)
        row.outcome, row.pulled_at = dict(outcome), now_in(session)
        session.flush()
        details = {"outcome": str(outcome.get("key", ""))}
        record_in(session, actor, "source.pulled", tenant.id, row.id, details=details)


def _find(session: Session, tenant: Tenant, name: str) -> SourceRow | None:
    query = select(SourceRow).where(SourceRow.tenant_id == tenant.id, SourceRow.name == name)
    return session.scalars(query).one_or_none() if is_storable(name) else None


def _own(session: Session, tenant: Tenant, name: str) -> SourceRow:
    row = _find(session, tenant, name)
    if row is None:
        raise NotFound("sources.no_source", name=name)
    return row


def _source_of(row: SourceRow) -> Source:
    return Source(
        id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        kind=cast(SourceKind, row.kind),
        address=row.address,
        host_key=row.host_key,
        takes=row.takes,
        schedule=row.schedule,
        paused=row.paused,
        watermark=row.watermark,
        outcome=row.outcome,
        pulled_at=row.pulled_at,
        created_by=row.created_by,
        created_at=row.created_at,
    )
