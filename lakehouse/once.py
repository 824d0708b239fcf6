"""A commit is applied once: looked up in the table's log, under the table's lease."""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace as changed
from typing import TYPE_CHECKING

from foundation.disk import disk_told
from foundation.errors import Busy
from lakehouse.boundary import Boundary, no_fault
from lakehouse.commits import Commit, Committed, open_table, read_commit
from lakehouse.lineage import note_written
from lakehouse.reach import reached
from lakehouse.refs import TableRef
from lakehouse.sums import note_sums, require_sound

if TYPE_CHECKING:
    from deltalake import DeltaTable

Lease = Callable[[str], AbstractContextManager[object]]
Apply = Callable[["DeltaTable | None"], None]

ATTEMPTS = 12
FIRST_WAIT_SECONDS = 0.02
LONGEST_WAIT_SECONDS = 2.0
KEEPS_FILES = frozenset({"append", "replace"})
"""Verbs that read no row of the table."""


class Once:
    """The way to a table's log: lease, look-up, boundary, commit, and again on a conflict.

    Parameters
    ----------
    is_conflict
        Says whether an error means that another writer got in between.
    mark
        Records a commit that changed no row.
    lease, boundary, attempts
        As the writer's.
    """

    def __init__(
        self,
        is_conflict: Callable[[Exception], bool],
        mark: "Callable[[DeltaTable, Commit], None]",
        lease: Lease,
        boundary: Boundary = no_fault,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._is_conflict = is_conflict
        self._mark = mark
        self._lease = lease
        self._boundary = boundary
        self._attempts = attempts

    def commit(
        self, ref: TableRef, verb: str, commit: Commit, apply: Apply, *, again: bool = True
    ) -> Committed:
        """Apply a commit where the table's log does not hold it yet.

        Parameters
        ----------
        again
            ``apply`` may be called again where another writer got in between.

        Raises
        ------
        Busy
            Others got in between each time.
        OperatorError
            The disk is full or may not be written, or the table is damaged; nothing was committed.
        """
        place = f"{ref.layer}.{ref.name}.{verb}"
        attempts = self._attempts if again else 1
        with self._lease(f"table:{ref}"):
            for attempt in range(attempts):
                table = open_table(ref.path)
                found = read_commit(table, commit.id)
                if found:
                    return changed(found, already=True)
                if table is not None:
                    require_sound(ref, table, log_only=verb in KEEPS_FILES)
                self._boundary(f"before:{place}")
                if self._applied(ref, table, apply):
                    committed = self._recorded(ref, commit)
                    note_written(ref, committed)
                    self._boundary(f"after:{place}")
                    return committed
                time.sleep(_jittered(attempt))
        raise Busy("lakehouse.conflict", table=str(ref), attempts=attempts)

    def _applied(self, ref: TableRef, table: "DeltaTable | None", apply: Apply) -> bool:
        try:
            with disk_told(), reached(ref.path):
                apply(table)
        except Exception as error:
            if self._is_conflict(error):
                return False
            raise
        return True

    def _recorded(self, ref: TableRef, commit: Commit) -> Committed:
        table = open_table(ref.path)
        if table is None:
            return Committed(version=-1)
        note_sums(ref, table)
        found = read_commit(table, commit.id)
        if found:
            return found
        # Nothing matched, so the engine committed nothing; the commit is done all the same, and
        # must not hit rows that come later.
        self._mark(table, commit)
        return read_commit(open_table(ref.path), commit.id) or Committed(version=table.version())


def _jittered(attempt: int) -> float:
    longest = min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS)
    return random.uniform(longest / 2, longest)
