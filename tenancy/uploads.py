"""Uploads in the store: started, saved in legal steps, found again by their own tenant alone."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from foundation.errors import InvalidRequest, NotFound
from tenancy.actor import Actor
from tenancy.arrival_tables import UploadRow
from tenancy.audit import Detail, record_in
from tenancy.columns import row_named
from tenancy.moments import next_moment
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside
from tenancy.upload import APPLIED, FINISHED, Upload, UploadState, check_account, may_follow
from tenancy.webhook_events import Value, publish

SAVED = (
    "state",
    "kind",
    "mapping",
    "counts",
    "ended",
    "error_key",
    "error_details",
    "contract_version",
    "audit",
)
"""What ``save_upload`` writes; identity, file and time of receipt never change."""


def start_upload(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    table: str,
    *,
    file_name: str,
    sha256: str,
    size_bytes: int,
    upload_id: str | None = None,
    received_at: datetime | None = None,
) -> Upload:
    """Store a new upload in state ``received`` and audit it."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        upload = Upload(
            id=upload_id or uuid4().hex,
            tenant_id=tenant.id,
            table=table,
            file_name=file_name.replace("\0", ""),
            sha256=sha256,
            size_bytes=size_bytes,
            actor_id=actor.id,
            received_at=received_at
            or next_moment(session, tenant.id, table, UploadRow.received_at),
        )
        session.add(_row_of(upload))
        session.flush()
        details: dict[str, Detail] = {
            "table": table,
            "sha256": sha256,
            "size_bytes": size_bytes,
        }
        record_in(session, actor, "upload.started", tenant.id, upload.id, details=details)
    return upload


def save_upload(store: Store, tenant: Tenant, upload: Upload) -> Upload:
    """Store the upload's new state and figures; returns it as stored.

    Raises
    ------
    NotFound
        The tenant has no such upload.
    InvalidRequest
        The stored upload is in a state that the new one may not follow.
    ValueError
        The rows of an applied upload are not all accounted for: a bug.
    """
    if upload.state in APPLIED:
        check_account(upload.counts)
    with store.session() as session:
        row = session.get(UploadRow, upload.id, with_for_update=True)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("tenancy.no_upload", upload=upload.id)
        if not may_follow(cast(UploadState, row.state), upload.state):
            raise InvalidRequest(
                "tenancy.upload_state", upload=upload.id, state=row.state, wanted=upload.state
            )
        for name in SAVED:
            setattr(row, name, _stored(getattr(upload, name)))
        now = now_in(session)
        if upload.state in APPLIED and row.applied_at is None:
            row.applied_at = next_moment(session, tenant.id, row.table_name, UploadRow.applied_at)
        if upload.state in FINISHED and row.finished_at is None:
            row.finished_at = now
            _tell(session, tenant, upload)
        return _upload_of(row)


def _tell(session: Session, tenant: Tenant, upload: Upload) -> None:
    """Tell the tenant's own systems that its upload is through, and of rows to be corrected."""
    named: dict[str, Value] = {"upload_id": upload.id, "table": upload.table}
    rows, rejected = (upload.counts.get(count, 0) for count in ("rows", "quarantined"))
    account: dict[str, Value] = {"state": upload.state, "rows": rows, "quarantined": rejected}
    publish(session, tenant, "upload.finished", named | account)
    if rejected:
        publish(session, tenant, "rows.rejected", named | {"rows": rejected})


def note_progress(
    store: Store, tenant: Tenant, upload_id: str, progress: Mapping[str, int | str]
) -> None:
    """Keep how far an upload has come, so that other processes see it; its state stays."""
    mine = (UploadRow.id == upload_id) & (UploadRow.tenant_id == tenant.id)
    with store.session() as session:
        session.execute(update(UploadRow).where(mine).values(progress=dict(progress)))


def get_upload(store: Store, tenant: Tenant, upload_id: str) -> Upload:
    """Return the tenant's upload; ``NotFound`` alike for a missing and another tenant's one."""
    with store.reading() as session:
        row = row_named(session, UploadRow, upload_id)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("tenancy.no_upload", upload=upload_id)
        return _upload_of(row)


