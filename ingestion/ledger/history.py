"""What was done about rejected rows, one by one, with cells before and after for who may see."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from ingestion.ledger.rows import may_see_values, origins_of
from ingestion.ledger.schema import RowRef, note_context, resolution_ref
from tenancy.quarantine_acts import RESENT, Act, get_act

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class RowDone:
    """What an act did to one rejected row.

    Attributes
    ----------
    came_from
        The row of the tenant's own file from which it goes back.
    act
        ``resolved``, ``replaced``, ``dismissed`` or ``reopened``.
    changes
        Header → value before and after.
    reason
        Why it was dismissed. Neither is given to who may not see values.
    """

    ref: RowRef
    came_from: RowRef
    act: str
    changes: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    reason: str | None = None


def rows_done(
    lake: "Lake", tenant: "Tenant", actor: "Actor", act_id: str, most: int = 100
) -> list[RowDone]:
    """Return what an act did, row by row, in the order in which it took them.

    Raises
    ------
    NotFound
        The tenant has no such act.
    """
    act = get_act(lake.store, tenant, act_id)
    ref, mine = resolution_ref(lake, tenant, act.table), pc.field("act_id") == act.id
    if not lake.exists(ref):
        return []
    columns = ["upload_id", "row_number", "act", "place", "note"]
    found = lake.arrow(ref, columns, mine).sort_by("place").slice(0, most).to_pylist()
    names = [RowRef(row["upload_id"], row["row_number"]) for row in found]
    origins = origins_of(lake, tenant, act.table, names)
    notes = _notes(lake, tenant, act, found) if may_see_values(actor) else {}
    return [
        _row_done(act, name, origins[name], row["act"], notes.get(row["place"]))
        for name, row in zip(names, found, strict=True)
    ]


def _notes(
    lake: "Lake", tenant: "Tenant", act: Act, rows: list[dict[str, Any]]
) -> dict[int, bytes]:
    sealed: dict[int, bytes] = {row["place"]: row["note"] for row in rows if row["note"]}
    context = note_context(act.table, act.id)
    opened = lake.keys.of(tenant).decrypt_many(list(sealed.values()), context, list(sealed))
    return dict(zip(sealed, opened, strict=True))


def _row_done(act: Act, ref: RowRef, origin: RowRef, done: str, note: bytes | None) -> RowDone:
    if note is None:
        return RowDone(ref, origin, done)
    if act.kind not in RESENT:
        return RowDone(ref, origin, done, reason=note.decode())
    changes = {header: (before, after) for header, (before, after) in json.loads(note).items()}
    return RowDone(ref, origin, done, changes)
