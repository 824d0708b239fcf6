"""What extractors find in kept files, as tables: once a file and version of the extractor.

Grain of ``silver.extract_<name>``: one row a file's content and extractor version. A file is named
as its object is (a keyed hash of its content), so that no table betrays that a company holds a file
which somebody else knows. Content that cannot be read is a row too, with the reason; it is not
tried again before the extractor is another. A run that is cut short goes on with the rest.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from foundation.clock import utc_now
from foundation.errors import OperatorError, UserError
from ingestion.extractors.found import extract_ref
from ingestion.extractors.persons import NONE, Own
from ingestion.extractors.registry import Extractor
from ingestion.masking import MASKER_VERSION
from ingestion.own_names import known_products, own_names
from lakehouse.arrow_types import UTC_MICROSECONDS
from lakehouse.commits import Commit
from tenancy.incident_files import FILES, files_lease, stored_contents

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

KEYS = ("object_id", "extractor_version")
OBJECTS = ("object_id", "source_object_id")
"""A row goes with any of the files that it was found in."""
ABOUT = pa.schema([
    ("object_id", pa.string()),
    ("extractor_version", pa.int64()),
    ("media_type", pa.string()),
    ("extracted_at", UTC_MICROSECONDS),
    ("problem", pa.string()),
])  # fmt: skip
"""Of every row; ``problem`` is the key of a sentence, and empty where the content was read."""

BESIDE = "beside"
"""The print of what else a row was made of, of extractors that look beside the file."""
DAMAGED = "lakehouse.damaged_object"
AT_ONCE, AT_ONCE_SECONDS = 20, 30.0
"""Rows are written together as soon as they are so many or took so long: what a run that is cut
short has to read again."""

MOST_SECONDS = 300.0
"""Of a run: other work of the tenant waits for it. The next run goes on."""


Row = dict[str, Any]


@dataclass(frozen=True)
class Extracted:
    """What a run did: files that were read, that could not be, and that wait for the next run."""

    read: int = 0
    unreadable: int = 0
    left: int = 0


def table_of(lake: "Lake", tenant: "Tenant", extractor: Extractor) -> "TableRef":
    """Return the table of what an extractor found."""
    return extract_ref(lake, tenant, extractor.name)


def extract_new(
    lake: "Lake", tenant: "Tenant", extractor: Extractor, most_seconds: float = MOST_SECONDS
) -> Extracted:
    """Read the kept files that this version of an extractor has not read yet.

    What an earlier masker has masked is read again as well: its rows are replaced.

    Raises
    ------
    MissingPart
        A program that the extractor needs is not installed.
    Busy
        Another run of this extractor is under way for the tenant.
    """
    ref, done = table_of(lake, tenant, extractor), Extracted()
    with lake.lease(f"extract:{extractor.name}:{tenant.id}"):
        _widen(lake, ref, extractor)
        end, files = monotonic() + most_seconds, deque(_waiting(lake, tenant, extractor, ref))
        own = _own_names(lake, tenant) if files and extractor.masks else NONE
        while files and monotonic() < end:
            with _written(lake, tenant, extractor) as rows:
                whole = min(end, monotonic() + AT_ONCE_SECONDS)
                while files and len(rows) < AT_ONCE and (not rows or monotonic() < whole):
                    rows.append(_row(lake, tenant, extractor, own, files[0]))
                    files.popleft()
            failed = sum(row["problem"] is not None for row in rows)
            read, unreadable = done.read + len(rows) - failed, done.unreadable + failed
            done = Extracted(read, unreadable)
    return replace(done, left=len(files))


def _own_names(lake: "Lake", tenant: "Tenant") -> Own:
    return own_names(tenant, known_products(lake, tenant, lake.contract_of(tenant)))


def _widen(lake: "Lake", ref: "TableRef", extractor: Extractor) -> None:
    """Give the table the columns that the extractor finds since."""
    there, schema = lake.schema(ref).names, _schema(extractor)
    lacking = [name for name in schema.names if name not in there]
    if there and lacking:
        commit = Commit(f"columns:{lake.version(ref)}:{','.join(lacking)}")
        lake.writer.add_columns(ref, schema, commit)


def _schema(extractor: Extractor) -> "pa.Schema":
    return pa.schema([*ABOUT, *extractor.columns])


@contextmanager
def _written(lake: "Lake", tenant: "Tenant", extractor: Extractor) -> Iterator[list[Row]]:
    """Write the rows that come together inside, also those before something went wrong.

    What an erasure deleted meanwhile leaves no row.
    """
    rows: list[Row] = []
    try:
        yield rows
    finally:
        if rows:
            with lake.lease(files_lease(tenant)):
                there = [row for row in rows if _is_there(lake, tenant, row)]
                if there:
                    _write(lake, table_of(lake, tenant, extractor), extractor, there)


def _is_there(lake: "Lake", tenant: "Tenant", row: Row) -> bool:
    names = [row[name] for name in OBJECTS if row.get(name) is not None]
    return all(lake.objects.exists_named(tenant, FILES, name) for name in names)


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
        unread = pc.field("problem").is_valid()
        if extractor.masks:
            same &= unread | (pc.field("masker_version") == MASKER_VERSION)
        if extractor.again is not None:
            same &= unread | ~extractor.again
        known = _known(lake, extractor, ref, same)
    for one in stored_contents(lake.store, tenant):
        name = lake.objects.name(tenant, one.sha256)
        if extractor.reads(one.media_type) and name not in known:
            yield _File(one.sha256, name, one.media_type)


def _known(lake: "Lake", extractor: Extractor, ref: "TableRef", same: "pc.Expression") -> set[str]:
    """Return the objects whose row is made of all that there is now."""
    if extractor.beside is None:
        return set(lake.arrow(ref, list(KEYS), where=same)["object_id"].to_pylist())
    rows = lake.arrow(ref, [*KEYS, BESIDE], where=same).to_pylist()
    return {
        row["object_id"] for row in rows if row[BESIDE] == extractor.beside.get(row["object_id"])
    }


def _row(lake: "Lake", tenant: "Tenant", extractor: Extractor, own: Own, file: _File) -> Row:
    about: Row = {
        "object_id": file.object_id,
        "extractor_version": extractor.version,
        "media_type": file.media_type,
        "extracted_at": utc_now(),
        "problem": None,
    }
    if extractor.beside is not None:
        about[BESIDE] = extractor.beside.get(file.object_id)
    try:
        return about | dict(extractor.read(lake.objects.get(tenant, FILES, file.sha256), own))
    except UserError as error:
        return about | {"problem": error.key}
    except OperatorError as error:
        if error.key != DAMAGED:
            raise
        return about | {"problem": error.key}  # the nightly check of objects tells who cares


def _write(lake: "Lake", ref: "TableRef", extractor: Extractor, rows: Sequence[Row]) -> None:
    found = pa.Table.from_pylist(list(rows), _schema(extractor))
    commit = Commit.of_rows("extract", lake.version(ref), (row["object_id"] for row in rows))
    lake.writer.merge(ref, found, list(KEYS), commit)
