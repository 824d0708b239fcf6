"""An upload that took corrected rows settles what is open of them: inside the door, exactly once.

Whoever sends a file whose rows carry references (a corrected download, a re-drive) answers for
these rows. Those that passed are resolved; those rejected again are replaced by their new selves.
A reference to a row that is not open any more, or that never was this tenant's, says nothing.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from foundation.clock import utc_now
from ingestion.ledger.rows import opened_rows, refs_of, stored_rows_of
from ingestion.ledger.schema import (
    RESOLUTION,
    Row,
    RowRef,
    note_context,
    resolution_ref,
)
from lakehouse.commits import Commit
from tenancy.quarantine_acts import Act, act_of_file, begin_act, end_act, with_counts
from tenancy.uploads import undone_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant
    from tenancy.upload import Upload

ENDED = ("resolved", "replaced")
NAMES = ("upload_id", "row_number")


def ledger_lease(tenant: "Tenant", table: str) -> str:
    """Return the name of the lease under which rows change their state."""
    return f"ledger:{tenant.id}:{table}"


def settle(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    upload: "Upload",
    references: Mapping[int, RowRef],
) -> Act | None:
    """Write down what an upload did to open rows of quarantine.

    Parameters
    ----------
    upload
        Its rows stand in bronze, and the rejected ones in quarantine.
    references
        Row number in its file → the rejected row that it corrects.

    Returns
    -------
    Act
        What was done; None where nothing that is open was referred to.
    """
    if not references:
        return None
    ref = resolution_ref(lake, tenant, upload.table)
    commit = Commit(f"{upload.id}:settle")
    act = act_of_file(lake.store, tenant, upload.sha256)
    with lake.lease(ledger_lease(tenant, upload.table)):
        if not lake.writer.find_commit(ref, commit.id):
            taken = _open_ones(lake, tenant, upload.table, references)
            if not taken:
                return None if act is None else end_act(lake.store, tenant, act, "done")
            act = act or _file_act(lake, tenant, actor, upload, len(taken))
            lake.writer.append(ref, _resolutions(lake, tenant, act, upload, taken), commit)
    act = act or act_of_file(lake.store, tenant, upload.sha256)
    if act is None:
        return None
    counts = settled_counts(lake, tenant, upload.table, upload.id)
    return end_act(lake.store, tenant, with_counts(act, upload.id, **counts), "done")


def settled_counts(lake: "Lake", tenant: "Tenant", table: str, upload_id: str) -> dict[str, int]:
    """Return how many rows an upload settled, and how many of them either way."""
    where = pc.field("taken_upload_id") == upload_id
    ref = resolution_ref(lake, tenant, table)
    acts = lake.arrow(ref, ["act"], where)["act"].to_pylist() if lake.exists(ref) else []
    return {"rows": len(acts), **{name: acts.count(name) for name in ENDED}}


def _file_act(lake: "Lake", tenant: "Tenant", actor: "Actor", upload: "Upload", rows: int) -> Act:
    store, sha256 = lake.store, upload.sha256
    return begin_act(store, actor, tenant, upload.table, kind="file", rows=rows, sha256=sha256)


def _open_ones(
    lake: "Lake", tenant: "Tenant", table: str, references: Mapping[int, RowRef]
) -> dict[int, RowRef]:
    """Return the references to rows that are open; of two to the same row the last counts."""
    last = {ref: number for number, ref in references.items()}
    known = set(refs_of(stored_rows_of(lake, tenant, table, last, NAMES)))
    closed = closed_rows(lake, tenant, table, known)
    return {number: ref for ref, number in last.items() if ref in known and ref not in closed}


def closed_rows(lake: "Lake", tenant: "Tenant", table: str, refs: set[RowRef]) -> set[RowRef]:
    """Return those of the rows that are not open."""
    ref = resolution_ref(lake, tenant, table)
    if not lake.exists(ref):
        return set()
    uploads = pa.array(sorted({ref.upload_id for ref in refs}), pa.string())
    where = pc.field("upload_id").isin(uploads)
    undone = pa.array(sorted(undone_uploads(lake.store, tenant)), pa.string())
    where &= pc.field("taken_upload_id").is_null() | ~pc.field("taken_upload_id").isin(undone)
    acts = lake.arrow(ref, [*NAMES, "act"], where)
    standing: dict[RowRef, int] = {}
    for row, act in zip(refs_of(acts), acts["act"].to_pylist(), strict=True):
        standing[row] = standing.get(row, 0) + (-1 if act == "reopened" else 1)
    return {row for row, count in standing.items() if count > 0 and row in refs}


def _resolutions(
    lake: "Lake", tenant: "Tenant", act: Act, upload: "Upload", taken: Mapping[int, RowRef]
) -> pa.Table:
    numbers = sorted(taken)
    again = {RowRef(upload.id, number) for number in numbers}
    rejected = set(refs_of(stored_rows_of(lake, tenant, upload.table, again, NAMES)))
    acts = ["replaced" if RowRef(upload.id, n) in rejected else "resolved" for n in numbers]
    notes = _changes(lake, tenant, act, upload, taken)
    return resolution_rows(act, [taken[n] for n in numbers], acts, notes, (upload.id, numbers))


def resolution_rows(
    act: Act,
    refs: Sequence[RowRef],
    acts: Sequence[str],
    notes: Sequence[bytes | None],
    taken: tuple[str, Sequence[int]] | None = None,
) -> pa.Table:
    """Return one row of the ledger for each rejected row that an act concerns."""
    count = len(refs)
    upload_id, numbers = taken if taken is not None else (None, [None] * count)
    columns = (
        [act.id] * count,
        list(acts),
        [ref.upload_id for ref in refs],
        [ref.row_number for ref in refs],
        [upload_id] * count,
        list(numbers),
        list(range(count)),
        list(notes),
        [utc_now()] * count,
    )
    arrays = [pa.array(c, f.type) for c, f in zip(columns, RESOLUTION, strict=True)]
    return pa.Table.from_arrays(arrays, schema=RESOLUTION)


def _changes(
    lake: "Lake", tenant: "Tenant", act: Act, upload: "Upload", taken: Mapping[int, RowRef]
) -> list[bytes | None]:
    """Return for each row its changed cells, before and after, sealed; None where none changed."""
    before = _rows_as_they_came(lake, tenant, upload.table, list(taken.values()))
    after = _bronze_rows(lake, tenant, upload)
    told: list[bytes | None] = []
    for number in sorted(taken):
        changed = changes(before[taken[number]], after[number])
        told.append(json.dumps(changed, ensure_ascii=False).encode() if changed else None)
    return sealed_notes(lake, tenant, upload.table, act, told)


def changes(before: Row, after: Row) -> dict[str, list[str | None]]:
    """Return header → value before and after, for cells that differ; blank and none are alike."""
    headers = dict.fromkeys([*before, *after])
    pairs = {header: [before.get(header), after.get(header)] for header in headers}
    return {header: pair for header, pair in pairs.items() if (pair[0] or "") != (pair[1] or "")}


def sealed_notes(
    lake: "Lake", tenant: "Tenant", table: str, act: Act, notes: Sequence[bytes | None]
) -> list[bytes | None]:
    """Return notes sealed with the tenant's key, each at its place within the act."""
    places = [place for place, note in enumerate(notes) if note is not None]
    plain = [note for note in notes if note is not None]
    context = note_context(table, act.id)
    sealed = iter(lake.keys.of(tenant).encrypt_many(plain, context, places))
    return [None if note is None else next(sealed) for note in notes]


def _rows_as_they_came(
    lake: "Lake", tenant: "Tenant", table: str, refs: Sequence[RowRef]
) -> dict[RowRef, dict[str, str | None]]:
    return opened_rows(lake, tenant, table, stored_rows_of(lake, tenant, table, refs))


def _bronze_rows(lake: "Lake", tenant: "Tenant", upload: "Upload") -> dict[int, Row]:
    ref, mine = lake.ref(tenant, "bronze", upload.table), pc.field("upload_id") == upload.id
    stored = lake.arrow(ref, [*NAMES, "payload"], mine)
    opened = opened_rows(lake, tenant, upload.table, stored)
    return {ref.row_number: row for ref, row in opened.items()}
