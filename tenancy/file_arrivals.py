"""With which incidents files came, and what came beside them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tenancy.columns import is_storable
from tenancy.incident_files import STORED_AS, stored_as
from tenancy.incident_tables import AttachmentRow, IncidentRow
from tenancy.store import Store
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class Arrival:
    """A file that is in the object store, and an incident with which it came; times in UTC."""

    incident_id: str
    sha256: str
    person_token: str | None
    opened_at: datetime
    received_at: datetime


def arrivals_of(
    store: Store, tenant: Tenant, family: str, contents: Collection[str] | None = None
) -> list[Arrival]:
    """Return the files of a family (``audio/``) that are kept, with each incident of theirs.

    Parameters
    ----------
    contents
        SHA-256 of the objects that are asked for; None: all.
    """
    row, incident = AttachmentRow, IncidentRow
    columns = (row.incident_id, STORED_AS, incident.person_token)
    query = stored_with_incident(tenant, family, *columns, incident.opened_at, incident.received_at)
    if contents is not None:
        query = query.where(STORED_AS.in_(sorted(filter(is_storable, contents))))
    with store.reading() as session:
        return [Arrival(*found) for found in session.execute(query)]


def incidents_with(store: Store, tenant: Tenant, sha256: str) -> list[str]:
    """Return the numbers of incidents with which a file came, by its object."""
    if not is_storable(sha256):
        return []
    row = AttachmentRow
    query = select(row.incident_id).where(
        row.tenant_id == tenant.id, STORED_AS.in_([sha256]), row.gone_at.is_(None)
    )
    with store.reading() as session:
        return list(session.scalars(query.distinct().order_by(row.incident_id)))


def kept_beside(
    store: Store, tenant: Tenant, family: str, kinds: Collection[str]
) -> list[tuple[str, str]]:
    """Return which kept files of some media types came with the same incident as one of a family.

    Returns
    -------
    list of (str, str)
        SHA-256 of the objects that hold the one of the family (``audio/``) and the one beside it,
        in the order in which those came with each incident.
    """
    one, other = aliased(AttachmentRow), aliased(AttachmentRow)
    same = (other.tenant_id == one.tenant_id) & (other.incident_id == one.incident_id)
    query = select(stored_as(one), stored_as(other)).join_from(one, other, same)
    query = query.where(
        one.tenant_id == tenant.id,
        one.media_type.startswith(family),
        other.media_type.in_(sorted(kinds)),
        *(row.stored_at.is_not(None) & row.gone_at.is_(None) for row in (one, other)),
    )
    query = query.order_by(one.incident_id, other.position, one.position)
    with store.reading() as session:
        return [(file, beside) for file, beside in session.execute(query)]


def stored_with_incident(
    tenant: Tenant, family: str, *columns: "ColumnElement[Any] | InstrumentedAttribute[Any]"
) -> "Select[Any]":
    """Return the query of files of a family (``audio/``) that are kept, beside their incidents."""
    row, incident = AttachmentRow, IncidentRow
    same = (incident.tenant_id == row.tenant_id) & (incident.incident_id == row.incident_id)
    return (
        select(*columns)
        .join(incident, same)
        .where(
            row.tenant_id == tenant.id,
            row.media_type.startswith(family),
            row.stored_at.is_not(None),
            row.gone_at.is_(None),
        )
    )
