"""The audit log: append-only, each entry chained to the one before it by SHA-256.

An entry holds ids and counts, never a person's data: it outlives erasure. The hash covers the
canonical JSON of all other columns. The database refuses changes (triggers); whoever gets around
that is found by ``verify_chain``.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from foundation.spelling import well_formed
from tenancy.actor import Actor
from tenancy.store import Store, insert_if_absent, now_in
from tenancy.tables import AuditHeadRow, AuditRow
from tenancy.tenant import Tenant

Detail = str | int | float | None | Sequence[str]
"""What an entry may say about an act: ids, counts and names of things, in JSON."""

GENESIS = "0" * 64
HEAD_ID = 1
CHAINED = (
    "number",
    "at",
    "actor_id",
    "actor_kind",
    "action",
    "tenant_id",
    "subject",
    "details",
    "previous_hash",
)

_HEAD = (
    select(AuditHeadRow.number, AuditHeadRow.hash).where(AuditHeadRow.id == HEAD_ID)
).with_for_update()
_ADD = insert(cast(Table, AuditRow.__table__))
_MOVE = (
    update(cast(Table, AuditHeadRow.__table__))
    .where(AuditHeadRow.id == HEAD_ID)
    .values(number=bindparam("last"), hash=bindparam("last_hash"))
)


@dataclass(frozen=True)
class AuditEntry:
    """One audited act: who did what to which thing, when (UTC)."""

    number: int
    at: datetime
    actor_id: str
    actor_kind: str
    action: str
    tenant_id: str | None
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class ChainReport:
    """What ``verify_chain`` found: ``broken_at`` is the first entry that does not fit."""

    entries: int
    broken_at: int | None

    @property
    def intact(self) -> bool:
        """Whether every entry fits its predecessor."""
        return self.broken_at is None


def record(
    store: Store,
    actor: Actor,
    action: str,
    tenant_id: str | None = None,
    subject: str = "",
    *,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Add an entry in a transaction of its own (``vault.read``, ``upload.started`` …)."""
    with store.session() as session:
        record_in(session, actor, action, tenant_id, subject, details=details)


def record_in(
    session: Session,
    actor: Actor,
    action: str,
    tenant_id: str | None = None,
    subject: str = "",
    *,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Add an entry in the caller's transaction: the act and its entry stand or fall together."""
    number, previous = _locked_head(session)
    entry = AuditRow(
        number=number + 1,
        at=now_in(session).isoformat(),
        actor_id=actor.id,
        actor_kind=actor.kind,
        action=action,
        tenant_id=tenant_id,
        subject=well_formed(subject).replace("\0", ""),
        details=json.dumps(dict(details or {}), sort_keys=True, ensure_ascii=False),
        previous_hash=previous,
    )
    entry.hash = _hash_of(entry)
    session.flush()
    connection = session.connection()
    connection.execute(_ADD, {name: getattr(entry, name) for name in (*CHAINED, "hash")})
    connection.execute(_MOVE, {"last": entry.number, "last_hash": entry.hash})


def entries(
    store: Store, tenant: Tenant, limit: int = 100, before: int | None = None
) -> list[AuditEntry]:
    """Return a tenant's entries, newest first; ``before`` pages by entry number."""
    query = select(AuditRow).where(AuditRow.tenant_id == tenant.id)
    if before is not None:
        query = query.where(AuditRow.number < before)
    with store.reading() as session:
        rows = session.scalars(query.order_by(AuditRow.number.desc()).limit(limit))
        return [_entry_of(row) for row in rows]


def verify_chain(store: Store) -> ChainReport:
    """Recompute the whole chain and say where, if anywhere, it first breaks."""
    number, previous = 0, GENESIS
    with store.reading() as session:
        head = session.get(AuditHeadRow, HEAD_ID)
        rows = session.scalars(
            select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=1000)
        )
        for row in rows:
            number += 1
            if not _fits(row, number, previous):
                return ChainReport(number, number)
            previous = row.hash
    expected = (head.number, head.hash) if head else (0, GENESIS)
    return ChainReport(number, None if expected == (number, previous) else number + 1)


def _fits(row: AuditRow, number: int, previous: str) -> bool:
    return row.number == number and row.previous_hash == previous and row.hash == _hash_of(row)


def _hash_of(row: AuditRow) -> str:
    content = {name: getattr(row, name) for name in CHAINED}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _locked_head(session: Session) -> tuple[int, str]:
    """Return number and hash of the newest entry; others wait until this transaction ends."""
    connection = session.connection()
    found = connection.execute(_HEAD).first()
    if found is None:
        insert_if_absent(session, AuditHeadRow, id=HEAD_ID, number=0, hash=GENESIS)
        found = connection.execute(_HEAD).one()
    return found.number, found.hash


def _entry_of(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        number=row.number,
        at=datetime.fromisoformat(row.at),
        actor_id=row.actor_id,
        actor_kind=row.actor_kind,
        action=row.action,
        tenant_id=row.tenant_id,
        subject=row.subject,
        details=json.loads(row.details),
    )
