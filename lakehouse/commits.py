"""What a table's log says about a commit: read with delta-rs, whichever engine wrote it.

The identifier of a commit is an application transaction of the Delta protocol (it survives
checkpoints and log cleaning); its version number is the table version that was expected. The
commit's own words stand in ``userMetadata``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from foundation.disk import disk_told
from lakehouse.arrow_types import normal_schema
from lakehouse.reach import reached
from lakehouse.refs import TableRef
from lakehouse.sums import damaged_log, log_is_gone

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable

COMMIT_KEY = "abcall_commit"
CONTENT_KEY = "abcall_content"
"""Beside a commit of maintenance: the version whose rows the table still has."""

RESTORED_KEY = "abcall_restored"
"""Beside a restore: the version whose rows the table has again."""

INSERTED = ("num_target_rows_inserted", "num_added_rows", "numTargetRowsInserted", "numOutputRows")
UPDATED = ("num_target_rows_updated", "numTargetRowsUpdated")
DELETED = (
    "num_target_rows_deleted",
    "num_deleted_rows",
    "numTargetRowsDeleted",
    "numDeletedRows",
)


@dataclass(frozen=True)
class Commit:
    """What a caller wants written once.

    Attributes
    ----------
    id
        Unique in its table: the same id is never applied twice. By custom ``<upload>:<step>``.
    metadata
        Words kept in the table's log beside the commit.
    """

    id: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, act: str, version: int, keys: Iterable[str]) -> Self:
        """Return the commit of an act on rows of a table as it is: a row may come and go again."""
        told = "".join(sorted(keys))
        return cls(f"{act}:{version}:{hashlib.sha256(told.encode()).hexdigest()}")

    @property
    def user_metadata(self) -> str:
        """Text of the log's ``userMetadata``."""
        return json.dumps({**self.metadata, COMMIT_KEY: self.id}, sort_keys=True)


@dataclass(frozen=True)
class Committed:
    """What the log holds of a commit.

    Attributes
    ----------
    version
        Version of the table that holds it; -1 where a table that does not exist had nothing
        to delete.
    already
        It had been applied by an earlier call.
    metadata
        The commit's own words.
    inserted, updated, deleted
        Rows, as the engine counted them.
    """

    version: int
    already: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    inserted: int = 0
    updated: int = 0
    deleted: int = 0


def open_table(path: str) -> "DeltaTable | None":
    """Open a table at its newest version; None where there is none yet.

    Raises
    ------
    OperatorError
        Its bucket cannot be reached, or its log cannot be read or is gone; the sentence says what
        to look at.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    try:
        with reached(path), disk_told():
            return DeltaTable(path)
    except TableNotFoundError:
        if log_is_gone(path):
            raise damaged_log(path) from None
        return None
    except DeltaError as error:
        raise damaged_log(path) from error


def columns_of(table: "DeltaTable") -> pa.Schema:
    """Return an open table's schema in normal spelling."""
    return normal_schema(pa.schema(table.schema().to_arrow()))


def read_commit(table: "DeltaTable | None", commit_id: str) -> Committed | None:
    """Return what the log of an open table holds of a commit; None where it holds nothing."""
    expected = None if table is None else table.transaction_version(commit_id)
    if table is None or expected is None:
        return None
    for entry in table.history(limit=max(table.version() - int(expected) + 1, 1)):
        words = _words(entry)
        if words.get(COMMIT_KEY) == commit_id:
            return _committed(entry, words)
    return Committed(version=int(expected))


def content_version(table: "DeltaTable") -> int:
    """Return the version that last changed rows: maintenance moves files, and nobody else notices.

    Whoever derives something from a table, or keeps it in memory, goes by this version.
    """
    newest = next(iter(table.history(limit=1)), {})
    return int(_words(newest).get(CONTENT_KEY, table.version()))


def commits_told(table: "DeltaTable") -> frozenset[str]:
    """Return the ids of all commits that the log tells of, standing or not."""
    return frozenset(filter(None, map(commit_id_of, table.history())))


def same_rows(table: "DeltaTable", version: int) -> int:
    """Return a version with the rows of the one asked for, whose files are there for longest."""
    return table.version() if version == content_version(table) else version


def content_words(table: "DeltaTable") -> str:
    """Return the log's ``userMetadata`` for a commit of maintenance on an open table."""
    return json.dumps({CONTENT_KEY: str(content_version(table))})


def restore_words(version: int) -> str:
    """Return the log's ``userMetadata`` for a restore to a version."""
    return json.dumps({RESTORED_KEY: str(version)})


def commits_standing(table: "DeltaTable", version: int | None = None) -> frozenset[str]:
    """Return the ids of the commits whose rows a version has, as far back as the log tells.

    A restore goes on from the version that it went back to: what lay between does not stand.
    """
    words = {int(entry["version"]): _words(entry) for entry in table.history()}
    standing: set[str] = set()
    at = table.version() if version is None else version
    while at in words:
        if COMMIT_KEY in words[at]:
            standing.add(words[at][COMMIT_KEY])
        at = int(words[at].get(RESTORED_KEY, at - 1))
    return frozenset(standing)


def restored_at(table: "DeltaTable") -> int:
    """Return the version that the newest restore made; 0 where the log tells of none."""
    restores = (int(e["version"]) for e in table.history() if RESTORED_KEY in _words(e))
    return next(restores, 0)


def find_commit(ref: TableRef, commit_id: str) -> Committed | None:
    """Return what a table's log holds of a commit; None where it was not applied."""
    return read_commit(open_table(ref.path), commit_id)


def stamp(table: "DeltaTable | None", commit: Commit) -> "CommitProperties":
    """Return what puts a commit's transaction and words into the log."""
    from deltalake import CommitProperties, Transaction

    version = 0 if table is None else table.version() + 1
    return CommitProperties(
        custom_metadata={"userMetadata": commit.user_metadata},
        max_commit_retries=0,
        app_transactions=[Transaction(commit.id, version)],
    )


def commit_id_of(entry: Mapping[str, Any]) -> str:
    """Return the commit id of an entry of a table's history; empty where it has none."""
    return _words(entry).get(COMMIT_KEY, "")


def _words(entry: Mapping[str, Any]) -> dict[str, str]:
    try:
        words = json.loads(entry.get("userMetadata") or "{}")
    except json.JSONDecodeError:
        return {}
    return words if isinstance(words, dict) else {}


def _committed(entry: Mapping[str, Any], words: dict[str, str]) -> Committed:
    metrics = entry.get("operationMetrics") or {}
    return Committed(
        version=int(entry["version"]),
        metadata={name: word for name, word in words.items() if name != COMMIT_KEY},
        inserted=_first(metrics, INSERTED),
        updated=_first(metrics, UPDATED),
        deleted=_first(metrics, DELETED),
    )


def _first(metrics: Mapping[str, Any], names: tuple[str, ...]) -> int:
    return next((int(metrics[name]) for name in names if name in metrics), 0)
