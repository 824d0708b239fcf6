"""A table's log: how far back it tells, checkpoints, and what of it may go.

A checkpoint holds the ids of all commits ever made (application transactions), so exactly-once
outlives whatever is cleaned; the words beside a commit stand in its entry alone, and go with it.
"""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lakehouse.places import Place
from lakehouse.refs import LOG, TableRef

if TYPE_CHECKING:
    from deltalake import DeltaTable

ENTRY = re.compile(r"(\d{20})\.(?:json|crc|checkpoint\..*)")
CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")
CHECKPOINT_EVERY = 10
"""A log with so many entries after its last checkpoint gets another: opening reads them all."""


def version_at(table: "DeltaTable", moment: datetime) -> int | None:
    """Return the version that was the newest at a moment (UTC); None before the log begins.

    Where a clock was set back, the versions after the first later one do not count.
    """
    found = None
    for entry in sorted(table.history(), key=lambda entry: int(entry["version"])):
        if time_of(entry) > moment:
            break
        found = int(entry["version"])
    return found


def written_at(table: "DeltaTable", version: int) -> datetime | None:
    """Return when a version was written (UTC), or the oldest later one that the log tells of."""
    times = {int(entry["version"]): time_of(entry) for entry in table.history()}
    later = [number for number in times if number >= version]
    return times[min(later)] if later else None


def time_of(entry: dict[str, object]) -> datetime:
    """Return when an entry of a table's history was written, UTC."""
    return datetime.fromtimestamp(int(str(entry["timestamp"])) / 1000, UTC)


def clean_log(
    place: Place, ref: TableRef, table: "DeltaTable", before: datetime, *, dry_run: bool = False
) -> int:
    """Write a checkpoint where one is due, and delete what lies before the one that is needed.

    Its caller holds the table's lease.

    Parameters
    ----------
    before
        UTC; what the log says of commits since then stays.

    Returns
    -------
    int
        Files that were, or would be, deleted.
    """
    folder = f"{ref}/{LOG}"
    numbers = _numbers(place, folder, CHECKPOINT)
    newest = max(numbers.values(), default=-1)
    if not dry_run and table.version() - newest >= CHECKPOINT_EVERY:
        table.create_checkpoint()
        numbers = _numbers(place, folder, CHECKPOINT)
    last_old = version_at(table, before)
    bases = [number for number in numbers.values() if last_old is not None and number <= last_old]
    if not bases:
        return 0
    entries = _numbers(place, folder, ENTRY)
    old = sorted(name for name, number in entries.items() if number < max(bases))
    if not dry_run:
        # From the oldest on: cut short, the log still reaches back without a gap.
        for name in old:
            place.delete(name)
    return len(old)


def _numbers(place: Place, folder: str, pattern: re.Pattern[str]) -> dict[str, int]:
    """Return the versions that files of a log belong to, by name."""
    matches = {name: pattern.fullmatch(name.rsplit("/", 1)[-1]) for name in place.names(folder)}
    return {name: int(match[1]) for name, match in matches.items() if match}
