"""What extractors found in files, read from their tables: of each file the newest row."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

Row = dict[str, Any]
TABLES = "extract_"
"""What the names of these tables in silver begin with."""
_EVERY = ("object_id", "extractor_version", "problem")


def extract_ref(lake: "Lake", tenant: "Tenant", extractor: str) -> "TableRef":
    """Return the table of what an extractor of a name found."""
    return lake.ref(tenant, "silver", f"{TABLES}{extractor}")


def newest(
    lake: "Lake",
    ref: "TableRef",
    objects: Collection[str],
    columns: Sequence[str] | None = None,
    version: int | None = None,
) -> dict[str, Row]:
    """Return what was found in some files by their objects, by the newest version that read each.

    Of a file that none could read the newest row, whose ``problem`` says why. What nobody has
    looked at yet has none.

    Parameters
    ----------
    columns
        Beside the object, the extractor's version and ``problem``; None: all. A row lacks those
        that its table does not have yet.
    version
        Of the table.
    """
    if not objects or not lake.exists(ref):
        return {}
    asked = pc.field("object_id").isin(pa.array(sorted(objects), pa.string()))
    there = lake.schema(ref).names
    names = there if columns is None else [*_EVERY, *(name for name in columns if name in there)]
    rows = lake.arrow(ref, names, asked, version).to_pylist()
    return {row["object_id"]: row for row in sorted(rows, key=_weight)}


def _weight(row: Row) -> tuple[bool, int]:
    return row["problem"] is None, row["extractor_version"]
