"""What a tenant did with its rejected rows, in the store: by whom, when, to how many, how it ended.

An act is written down before it begins, so that one that a crash cut short is found and finished.
Which rows, and what became of each, stands in the lake beside them; no value of a row stands here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import select

from foundation.errors import NotFound
from tenancy.actor import Actor
from tenancy.arrival_tables import QuarantineActRow
from tenancy.audit import Detail, record_in
from tenancy.columns import row_named
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

ActKind = Literal["file", "cells", "values", "unchanged", "dismissal", "reopening"]
ActState = Literal["begun", "done", "refused", "dropped"]

RESENT: frozenset[ActKind] = frozenset({"file", "cells", "values", "unchanged"})
"""Kinds that send rows through the door again."""


@dataclass(frozen=True)
class Act:
    """One act on rejected rows.

    Attributes
    ----------
    kind
        ``file``: a corrected download came back; ``cells``, ``values``, ``unchanged``: re-driven
        after correcting cells, a value of many rows, or nothing; ``dismissal``, ``reopening``.
    state
        ``refused``: the door did not take the rows; ``dropped``: cut short before it did anything.
    sha256
        Content of the file that carries the rows, where one does.
    mapping
        The mapping that goes with that file; empty where the one that is kept holds.
    upload_id
        The upload that took them.
    counts
        ``rows``, and of these ``resolved`` and ``replaced`` (rejected once more).
    """

    id: str
    tenant_id: str
    table: str
    kind: ActKind
    actor_id: str
    begun_at: datetime
    state: ActState = "begun"
    sha256: str | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    upload_id: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    ended_at: datetime | None = None


def new_act_id() -> str:
    """Return an identifier that no act has."""
    return uuid4().hex


def begin_act(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    table: str,
    *,
    kind: ActKind,
    rows: int,
    act_id: str | None = None,
    sha256: str | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> Act:
    """Store a new act in state ``begun``, and audit it."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        act = Act(
            id=act_id or new_act_id(),
            tenant_id=tenant.id,
            table=table,
            kind=kind,
            actor_id=actor.id,
            begun_at=now_in(session),
            sha256=sha256,
            mapping=dict(mapping or {}),
            counts={"rows": rows},
        )
        session.add(_row_of(act))
        session.flush()
        details: dict[str, Detail] = {"table": table, "rows": rows}
        record_in(session, actor, f"quarantine.{kind}", tenant.id, act.id, details=details)
    return act


def end_act(store: Store, tenant: Tenant, act: Act, state: ActState) -> Act:
    """Store how an act ended, with its counts and upload; the first end stands."""
    with store.session() as session:
        row = session.get(QuarantineActRow, act.id, with_for_update=True)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("ledger.no_act", act=act.id)
        if row.state == "begun":
            row.state, row.upload_id = state, act.upload_id
            row.counts, row.ended_at = dict(act.counts), now_in(session)
        return _act_of(row)


def get_act(store: Store, tenant: Tenant, act_id: str) -> Act:
    """Return the tenant's act; ``NotFound`` alike for a missing and another tenant's one."""
    with store.reading() as session:
        row = row_named(session, QuarantineActRow, act_id)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("ledger.no_act", act=act_id)
        return _act_of(row)


def list_acts(
    store: Store,
    tenant: Tenant,
    *,
    table: str | None = None,
    states: Collection[ActState] | None = None,
    limit: int | None = None,
) -> list[Act]:
    """Return the tenant's acts, newest first."""
    query = select(QuarantineActRow).where(QuarantineActRow.tenant_id == tenant.id)
    if table is not None:
        query = query.where(QuarantineActRow.table_name == table)
    if states is not None:
        query = query.where(QuarantineActRow.state.in_(states))
    query = query.order_by(QuarantineActRow.begun_at.desc(), QuarantineActRow.id).limit(limit)
    with store.reading() as session:
        return [_act_of(row) for row in session.scalars(query)]


def act_of_file(store: Store, tenant: Tenant, sha256: str) -> Act | None:
    """Return the act that began with this file and has not ended."""
    query = select(QuarantineActRow).where(
        QuarantineActRow.tenant_id == tenant.id,
        QuarantineActRow.sha256 == sha256,
        QuarantineActRow.state == "begun",
    )
    with store.reading() as session:
        row = session.scalars(query).first()
        return None if row is None else _act_of(row)


def with_counts(act: Act, upload_id: str | None = None, **counts: int) -> Act:
    """Return the act with what came of it."""
    return replace(act, upload_id=upload_id, counts=counts)


def _row_of(act: Act) -> QuarantineActRow:
    return QuarantineActRow(
        id=act.id,
        tenant_id=act.tenant_id,
        table_name=act.table,
        kind=act.kind,
        state=act.state,
        sha256=act.sha256,
        mapping=dict(act.mapping),
        upload_id=act.upload_id,
        counts=dict(act.counts),
        actor_id=act.actor_id,
        begun_at=act.begun_at,
        ended_at=act.ended_at,
    )


def _act_of(row: QuarantineActRow) -> Act:
    return Act(
        id=row.id,
        tenant_id=row.tenant_id,
        table=row.table_name,
        kind=cast(ActKind, row.kind),
        state=cast(ActState, row.state),
        sha256=row.sha256,
        mapping=row.mapping,
        upload_id=row.upload_id,
        counts=row.counts,
        actor_id=row.actor_id,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )
