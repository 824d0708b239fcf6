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


def extract_ref(lake: "Lake", tenant: "Tenant", extractor: str) -> "TableRef":
    """Return the table of what an extractor of a name found."""
    return lake.ref(tenant, "silver", f"{TABLES}{extractor}")


def newest(
    lake: "Lake",
    ref: "TableRef",
    objects: Collection[str],
    columns: Sequence[str],
    version: int | None = None,
) -> dict[str, Row]:
    """Return what was found in some files by their objects, by the newest version that read them.

    Parameters
    ----------
    version
        Of the table.
    """
    if not objects or not lake.exists(ref):
        return {}
    asked = pc.field("object_id").isin(pa.array(sorted(objects), pa.string()))
    names = ["object_id", "extractor_version", *columns]
    rows = lake.arrow(ref, names, asked & pc.field("problem").is_null(), version)
    return {row["object_id"]: row for row in rows.sort_by("extractor_version").to_pylist()}
