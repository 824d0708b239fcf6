"""Column mappings that a tenant confirmed, found again by the headers of the next file."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from tenancy.actor import Actor
from tenancy.arrival_tables import MappingRow
from tenancy.audit import record_in
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside


def header_signature(headers: Sequence[str]) -> str:
    """Return a hash that is the same for the same headers in any order."""
    return hashlib.sha256(json.dumps(sorted(headers)).encode()).hexdigest()


def save_mapping(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    table: str,
    headers: Sequence[str],
    *,
    payload: Mapping[str, Any],
) -> None:
    """Store the mapping for files of this table with these headers, replacing the one before.

    ``payload`` is JSON whose meaning ingestion owns.
    """
    signature = header_signature(headers)
    with store.session() as session:
        require_inside(session, actor, tenant)
        session.merge(
            MappingRow(
                tenant_id=tenant.id,
                table_name=table,
                signature=signature,
                headers=list(headers),
                payload=dict(payload),
                actor_id=actor.id,
                saved_at=now_in(session),
            )
        )
        session.flush()
        record_in(
            session,
            actor,
            "column_mapping.saved",
            tenant.id,
            table,
            details={"signature": signature},
        )


def find_mapping(
    store: Store, tenant: Tenant, table: str, headers: Sequence[str]
) -> dict[str, Any] | None:
    """Return the stored mapping's payload, or ``None`` where these headers are new."""
    with store.reading() as session:
        row = session.get(MappingRow, (tenant.id, table, header_signature(headers)))
        return None if row is None else row.payload


def stored_mappings(
    store: Store, tenant: Tenant, table: str
) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """Return a table's stored mappings: the headers that each was chosen for, and its payload."""
    query = select(MappingRow).where(
        MappingRow.tenant_id == tenant.id, MappingRow.table_name == table
    )
    with store.reading() as session:
        return [(tuple(row.headers), row.payload) for row in session.scalars(query)]
