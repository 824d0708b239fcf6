"""What extractors find in kept files, as tables: once a file and version of the extractor.

Grain of ``silver.extract_<name>``: one row a file's content and extractor version. A file is named
as its object is (a keyed hash of its content), so that no table betrays that a company holds a file
which somebody else knows. Content that cannot be read is a row too, with the reason; it is not
tried again before the extractor is another. A run that is cut short goes on with the rest.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from foundation.clock import utc_now
from foundation.errors import UserError
from ingestion.extractors.registry import EXTRACTORS, Extractor
from lakehouse.arrow_types import UTC_MICROSECONDS
from lakehouse.commits import Commit
from tenancy.incident_files import FILES, contents_of, stored_contents

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

KEYS = ("object_id", "extractor_version")
ABOUT = pa.schema([
    ("object_id", pa.string()),
    ("extractor_version", pa.int64()),
    ("media_type", pa.string()),
    ("extracted_at", UTC_MICROSECONDS),
    ("problem", pa.string()),
])  # fmt: skip
"""Of every row; ``problem`` is the key of a sentence, and empty where the content was read."""

AT_ONCE = 20
"""Files whose rows are written together: what a run that is cut short has to read again."""


@dataclass(frozen=True)
class Extracted:
    """What a run did: files that were read, and those that could not be."""

    read: int = 0
    unreadable: int = 0


def table_of(lake: "Lake", tenant: "Tenant", extractor: Extractor) -> "TableRef":
    """Return the table of what an extractor found."""
    return lake.ref(tenant, "silver", f"extract_{extractor.name}")


def extract_new(lake: "Lake", tenant: "Tenant", extractor: Extractor) -> Extracted:
    """Read the kept files that this version of an extractor has not read yet.

    Raises
    ------
    MissingPart
        A program that the extractor needs is not installed.
    Busy
        Another run of this extractor is under way for the tenant.
    """
    ref, read, unreadable = table_of(lake, tenant, extractor), 0, 0
    with lake.lease(f"extract:{extractor.name}:{tenant.id}"):
        files = list(_waiting(lake, tenant, extractor, ref))
        for begin in range(0, len(files), AT_ONCE):
            rows = [_row(lake, tenant, extractor, one) for one in files[begin : begin + AT_ONCE]]
            _write(lake, ref, extractor, rows)
            failed = sum(row["problem"] is not None for row in rows)
            read, unreadable = read + len(rows) - failed, unreadable + failed
    return Extracted(read, unreadable)


def forget_gone(lake: "Lake", tenant: "Tenant") -> dict[str, int]:
    """Delete what was found in files that came with no incident any more; rows by table."""
    kept = {lake.objects.name(tenant, one) for one in contents_of(lake.store, tenant)}
    return {
        str(ref.name): gone
        for ref in (table_of(lake, tenant, one) for one in EXTRACTORS)
        if lake.exists(ref) and (gone := _forget_others(lake, ref, kept))
    }


def _forget_others(lake: "Lake", ref: "TableRef", kept: set[str]) -> int:
    rows = lake.arrow(ref, list(KEYS))
    gone = pc.invert(pc.is_in(rows["object_id"], pa.array(sorted(kept), pa.string())))
    others = rows.filter(gone)
    if not others.num_rows:
        return 0
    return lake.writer.delete(ref, others, _commit(lake, ref, "forget", others)).deleted


@dataclass(frozen=True)
class _File:
    """A kept file that is to be read."""

    sha256: str
    object_id: str
    media_type: str


def _waiting(
    lake: "Lake", tenant: "Tenant", extractor: Extractor, ref: "TableRef"
) -> Iterator[_File]:
    known: set[str] = set()
    if lake.exists(ref):
        same = pc.field("extractor_version") == extractor.version
        known = set(lake.arrow(ref, list(KEYS), where=same)["object_id"].to_pylist())
    for one in stored_contents(lake.store, tenant):
        name = lake.objects.name(tenant, one.sha256)
        if extractor.reads(one.media_type) and name not in known:
            yield _File(one.sha256, name, one.media_type)


def _row(lake: "Lake", tenant: "Tenant", extractor: Extractor, file: _File) -> dict[str, Any]:
    about: dict[str, Any] = {
        "object_id": file.object_id,
        "extractor_version": extractor.version,
        "media_type": file.media_type,
        "extracted_at": utc_now(),
        "problem": None,
    }
    try:
        return about | dict(extractor.read(lake.objects.get(tenant, FILES, file.sha256)))
    except UserError as error:
        return about | {"problem": error.key}


def _write(
    lake: "Lake", ref: "TableRef", extractor: Extractor, rows: Sequence[dict[str, Any]]
) -> None:
    found = pa.Table.from_pylist(list(rows), pa.schema([*ABOUT, *extractor.columns]))
    # Of an earlier version the table may lack columns.
    lake.writer.add_columns(ref, found.schema, Commit(f"columns:{extractor.version}"))
    lake.writer.merge(ref, found, list(KEYS), _commit(lake, ref, "extract", found))


def _commit(lake: "Lake", ref: "TableRef", act: str, rows: "pa.Table") -> Commit:
    """Return the commit of an act on rows of the table as it is: a file may come and go again."""
    version = lake.version(ref)
    names = "".join(sorted(map(str, rows["object_id"].to_pylist())))
    return Commit(f"{act}:{version}:{hashlib.sha256(names.encode()).hexdigest()}")
