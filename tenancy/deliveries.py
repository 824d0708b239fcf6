"""Containers in the store: begun, their parts noted one by one, finished; found by content."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from tenancy.actor import Actor
from tenancy.arrival_tables import DeliveryPartRow, DeliveryRow
from tenancy.audit import Detail, record_in
from tenancy.columns import is_storable, row_named
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside


@dataclass(frozen=True)
class DeliveredPart:
    """What became of one part: the upload that it was, or why it was none."""

    name: str
    upload_id: str | None
    error_key: str | None = None
    error_details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """A container that came in; ``finished_at`` is empty while parts of it are still received."""

    id: str
    tenant_id: str
    file_name: str
    sha256: str
    received_at: datetime
    finished_at: datetime | None
    parts: tuple[DeliveredPart, ...] = ()

    def part(self, name: str) -> DeliveredPart | None:
        """Return a part that was noted already."""
        return next((part for part in self.parts if part.name == name), None)


def begin_delivery(
    store: Store, actor: Actor, tenant: Tenant, *, file_name: str, sha256: str, size_bytes: int
) -> Delivery:
    """Return the unfinished delivery of this content, or store a new one and audit it."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        found = _newest(session, tenant, sha256, finished=False)
        if found is not None:
            return _delivery_of(session, found)
        row = DeliveryRow(
            id=uuid4().hex,
            tenant_id=tenant.id,
            file_name=file_name.replace("\0", ""),
            sha256=sha256,
            size_bytes=size_bytes,
            actor_id=actor.id,
            received_at=now_in(session),
            finished_at=None,
        )
        session.add(row)
        session.flush()
        details: dict[str, Detail] = {"sha256": sha256, "size_bytes": size_bytes}
        record_in(session, actor, "delivery.started", tenant.id, row.id, details=details)
        return _delivery_of(session, row)


def list_deliveries(store: Store, tenant: Tenant) -> list[Delivery]:
    """Return a tenant's containers, oldest first."""
    query = select(DeliveryRow).where(DeliveryRow.tenant_id == tenant.id)
    with store.reading() as session:
        rows = session.scalars(query.order_by(DeliveryRow.received_at)).all()
        return [_delivery_of(session, row) for row in rows]


def last_delivery(store: Store, tenant: Tenant, sha256: str) -> Delivery | None:
    """Return the newest finished delivery of this content."""
    with store.reading() as session:
        storable = is_storable(sha256)
        found = _newest(session, tenant, sha256, finished=True) if storable else None
        return None if found is None else _delivery_of(session, found)


def delivery_of_upload(store: Store, tenant: Tenant, upload_id: str) -> Delivery | None:
    """Return the container in which an upload came; ``None`` where it came by itself."""
    query = (
        select(DeliveryRow)
        .join(DeliveryPartRow, DeliveryPartRow.delivery_id == DeliveryRow.id)
        .where(DeliveryPartRow.upload_id == upload_id, DeliveryRow.tenant_id == tenant.id)
        .order_by(DeliveryRow.received_at.desc())
        .limit(1)
    )
    with store.reading() as session:
        row = session.scalars(query).one_or_none() if is_storable(upload_id) else None
        return None if row is None else _delivery_of(session, row)


def note_part(store: Store, tenant: Tenant, delivery_id: str, part: DeliveredPart) -> None:
    """Store what became of one more part."""
    with store.session() as session:
        row = _own(session, tenant, delivery_id)
        session.add(
            DeliveryPartRow(
                delivery_id=row.id,
                position=len(_parts_of(session, row.id)),
                name=part.name.replace("\0", ""),
                upload_id=part.upload_id,
                error_key=part.error_key,
                error_details=dict(part.error_details),
            )
        )


def finish_delivery(store: Store, tenant: Tenant, delivery_id: str) -> None:
    """Say that every part was received or left out."""
    with store.session() as session:
        _own(session, tenant, delivery_id).finished_at = now_in(session)


def _own(session: Session, tenant: Tenant, delivery_id: str) -> DeliveryRow:
    row = row_named(session, DeliveryRow, delivery_id, lock=True)
    if row is None or row.tenant_id != tenant.id:
        raise NotFound("tenancy.no_upload", upload=delivery_id)
    return row


def _newest(session: Session, tenant: Tenant, sha256: str, *, finished: bool) -> DeliveryRow | None:
    ended = DeliveryRow.finished_at
    query = (
        select(DeliveryRow)
        .where(DeliveryRow.tenant_id == tenant.id, DeliveryRow.sha256 == sha256)
        .where(ended.is_not(None) if finished else ended.is_(None))
        .order_by(DeliveryRow.received_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _parts_of(session: Session, delivery_id: str) -> list[DeliveryPartRow]:
    query = select(DeliveryPartRow).where(DeliveryPartRow.delivery_id == delivery_id)
    return list(session.scalars(query.order_by(DeliveryPartRow.position)))


def _delivery_of(session: Session, row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id,
        tenant_id=row.tenant_id,
        file_name=row.file_name,
        sha256=row.sha256,
        received_at=row.received_at,
        finished_at=row.finished_at,
        parts=tuple(
            DeliveredPart(p.name, p.upload_id, p.error_key, p.error_details)
            for p in _parts_of(session, row.id)
        ),
    )
