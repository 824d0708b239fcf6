"""What was found in files that are gone: it goes too, from the tables of all extractors."""

from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.extractors.found import TABLES
from ingestion.extractors.run import KEYS, OBJECTS
from lakehouse.commits import Commit
from tenancy.incident_files import contents_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant


def is_extract(ref: "TableRef") -> bool:
    """Say whether a table holds what an extractor found, one that is on or was."""
    return ref.layer == "silver" and ref.name.startswith(TABLES)


def forget_gone(lake: "Lake", tenant: "Tenant") -> "dict[TableRef, int]":
    """Delete what was found in files that came with no incident any more; rows by table."""
    kept = {lake.objects.name(tenant, one) for one in contents_of(lake.store, tenant)}
    tables = [ref for ref in lake.refs(tenant) if is_extract(ref) and lake.exists(ref)]
    return {ref: gone for ref in tables if (gone := _forget_others(lake, ref, kept))}


def _forget_others(lake: "Lake", ref: "TableRef", kept: set[str]) -> int:
    named = [name for name in OBJECTS if name in lake.schema(ref).names]
    rows, there = lake.arrow(ref, [*KEYS, *named[1:]]), pa.array([*sorted(kept), None], pa.string())
    gone = [pc.invert(pc.is_in(rows[name], there)) for name in named]
    others = rows.filter(reduce(pc.or_, gone)).select(list(KEYS))
    if not others.num_rows:
        return 0
    commit = Commit.of_rows("forget", lake.version(ref), others["object_id"].to_pylist())
    return lake.writer.delete(ref, others, commit).deleted
