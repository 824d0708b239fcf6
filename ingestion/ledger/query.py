"""Questions to the ledger, answered in the lake by DuckDB: no payload is opened, no row is kept.

Quarantine streams through once a question. Times go in as UTC without a zone (DuckDB's wheel has
none) and come out aware.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast, get_args

import pyarrow as pa

from ingestion.ledger.schema import (
    RESOLUTION,
    RowRef,
    RowState,
    quarantine_ref,
    resolution_ref,
)
from ingestion.ledger.selection import Cause, Selection
from ingestion.schema import QUARANTINE
from lakehouse.offline import offline, without_zone
from tenancy.upload import UNDER_WAY
from tenancy.uploads import list_uploads, undone_uploads

if TYPE_CHECKING:
    import duckdb

    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

EXAMPLES = 3
STATES: tuple[RowState, ...] = get_args(RowState)

_STATED = """
WITH acted AS (
    SELECT upload_id, row_number, max(act) FILTER (act IN ('resolved', 'replaced')) AS settled,
        count(*) FILTER (act = 'dismissed') - count(*) FILTER (act = 'reopened') AS dismissed
    FROM resolution
    WHERE taken_upload_id IS NULL OR taken_upload_id NOT IN (SELECT unnest($undone))
    GROUP BY upload_id, row_number),
stated AS (
    SELECT q.*, CASE WHEN settled IS NOT NULL THEN settled
        WHEN dismissed > 0 THEN 'dismissed' ELSE 'open' END AS state
    FROM quarantine q LEFT JOIN acted USING (upload_id, row_number)
    WHERE upload_id NOT IN (SELECT unnest($unfinished)))
"""
_STATES = "SELECT state, count(*) AS rows FROM stated GROUP BY state"
_CHOSEN = """, chosen AS (
    SELECT * FROM stated WHERE state = $state
        AND ($upload_id IS NULL OR upload_id = $upload_id)
        AND ($since_at IS NULL OR recorded_at >= $since_at)
        AND ($until_at IS NULL OR recorded_at < $until_at)
        AND ($names IS NULL OR list_contains($names, upload_id || '-' || row_number))
        AND ($rule IS NULL OR len(list_filter(reasons, lambda r:
            r.column = $column AND r.rule = $rule
            AND ($column = '' OR list_sort(map_values(r.arguments)) = $arguments))) > 0))
"""
_CAUSES = """, told AS (
    SELECT upload_id, row_number, recorded_at, 1 / len(reasons) AS part, unnest(reasons) AS r
    FROM chosen)
SELECT r.column AS "column", r.rule AS rule,
    CASE WHEN r.column = '' THEN MAP {} ELSE r.arguments END AS arguments,
    count(*) AS rows, sum(part) AS parts, count(DISTINCT upload_id) AS uploads,
    min(recorded_at) AS first_at, max(recorded_at) AS last_at,
    min_by({'upload_id': upload_id, 'row_number': row_number}, (recorded_at, row_number), $examples)
        AS examples
FROM told GROUP BY r.column, r.rule, 3 ORDER BY rows DESC, "column", rule
"""
_FILES = """
SELECT upload_id, count(*) AS rows, max(recorded_at) AS last_at
FROM chosen GROUP BY upload_id ORDER BY last_at DESC, upload_id
"""
_PAGE = """
SELECT upload_id, row_number FROM chosen
ORDER BY recorded_at DESC, upload_id, row_number LIMIT $limit OFFSET $offset
"""
_NAMES = "SELECT upload_id, row_number FROM chosen ORDER BY upload_id, row_number"
_STORED = (
    "SELECT upload_id, row_number, reasons, payload FROM chosen ORDER BY upload_id, row_number"
)
_LINES = "SELECT 1 AS one FROM chosen WHERE reasons[1].column = '' LIMIT 1"


@dataclass(frozen=True)
class CauseCount:
    """A cause and how often it holds: grain of the list that a person works through.

    Attributes
    ----------
    rows, uploads
        Rows of the selection rejected for it, and the uploads they came in.
    share
        Of all rows of the selection; a row with two causes counts in both.
    first_at, last_at
        When the first and the last of them was rejected (UTC).
    examples
        The first few of them.
    """

    cause: Cause
    rows: int
    uploads: int
    share: float
    first_at: datetime
    last_at: datetime
    examples: tuple[RowRef, ...]


@dataclass(frozen=True)
class FileCount:
    """An upload with rows of the selection, and how many."""

    table: str
    upload_id: str
    rows: int
    last_at: datetime


def tables_with_rejections(lake: "Lake", tenant: "Tenant") -> list[str]:
    """Return the tables of the tenant's contract that ever had a row rejected."""
    names = [table.name for table in lake.contract_of(tenant).tables]
    return [name for name in names if lake.exists(quarantine_ref(lake, tenant, name))]


