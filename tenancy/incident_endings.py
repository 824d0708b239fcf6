"""Incidents whose time is over, or whose person is forgotten: which they are, and their end."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select

from tenancy.columns import is_storable
from tenancy.incident_tables import AttachmentRow, IncidentRow, LiveScoreRow
from tenancy.store import Store
from tenancy.tenant import Tenant


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
        # First they: a file that is added to one meanwhile would outlive it, or hinder its end.
        session.scalars(which.with_for_update()).all()
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
