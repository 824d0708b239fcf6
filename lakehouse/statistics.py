"""What a table takes, and how far back it can be read: counts, bytes and times, no value."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lakehouse.commits import commit_id_of, open_table
from lakehouse.log import time_of
from lakehouse.places import Place
from lakehouse.refs import LOG, TableRef

if TYPE_CHECKING:
    from deltalake import DeltaTable


@dataclass(frozen=True)
class Statistics:
    """A table in figures.

    Attributes
    ----------
    files, rows, size_bytes
        Of the newest version.
    smallest_bytes, largest_bytes
        Of its files; 0 where it has none.
    version
        The newest.
    versions
        How many the log still tells of.
    oldest_at
        When the oldest of these was written, UTC.
    log_files
        Files of the log.
    stored_bytes
        All that lies in the table's folder: older versions and the log too.
    """

    ref: TableRef
    files: int
    rows: int
    size_bytes: int
    smallest_bytes: int
    largest_bytes: int
    version: int
    versions: int
    oldest_at: datetime
    log_files: int
    stored_bytes: int


def statistics_of(place: Place, ref: TableRef) -> Statistics | None:
    """Return a table's figures; None where there is no table. Reads the log alone."""
    table = open_table(ref.path)
    if table is None:
        return None
    actions = table.get_add_actions()
    sizes = [int(size) for size in actions.column("size_bytes").to_pylist()]
    rows = sum(int(count or 0) for count in actions.column("num_records").to_pylist())
    stored = place.sizes(str(ref))
    times = [time_of(entry) for entry in table.history()]
    return Statistics(
        ref=ref,
        files=len(sizes),
        rows=rows,
        size_bytes=sum(sizes),
        smallest_bytes=min(sizes, default=0),
        largest_bytes=max(sizes, default=0),
        version=table.version(),
        versions=len(times),
        oldest_at=min(times),
        log_files=sum(f"/{LOG}/" in name for name in stored),
        stored_bytes=sum(stored.values()),
    )


@dataclass(frozen=True)
class Version:
    """One entry of a table's history: what was done when (UTC), by which of our commits."""

    version: int
    at: datetime
    operation: str
    commit: str


def history_of(table: "DeltaTable", limit: int) -> list[Version]:
    """Return a table's newest versions, newest first."""
    return [
        Version(int(e["version"]), time_of(e), str(e.get("operation", "")), commit_id_of(e))
        for e in table.history(limit=limit)
    ]
