"""Accounts of uploads by version of the contract: as first told, and as told anew by a re-drive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from tenancy.arrival_tables import UploadRow
from tenancy.contract_tables import UploadAccountRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.upload import Upload, check_account

UNKNOWN_VERSION = "-"


@dataclass(frozen=True)
class Account:
    """What became of an upload's rows under one version of the contract."""

    contract_version: str
    mapping: Mapping[str, Any]
    counts: Mapping[str, int]
    ended: int
    told_at: datetime


def accounts(store: Store, tenant: Tenant, upload_id: str) -> list[Account]:
    """Return an upload's accounts, the first told first; none before it was told anew."""
    query = (
        select(UploadAccountRow)
        .where(UploadAccountRow.tenant_id == tenant.id, UploadAccountRow.upload_id == upload_id)
        .order_by(UploadAccountRow.number)
    )
    with store.reading() as session:
        return [_account_of(row) for row in session.scalars(query)]


def as_sent(store: Store, tenant: Tenant, upload: Upload) -> Account:
    """Return the account as it was first told: the mapping is the one that the tenant chose."""
    told = accounts(store, tenant, upload.id)
    return told[0] if told else _account_from(upload)


def retell(store: Store, tenant: Tenant, upload: Upload) -> None:
    """Store what a re-drive made of an upload; what was told before is kept beside it.

    Its life begins anew: state, counts, mapping, version and audit are those of ``upload``.
    Telling the same version again changes its account alone.

    Raises
    ------
    NotFound
        The tenant has no such upload.
    ValueError
        The rows are not all accounted for: a bug.
    """
    check_account(upload.counts)
    with store.session() as session:
        row = session.get(UploadRow, upload.id, with_for_update=True)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("tenancy.no_upload", upload=upload.id)
        if session.get(UploadAccountRow, (row.id, row.contract_version or UNKNOWN_VERSION)) is None:
            _keep(session, row)
        for name in ("state", "ended", "contract_version"):
            setattr(row, name, getattr(upload, name))
        for name in ("mapping", "counts", "audit"):
            setattr(row, name, dict(getattr(upload, name)))
        _keep(session, row)


def _keep(session: Session, row: UploadRow) -> None:
    """Keep the account that an upload's record now has; its place among others stays."""
    version = row.contract_version or UNKNOWN_VERSION
    known = session.get(UploadAccountRow, (row.id, version))
    numbers = select(func.count()).where(UploadAccountRow.upload_id == row.id)
    session.merge(
        UploadAccountRow(
            upload_id=row.id,
            contract_version=version,
            number=known.number if known else int(session.scalar(numbers) or 0),
            tenant_id=row.tenant_id,
            mapping=dict(row.mapping),
            counts=dict(row.counts),
            ended=row.ended,
            told_at=now_in(session),
        )
    )
    session.flush()


def _account_of(row: UploadAccountRow) -> Account:
    return Account(row.contract_version, row.mapping, row.counts, row.ended, row.told_at)


def _account_from(upload: Upload) -> Account:
    told = upload.applied_at or upload.received_at
    version = upload.contract_version or UNKNOWN_VERSION
    return Account(version, upload.mapping, upload.counts, upload.ended, told)
