"""A tenant's own columns in the store: revision after revision, each of them whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from data_contracts.extension import OwnColumn
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.contract_tables import ContractExtensionRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

Columns = Sequence[Mapping[str, Any]]
_Row = ContractExtensionRow
_NEWEST = (
    select(_Row.revision, _Row.payload, _Row.redriven_at)
    .where(_Row.tenant_id == bindparam("tenant"))
    .order_by(_Row.revision.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Extension:
    """The tenant's own columns.

    Attributes
    ----------
    revision
        Counts from 1.
    columns
        As JSON.
    redriven
        Whether earlier uploads have been brought under it.
    """

    revision: int
    columns: Columns
    redriven: bool

    @property
    def own(self) -> tuple[OwnColumn, ...]:
        """The columns as the contract takes them."""
        return tuple(OwnColumn.from_dict(dict(column)) for column in self.columns)


def current_extension(store: Store, tenant: Tenant) -> Extension | None:
    """Return the newest revision; None where the tenant never had a column of its own."""
    with store.asking() as connection:
        row = connection.execute(_NEWEST, {"tenant": tenant.id}).first()
        return None if row is None else _extension(*row)


def save_extension(
    store: Store, actor: Actor, tenant: Tenant, columns: Columns, *, subject: str
) -> Extension:
    """Store the next revision and audit it; ``subject`` names the column that changed."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        before = _newest(session, tenant)
        row = ContractExtensionRow(
            tenant_id=tenant.id,
            revision=1 if before is None else before.revision + 1,
            payload={"columns": [dict(column) for column in columns]},
            actor_id=actor.id,
            saved_at=now_in(session),
            redriven_at=None,
        )
        session.add(row)
        session.flush()
        details = {"revision": row.revision, "columns": len(columns)}
        record_in(session, actor, "contract.extended", tenant.id, subject, details=details)
        return _extension(row.revision, row.payload, row.redriven_at)


def mark_redriven(store: Store, tenant: Tenant, revision: int) -> None:
    """Note that earlier uploads stand under a revision."""
    with store.session() as session:
        row = session.get_one(ContractExtensionRow, (tenant.id, revision))
        row.redriven_at = row.redriven_at or now_in(session)


def _newest(session: Session, tenant: Tenant) -> ContractExtensionRow | None:
    mine = ContractExtensionRow.tenant_id == tenant.id
    newest = select(func.max(ContractExtensionRow.revision)).where(mine).scalar_subquery()
    query = select(ContractExtensionRow).where(mine, ContractExtensionRow.revision == newest)
    return session.scalars(query).one_or_none()


def _extension(
    revision: int, payload: Mapping[str, Any], redriven_at: datetime | None
) -> Extension:
    return Extension(revision, tuple(payload["columns"]), redriven_at is not None)
