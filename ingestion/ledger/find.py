"""From what a person names – a table, a file, a cause, rows – to the rows that are meant."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from foundation.errors import InvalidRequest, NotFound
from ingestion.ledger.query import CauseCount, causes, tables_with_rejections
from ingestion.ledger.schema import RowRef, RowState, row_ref
from ingestion.ledger.selection import Selection
from ingestion.mapping import table_of
from tenancy.uploads import get_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def selections(
    lake: "Lake",
    tenant: "Tenant",
    *,
    table: str | None = None,
    cause_id: str | None = None,
    upload_id: str | None = None,
    rows: Sequence[str] = (),
    state: RowState = "open",
) -> list[Selection]:
    """Return the rows that all of what is named holds for, one selection a table.

    Raises
    ------
    NotFound
        The tenant has no such table, upload, row or cause.
    """
    refs = tuple(_row(told) for told in rows)
    # An empty id names nothing: it is never taken for «all files».
    uploads = {*([] if upload_id is None else [upload_id]), *(ref.upload_id for ref in refs)}
    tables = {get_upload(lake.store, tenant, upload).table for upload in sorted(uploads)}
    if table is not None:
        tables.add(table_of(lake.contract_of(tenant), table).name)
    chosen = sorted(tables) or tables_with_rejections(lake, tenant)
    found = [
        Selection(name, upload_id=upload_id, rows=_of_table(lake, tenant, name, refs), state=state)
        for name in chosen
    ]
    if cause_id is None:
        return found
    named = [_with_cause(lake, tenant, selection, cause_id) for selection in found]
    if not any(named):
        raise NotFound("ledger.no_cause", cause=cause_id)
    return [selection for selection in named if selection is not None]


def all_causes(
    lake: "Lake", tenant: "Tenant", chosen: Sequence[Selection]
) -> list[tuple[Selection, CauseCount]]:
    """Return the causes in all selections with the rows of each, most frequent first."""
    found = [
        (replace(selection, cause=counted.cause), counted)
        for selection in chosen
        for counted in causes(lake, tenant, selection)
    ]
    return sorted(found, key=lambda pair: -pair[1].rows)


def _row(told: str) -> RowRef:
    ref = row_ref(told)
    if ref is None:
        raise InvalidRequest("ledger.no_reference", reference=told)
    return ref


def _of_table(
    lake: "Lake", tenant: "Tenant", table: str, refs: Sequence[RowRef]
) -> tuple[RowRef, ...] | None:
    if not refs:
        return None
    known = {ref.upload_id: get_upload(lake.store, tenant, ref.upload_id).table for ref in refs}
    return tuple(ref for ref in refs if known[ref.upload_id] == table)


def _with_cause(
    lake: "Lake", tenant: "Tenant", selection: Selection, cause_id: str
) -> Selection | None:
    found = (counted.cause for counted in causes(lake, tenant, selection))
    cause = next((cause for cause in found if cause.id == cause_id), None)
    return None if cause is None else replace(selection, cause=cause)
