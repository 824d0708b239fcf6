"""Headers that a contract did not know, and what their tenant decided of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import delete, select

from data_contracts.tables import plain
from foundation.spelling import well_formed
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.contract_tables import ColumnDecisionRow, RescuedColumnRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

DecisionState = Literal["proposed", "accepted", "rejected", "withdrawn"]


@dataclass(frozen=True)
class Sighting:
    """One header of one upload.

    Attributes
    ----------
    rows, filled
        Of the upload's rows, how many there are and in how many the column has a value.
    """

    upload_id: str
    table: str
    header: str
    rows: int
    filled: int
    seen_at: datetime


@dataclass(frozen=True)
class Decision:
    """What a tenant decided; ``payload`` is JSON whose meaning ingestion owns."""

    table: str
    header_hash: str
    state: DecisionState
    payload: Mapping[str, Any]


def header_hash(header: str) -> str:
    """Return a hash that is the same for spellings of one header: ``Plan Score``, ``plan_score``.

    A header of signs alone is compared as it stands.
    """
    return hashlib.sha256(well_formed(plain(header) or header).encode()).hexdigest()


def note_sightings(store: Store, tenant: Tenant, sightings: Sequence[Sighting]) -> None:
    """Keep what an upload's file had beside its contract; the upload's earlier notes are replaced.

    Spellings of one header in one file are kept as the first of them.
    """
    uploads = {sighting.upload_id for sighting in sightings}
    if not uploads:
        return
    with store.session() as session:
        mine = RescuedColumnRow.tenant_id == tenant.id
        theirs = RescuedColumnRow.upload_id.in_(uploads)
        session.execute(delete(RescuedColumnRow).where(mine, theirs))
        for (upload_id, key), one in _first(sightings).items():
            session.add(
                RescuedColumnRow(
                    upload_id=upload_id,
                    header_hash=key,
                    tenant_id=tenant.id,
                    table_name=one.table,
                    header=one.header.replace("\0", ""),
                    rows=one.rows,
                    filled=one.filled,
                    seen_at=one.seen_at,
                )
            )


def _first(sightings: Sequence[Sighting]) -> dict[tuple[str, str], Sighting]:
    found: dict[tuple[str, str], Sighting] = {}
    for one in sightings:
        found.setdefault((one.upload_id, header_hash(one.header)), one)
    return found


def sightings(store: Store, tenant: Tenant, table: str | None = None) -> list[Sighting]:
    """Return what the tenant's uploads had beside the contract, oldest first."""
    query = select(RescuedColumnRow).where(RescuedColumnRow.tenant_id == tenant.id)
    if table is not None:
        query = query.where(RescuedColumnRow.table_name == table)
    query = query.order_by(RescuedColumnRow.seen_at, RescuedColumnRow.upload_id)
    with store.reading() as session:
        return [
            Sighting(r.upload_id, r.table_name, r.header, r.rows, r.filled, r.seen_at)
            for r in session.scalars(query)
        ]


def decide(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    table: str,
    header: str,
    *,
    state: DecisionState,
    payload: Mapping[str, Any],
) -> None:
    """Store what was decided of a header, in the place of what was decided before, and audit it."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        session.merge(
            ColumnDecisionRow(
                tenant_id=tenant.id,
                table_name=table,
                header_hash=header_hash(header),
                state=state,
                payload=dict(payload),
                actor_id=actor.id,
                saved_at=now_in(session),
            )
        )
        session.flush()
        subject = f"{table}.{header}".replace("\0", "")[:200]
        record_in(session, actor, f"column.{state}", tenant.id, subject)


def decisions(store: Store, tenant: Tenant) -> dict[tuple[str, str], Decision]:
    """Return the tenant's decisions by table and header hash."""
    query = select(ColumnDecisionRow).where(ColumnDecisionRow.tenant_id == tenant.id)
    with store.reading() as session:
        return {
            (r.table_name, r.header_hash): Decision(
                r.table_name, r.header_hash, cast(DecisionState, r.state), r.payload
            )
            for r in session.scalars(query)
        }
