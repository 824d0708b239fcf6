"""Maintenance of a table: compaction, vacuum, restore and its log, on whichever engine is set.

Each of them runs under the table's lease, so that no two writers of any kind race, and passes a
boundary before and after. A kill in between leaves a whole table, and the next run does the rest.
How long history is kept, and whether it may be touched at all, is decided above.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from foundation.clock import utc_now
from foundation.disk import disk_told
from foundation.errors import Busy, InvalidRequest, NotFound
from lakehouse.boundary import Boundary, no_fault
from lakehouse.commits import commits_standing, content_words, open_table, restore_words
from lakehouse.engine import Engine
from lakehouse.log import clean_log, version_at
from lakehouse.once import Lease
from lakehouse.places import Place
from lakehouse.properties import TARGET_BYTES
from lakehouse.reach import reached
from lakehouse.refs import TableRef
from lakehouse.sums import note_sums, prune_sums, require_sound
from lakehouse.tables import tables_of

if TYPE_CHECKING:
    from deltalake import DeltaTable

SMALL_BYTES = TARGET_BYTES // 4
FEWEST_SMALL = 8
"""Fewer small files than this are left as they are: a compaction is a version of its own."""

HOUR = timedelta(hours=1)
A_MOMENT = timedelta(seconds=5)


@dataclass(frozen=True)
class Compacted:
    """How many files a table had before and after."""

    before: int
    after: int


@dataclass(frozen=True)
class Vacuumed:
    """What was, or on a dry run would be, taken away: data files and their bytes, log entries."""

    files: int
    size_bytes: int
    log_files: int


@dataclass(frozen=True)
class Restored:
    """A table's way back.

    Attributes
    ----------
    to_version, version
        The version whose rows it has again, and the new one that says so.
    undone, redone
        Ids of the commits whose rows went, and of those whose rows are back (where it goes back
        to before an earlier restore).
    """

    to_version: int
    version: int
    undone: frozenset[str]
    redone: frozenset[str]


class Maintenance:
    """Cares for tables; see the module.

    Parameters
    ----------
    engine
        The engine through which it is done.
    place
        Where the tables lie.
    lease, boundary
        As the writer's.
    """

    def __init__(
        self, engine: Engine, place: Place, lease: Lease, boundary: Boundary = no_fault
    ) -> None:
        self._tables = tables_of(engine)
        self._place = place
        self._lease = lease
        self._boundary = boundary

    def compact(self, ref: TableRef) -> Compacted:
        """Put the rows of small files into large ones, where there are enough of them.

        Raises
        ------
        NotFound
            There is no such table.
        Busy
            Somebody else writes it.
        OperatorError
            It is damaged.
        """
        with self._held(ref, "compact") as table:
            before = len(table.file_uris())
            if _small_files(table) < FEWEST_SMALL:
                return Compacted(before, before)
            require_sound(ref, table)
            self._tables.compact(table, content_words(table))
        return Compacted(before, len(_opened(ref).file_uris()))

    def vacuum(
        self,
        ref: TableRef,
        before: datetime,
        log_before: datetime | None = None,
        *,
        dry_run: bool = False,
    ) -> Vacuumed:
        """Delete what no version since a moment is made of, and the log from before another.

        Parameters
        ----------
        before
            UTC; each version that was the newest at or after it stays readable.
        log_before
            UTC; what the log says of commits since then stays; None means ``before``.
        dry_run
            Only say what would go.

        Raises
        ------
        NotFound, Busy
            As ``compact``.
        """
        hours = _hours_since(before)
        with self._held(ref, "vacuum") as table:
            going = self._going(ref, table, hours)
            if going and not dry_run:
                self._tables.vacuum(table, hours, content_words(table))
        # The log goes last, and by itself: it names the files.
        with self._held(ref, "clean_log") as table:
            entries = clean_log(self._place, ref, table, log_before or before, dry_run=dry_run)
            prune_sums(ref)
        return Vacuumed(len(going), sum(going.values()), entries)

    def restore(self, ref: TableRef, to: int | datetime) -> Restored:
        """Make an older version the newest once more, by its number or by a moment (UTC).

        Raises
        ------
        InvalidRequest
            The table was not there yet, or that version's files are gone by policy.
        NotFound, Busy
            As ``compact``.
        """
        with self._held(ref, "restore") as table:
            version = to if isinstance(to, int) else _version_at(ref, table, to)
            self._require_readable(ref, table, version)
            if version == table.version():
                return Restored(version, version, frozenset(), frozenset())
            now, then = commits_standing(table), commits_standing(table, version)
            self._tables.restore(table, version, restore_words(version))
        return Restored(version, _opened(ref).version(), now - then, then - now)

    @contextmanager
    def _held(self, ref: TableRef, verb: str) -> "Iterator[DeltaTable]":
        place = f"{ref.layer}.{ref.name}.{verb}"
        with self._lease(f"table:{ref}"):
            table = _opened(ref)
            self._boundary(f"before:{place}")
            try:
                with disk_told(), reached(ref.path):
                    yield table
            except Exception as error:
                if self._tables.is_conflict(error):
                    raise Busy("lakehouse.conflict", table=str(ref), attempts=1) from error
                raise
            note_sums(ref, _opened(ref))
            self._boundary(f"after:{place}")

    def _going(self, ref: TableRef, table: "DeltaTable", keep_hours: int) -> dict[str, int]:
        """Return the bytes of the files that a vacuum deletes; it also names some long gone."""
        named = table.vacuum(keep_hours, dry_run=True, enforce_retention_duration=False, full=True)
        there = self._place.sizes(str(ref))
        files = (f"{ref}/{unquote(name)}" for name in named)
        return {file: there[file] for file in files if file in there}

    def _require_readable(self, ref: TableRef, table: "DeltaTable", version: int) -> None:
        """Refuse a version that is not there, or whose files a vacuum took away."""
        from deltalake.exceptions import DeltaError

        older = open_table(ref.path)
        known = {int(entry["version"]) for entry in table.history()}
        if older is None or version not in known:
            oldest = min(known, default=0)
            raise InvalidRequest(
                "maintenance.no_version", table=str(ref), version=version, oldest=oldest
            )
        gone = InvalidRequest("maintenance.version_gone", table=str(ref), version=version)
        try:
            older.load_as_version(version)
        except DeltaError as error:  # an erasure left of that version's entry who did what
            raise gone from error
        names = {uri.rsplit("/", 1)[-1] for uri in older.file_uris()}
        there = {name.rsplit("/", 1)[-1] for name in self._place.names(str(ref))}
        if not {unquote(name) for name in names} <= there:
            raise gone
        require_sound(ref, older)


def _opened(ref: TableRef) -> "DeltaTable":
    table = open_table(ref.path)
    if table is None:
        raise NotFound("lakehouse.no_table", table=str(ref))
    return table


def _small_files(table: "DeltaTable") -> int:
    sizes = table.get_add_actions().column("size_bytes").to_pylist()
    return sum(size < SMALL_BYTES for size in sizes)


def _hours_since(moment: datetime) -> int:
    """Return whole hours, rounded up; a moment ago is none."""
    return max(math.ceil((utc_now() - moment - A_MOMENT) / HOUR), 0)


def _version_at(ref: TableRef, table: "DeltaTable", moment: datetime) -> int:
    version = version_at(table, moment)
    if version is None:
        at = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        raise InvalidRequest("maintenance.not_yet", table=str(ref), at=at)
    return version