def list_uploads(
    store: Store,
    tenant: Tenant,
    states: Collection[UploadState] | None = None,
    *,
    table: str | None = None,
    limit: int | None = None,
) -> list[Upload]:
    """Return the tenant's uploads, newest first, optionally of some states or one table."""
    query = select(UploadRow).where(UploadRow.tenant_id == tenant.id)
    if states is not None:
        query = query.where(UploadRow.state.in_(states))
    if table is not None:
        query = query.where(UploadRow.table_name == table)
    query = query.order_by(UploadRow.received_at.desc(), UploadRow.id).limit(limit)
    with store.reading() as session:
        return [_upload_of(row) for row in session.scalars(query)]


def last_applied(
    store: Store, tenant: Tenant, table: str, *, labelled: bool = False
) -> Upload | None:
    """Return the upload whose rows went into silver last (also a held one: see its state).

    One whose rows a restore took back does not count.

    Parameters
    ----------
    labelled
        Of those whose mapping says how outcomes come: what changes some rows may not say it.
    """
    query = (
        select(UploadRow)
        .where(UploadRow.tenant_id == tenant.id, UploadRow.table_name == table)
        .where(UploadRow.applied_at.is_not(None), UploadRow.state.in_(APPLIED))
        .where(UploadRow.undone_at.is_(None))
        .order_by(UploadRow.applied_at.desc())
        .limit(1)
    )
    if labelled:
        query = query.where(UploadRow.mapping["label"].as_string().is_not(None))
    with store.reading() as session:
        row = session.scalars(query).one_or_none()
        return None if row is None else _upload_of(row)


def save_landing(store: Store, tenant: Tenant, upload: Upload, now_landed: str) -> None:
    """Record what landing holds in the place of an upload's file, rows of which were erased.

    Uploads of the same content that changed nothing rest on the same file: they follow.

    Parameters
    ----------
    now_landed
        SHA-256 of the copy in its place; the empty text where there is none.
    """
    holds = func.coalesce(UploadRow.landing_sha256, UploadRow.sha256)
    follows = (holds == upload.landed) & UploadRow.applied_at.is_(None)
    with store.session() as session:
        session.execute(
            update(UploadRow)
            .where(UploadRow.tenant_id == tenant.id, (UploadRow.id == upload.id) | follows)
            .values(landing_sha256=now_landed)
        )


def undone_uploads(store: Store, tenant: Tenant) -> frozenset[str]:
    """Return the uploads whose rows went when their table was taken back."""
    query = select(UploadRow.id).where(UploadRow.tenant_id == tenant.id)
    with store.reading() as session:
        return frozenset(session.scalars(query.where(UploadRow.undone_at.is_not(None))))


def mark_undone(
    store: Store, tenant: Tenant, table: str, undone: Collection[str], standing: Collection[str]
) -> int:
    """Note which applied uploads a restore took back, and which it brought back.

    Returns
    -------
    int
        How many uploads of the table stand undone now.
    """
    query = select(UploadRow).where(UploadRow.tenant_id == tenant.id, UploadRow.table_name == table)
    with store.session() as session:
        now, rows = now_in(session), session.scalars(query.where(UploadRow.state.in_(APPLIED)))
        marked = 0
        for row in rows:
            if row.id in undone:
                row.undone_at = row.undone_at or now
            elif row.id in standing:
                row.undone_at = None
            marked += row.undone_at is not None
        return marked


def _stored(value: object) -> object:
    """Return what the column takes: a plain dictionary for any mapping."""
    return dict(value) if isinstance(value, Mapping) else value


def _row_of(upload: Upload) -> UploadRow:
    row = UploadRow(
        id=upload.id,
        tenant_id=upload.tenant_id,
        table_name=upload.table,
        file_name=upload.file_name,
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        actor_id=upload.actor_id,
        received_at=upload.received_at,
    )
    for name in SAVED:
        setattr(row, name, _stored(getattr(upload, name)))
    return row


def _upload_of(row: UploadRow) -> Upload:
    upload = Upload(
        id=row.id,
        tenant_id=row.tenant_id,
        table=row.table_name,
        file_name=row.file_name,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        actor_id=row.actor_id,
        received_at=row.received_at,
        applied_at=row.applied_at,
        finished_at=row.finished_at,
        progress=row.progress or {},
        landing_sha256=row.landing_sha256,
        undone_at=row.undone_at,
    )
    return replace(upload, **{name: getattr(row, name) for name in SAVED})