def state_counts(lake: "Lake", tenant: "Tenant", table: str) -> dict[RowState, int]:
    """Return how many rejected rows of a table are in each state; they add up to all of them."""
    asked = _not_counting(lake, tenant)
    rows = _rows(lake, tenant, table, _STATED + _STATES, asked)
    found = {row["state"]: row["rows"] for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def causes(lake: "Lake", tenant: "Tenant", selection: Selection) -> list[CauseCount]:
    """Return the causes of the selected rows, most frequent first."""
    rows = _chosen(lake, tenant, selection, _CAUSES, examples=EXAMPLES)
    # A row's reasons are parts of it that add up to one: no second look is needed to count rows.
    total = round(sum(row["parts"] for row in rows))
    return [_cause_count(selection.table, row, total) for row in rows]


def files(lake: "Lake", tenant: "Tenant", selection: Selection) -> list[FileCount]:
    """Return the uploads that the selected rows came in, newest first."""
    return [
        FileCount(selection.table, row["upload_id"], row["rows"], _aware(row["last_at"]))
        for row in _chosen(lake, tenant, selection, _FILES)
    ]


def page(
    lake: "Lake", tenant: "Tenant", selection: Selection, *, limit: int, offset: int = 0
) -> list[RowRef]:
    """Return the names of some of the selected rows: newest upload first, in the file's order."""
    rows = _chosen(lake, tenant, selection, _PAGE, limit=limit, offset=offset)
    return [RowRef(row["upload_id"], row["row_number"]) for row in rows]


def has_lines(lake: "Lake", tenant: "Tenant", selection: Selection) -> bool:
    """Say whether one of the selected rows is a line that could not be split into columns."""
    return bool(_chosen(lake, tenant, selection, _LINES))


def stored_refs(lake: "Lake", tenant: "Tenant", selection: Selection) -> list[RowRef]:
    """Return the names of all selected rows, file by file."""
    rows = _chosen(lake, tenant, selection, _NAMES)
    return [RowRef(row["upload_id"], row["row_number"]) for row in rows]


def stored_batches(
    lake: "Lake", tenant: "Tenant", selection: Selection, rows_in_batch: int
) -> Iterator[pa.Table]:
    """Yield the selected rows as quarantine stores them, file by file, some at a time."""
    asked = {**selection.parameters(), **_not_counting(lake, tenant)}
    with _database(lake, tenant, selection.table, "reasons", "payload") as database:
        found = database.sql(_STATED + _CHOSEN + _STORED, params=asked)
        for batch in found.to_arrow_reader(rows_in_batch):
            yield pa.Table.from_batches([batch])


def _chosen(
    lake: "Lake", tenant: "Tenant", selection: Selection, question: str, **values: object
) -> list[dict[str, Any]]:
    given = {**selection.parameters(), **values, **_not_counting(lake, tenant)}
    return _rows(lake, tenant, selection.table, _STATED + _CHOSEN + question, given, "reasons")


def _not_counting(lake: "Lake", tenant: "Tenant") -> dict[str, list[str]]:
    """Return the uploads of which nothing counts: not ended yet, or undone when a table went back.

    What an undone one had taken is open again.
    """
    waiting = [u.id for u in list_uploads(lake.store, tenant, {*UNDER_WAY, "refused"})]
    undone = undone_uploads(lake.store, tenant)
    return {"unfinished": [*waiting, *undone], "undone": list(undone)}


def _rows(
    lake: "Lake",
    tenant: "Tenant",
    table: str,
    sql: str,
    parameters: Mapping[str, Any],
    *columns: str,
) -> list[dict[str, Any]]:
    with _database(lake, tenant, table, *columns) as database:
        found = database.execute(sql, parameters)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@contextmanager
def _database(
    lake: "Lake", tenant: "Tenant", table: str, *columns: str
) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Give a database that sees one table's rejected rows and what became of them."""
    names = ["upload_id", "row_number", "recorded_at", *columns]
    with offline() as database:
        rejected = _scan(lake, quarantine_ref(lake, tenant, table), QUARANTINE, names)
        database.register("quarantine", without_zone(rejected))
        acts = ["upload_id", "row_number", "act", "taken_upload_id"]
        resolved = _scan(lake, resolution_ref(lake, tenant, table), RESOLUTION, acts)
        database.register("resolution", resolved)
        yield database


def _scan(
    lake: "Lake", ref: "TableRef", schema: pa.Schema, names: Sequence[str]
) -> pa.RecordBatchReader:
    if lake.exists(ref):
        return lake.scan(ref, names)
    return pa.RecordBatchReader.from_batches(pa.schema([schema.field(n) for n in names]), [])


def _cause_count(table: str, row: Mapping[str, Any], total: int) -> CauseCount:
    arguments = tuple(sorted(cast("dict[str, str]", row["arguments"]).items()))
    return CauseCount(
        cause=Cause(table, row["column"], row["rule"], arguments),
        rows=row["rows"],
        uploads=row["uploads"],
        share=row["rows"] / total if total else 0.0,
        first_at=_aware(row["first_at"]),
        last_at=_aware(row["last_at"]),
        examples=tuple(RowRef(e["upload_id"], e["row_number"]) for e in row["examples"]),
    )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
