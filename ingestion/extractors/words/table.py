"""Gold ``text``: one row an incident: what its words say, read once, and again where they changed.

It is made of silver's masked texts, not by the engine: a row is read again where silver's row has
another hash or masker, the readings another version, or the tenant's catalogue of products other
names. What is no longer in silver goes. A run that is cut short goes on with the rest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from foundation.clock import utc_now
from ingestion.extractors.words.columns import SIGNALS, row_of
from ingestion.extractors.words.read import VERSION, read
from lakehouse.arrow_types import UTC_MICROSECONDS
from lakehouse.commits import Commit
from lakehouse.lineage import observed

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

NAME, SOURCE, KEY = "text", "incidents", "incident_id"
TEXT, SUBJECT, PRODUCT = "text", "subject", "product"
FROM_SILVER = (KEY, "person_token", "opened_at", "row_hash", "masker_version")
PRINT = ("row_hash", "masker_version", "extractor_version", "catalogue")
"""What a row was made of: where one of it differs, the text is read again."""
COLUMNS = pa.schema([
    (KEY, pa.string()),
    ("person_token", pa.string()),
    ("opened_at", UTC_MICROSECONDS),
    ("row_hash", pa.string()),
    ("masker_version", pa.string()),
    ("extractor_version", pa.int64()),
    ("catalogue", pa.string()),
    ("read_at", UTC_MICROSECONDS),
    *SIGNALS,
])  # fmt: skip
WITH_PRODUCTS = ("incidents", "calls")
MOST_PRODUCTS = 500
"""A column with more values than this names no products, and is searched for none."""


@dataclass(frozen=True)
class TextsRead:
    """How many texts a run read, and how many rows went."""

    read: int = 0
    gone: int = 0


def text_ref(lake: "Lake", tenant: "Tenant") -> "TableRef":
    """Return the table of what incidents' words say."""
    return lake.ref(tenant, "gold", NAME)


@observed("texts")
def read_texts(lake: "Lake", tenant: "Tenant", contract: Contract) -> TextsRead:
    """Bring ``gold.text`` up to date with silver; without anything new nothing is written.

    Whoever calls holds the tenant's models, as of every table beside gold that models read: no
    other run writes it, and no erasure takes from it meanwhile.
    """
    source, ref = lake.ref(tenant, "silver", SOURCE), text_ref(lake, tenant)
    version = lake.version(source)
    if version < 0:
        return TextsRead()
    names = catalogue_of(lake, tenant, contract)
    wanted = _wanted(lake, source, version, _print_of(names))
    known = lake.arrow(ref, [KEY, *PRINT]) if lake.exists(ref) else wanted.slice(0, 0)
    fresh = wanted.join(known, [KEY, *PRINT], join_type="left anti")[KEY].combine_chunks()
    gone = known.join(wanted, KEY, join_type="left anti").select([KEY])
    if gone.num_rows:
        lake.writer.delete(ref, gone, _commit(lake, ref, "forget", gone))
    for rows in _rows(lake, source, version, fresh, names) if len(fresh) else ():
        lake.writer.merge(ref, rows, [KEY], _commit(lake, ref, "read", rows))
    return TextsRead(len(fresh), gone.num_rows)


def catalogue_of(lake: "Lake", tenant: "Tenant", contract: Contract) -> tuple[str, ...]:
    """Return the names of a tenant's products and services: those its incidents and calls have."""
    names: set[str] = set()
    for table in contract.tables:
        ref = lake.ref(tenant, "silver", table.name)
        if table.name in WITH_PRODUCTS and PRODUCT in lake.schema(ref).names:
            found: set[str] = set()
            for batch in lake.batches(ref, [PRODUCT]):
                found.update(batch[PRODUCT].drop_null().unique().to_pylist())
            names |= found if len(found) <= MOST_PRODUCTS else set()
    return tuple(sorted(names))


def _wanted(lake: "Lake", source: "TableRef", version: int, catalogue: str) -> pa.Table:
    """Return silver's incidents with what their rows are to be made of."""
    rows = lake.arrow(source, [KEY, *PRINT[:2]], version=version)
    size = rows.num_rows
    rows = rows.append_column(PRINT[2], pa.repeat(pa.scalar(VERSION, pa.int64()), size))
    return rows.append_column(PRINT[3], pa.repeat(catalogue, size))


def _rows(
    lake: "Lake", source: "TableRef", version: int, numbers: pa.Array, names: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the rows of incidents of some numbers, some thousands at a time."""
    there = set(lake.schema(source).names)
    columns = [name for name in (*FROM_SILVER, SUBJECT, TEXT) if name in there]
    for batch in lake.batches(source, columns, version=version):
        some = batch.filter(pc.is_in(batch[KEY], numbers))
        if some.num_rows:
            yield text_rows(some.to_pylist(), names)


def text_rows(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> pa.Table:
    """Return what the texts of silver's incidents say, a row each; ``names``: of products."""
    about = {"extractor_version": VERSION, "catalogue": _print_of(names), "read_at": utc_now()}
    return pa.Table.from_pylist([_row(row, names) | about for row in rows], COLUMNS)


def _row(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    told = read(row.get(TEXT) or "", row.get(SUBJECT), names)
    return {name: row.get(name) for name in FROM_SILVER} | row_of(told)


def _print_of(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def _commit(lake: "Lake", ref: "TableRef", act: str, rows: pa.Table) -> Commit:
    return Commit.of_rows(act, lake.version(ref), rows[KEY].to_pylist())
