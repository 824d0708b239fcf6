"""Rejected rows for a person: where they stand, what is wrong, and values for who may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Table
from foundation.texts import Language
from ingestion.ledger.query import page
from ingestion.ledger.schema import Row, RowRef, quarantine_ref, resolution_ref
from ingestion.ledger.selection import Selection
from ingestion.mapping import sources_of
from ingestion.payload import LINE, open_rows
from ingestion.quarantine import Reason, cut, reason_of
from ingestion.schema import QUARANTINE
from tenancy.uploads import get_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

VALUE_READERS = ("uploader", "privacy_officer")
"""Who sees values as they came, names and numbers among them (a manager is an uploader)."""


@dataclass(frozen=True)
class LedgerRow:
    """A rejected row for a person.

    Attributes
    ----------
    came_from
        The row of the tenant's own file, where this one is its correction that was rejected again.
    file_name
        The file that ``came_from`` stands in.
    sources
        Contract column → what that file calls it.
    row
        Header → value as it came (the whole line under the empty name); None where the person who
        asks may not see values.
    """

    ref: RowRef
    came_from: RowRef
    file_name: str
    recorded_at: datetime
    reasons: tuple[Reason, ...]
    sources: Mapping[str, str]
    row: Row | None

    @property
    def is_line(self) -> bool:
        """Whether it is a line that could not be split into columns."""
        return any(not reason.column for reason in self.reasons)

    def sentences(self, table: Table, language: Language = "es") -> list[str]:
        """Return one sentence for each reason."""
        return [r.say(table, self.sources.get(r.column), language) for r in self.reasons]

    def value(self, reason: Reason) -> str | None:
        """Return the value that a reason speaks of, as long as a page can show it."""
        if self.row is None:
            return None
        value = self.row.get(self.sources.get(reason.column, "") if reason.column else LINE)
        return None if value is None else cut(value)


def may_see_values(actor: "Actor") -> bool:
    """Say whether somebody may see what rejected rows hold."""
    return actor.may(*VALUE_READERS)


def ledger_page(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    selection: Selection,
    *,
    limit: int,
    offset: int = 0,
) -> list[LedgerRow]:
    """Return some of the selected rows, newest upload first, in the order of their files."""
    refs = page(lake, tenant, selection, limit=limit, offset=offset)
    return shown_rows(lake, tenant, actor, selection.table, refs)


def shown_rows(
    lake: "Lake", tenant: "Tenant", actor: "Actor", table: str, refs: Sequence[RowRef]
) -> list[LedgerRow]:
    """Return these rows, in this order, with their values where the actor may see them."""
    stored = stored_rows_of(lake, tenant, table, refs)
    opened = opened_rows(lake, tenant, table, stored) if may_see_values(actor) else {}
    origins = origins_of(lake, tenant, table, refs)
    uploads = {origins[ref].upload_id for ref in refs} | {ref.upload_id for ref in refs}
    known = {upload: get_upload(lake.store, tenant, upload) for upload in uploads}
    found = {
        ref: LedgerRow(
            ref=ref,
            came_from=origins[ref],
            file_name=known[origins[ref].upload_id].file_name,
            recorded_at=recorded_at,
            reasons=tuple(reason_of(told) for told in reasons),
            sources=sources_of(known[ref.upload_id].mapping),
            row=opened.get(ref),
        )
        for ref, recorded_at, reasons in zip(
            refs_of(stored),
            stored["recorded_at"].to_pylist(),
            stored["reasons"].to_pylist(),
            strict=True,
        )
    }
    return [found[ref] for ref in refs if ref in found]


def stored_rows_of(
    lake: "Lake",
    tenant: "Tenant",
    table: str,
    refs: Iterable[RowRef],
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the quarantine rows of these names, in no order; a name that is none gives none."""
    wanted = set(refs)
    uploads = pa.array(sorted({ref.upload_id for ref in wanted}), pa.string())
    numbers = pa.array(sorted({ref.row_number for ref in wanted}), pa.int64())
    mine = pc.field("upload_id").isin(uploads) & pc.field("row_number").isin(numbers)
    found = lake.arrow(quarantine_ref(lake, tenant, table), columns or QUARANTINE.names, mine)
    return found.filter(pa.array([ref in wanted for ref in refs_of(found)], pa.bool_()))


def refs_of(rows: pa.Table) -> list[RowRef]:
    """Return the names of quarantine rows."""
    pairs = zip(rows["upload_id"].to_pylist(), rows["row_number"].to_pylist(), strict=True)
    return [RowRef(upload, number) for upload, number in pairs]


def opened_rows(
    lake: "Lake", tenant: "Tenant", table: str, stored: pa.Table
) -> dict[RowRef, dict[str, str | None]]:
    """Return rows as they came, from sealed ones of quarantine or bronze."""
    keys = lake.keys.of(tenant)
    found: dict[RowRef, dict[str, str | None]] = {}
    for upload_id in pc.unique(stored["upload_id"]).to_pylist():
        mine = stored.filter(pc.equal(stored["upload_id"], upload_id))
        numbers = mine["row_number"].to_pylist()
        rows = open_rows(mine["payload"].to_pylist(), numbers, table, upload_id, keys)
        found |= {RowRef(upload_id, n): row for n, row in zip(numbers, rows, strict=True)}
    return found


def origins_of(
    lake: "Lake", tenant: "Tenant", table: str, refs: Iterable[RowRef]
) -> dict[RowRef, RowRef]:
    """Return for each row the one of the tenant's own file from which its corrections began."""
    origins = {ref: ref for ref in refs}
    ref = resolution_ref(lake, tenant, table)
    while lake.exists(ref):
        uploads = pa.array(sorted({origin.upload_id for origin in origins.values()}), pa.string())
        columns = ["upload_id", "row_number", "taken_upload_id", "taken_row_number"]
        where = pc.field("taken_upload_id").isin(uploads)
        before = {
            RowRef(row["taken_upload_id"], row["taken_row_number"]): RowRef(
                row["upload_id"], row["row_number"]
            )
            for row in lake.arrow(ref, columns, where).to_pylist()
        }
        if not any(origin in before for origin in origins.values()):
            break
        origins = {row: before.get(origin, origin) for row, origin in origins.items()}
    return origins
