"""A table without its past: what rows were once, old files and the log's words about them.

Deleting rows leaves them in the files of earlier versions, and their least and greatest values in
the log's statistics. Here the newest version becomes a checkpoint of its own; earlier entries keep
what was done, when, by which commit, and lose everything said about data. So the history of acts
and the ids that make commits exactly-once survive, and no earlier version can be read.
"""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lakehouse.boundary import Boundary
from lakehouse.commits import open_table
from lakehouse.places import Place
from lakehouse.refs import LOG, TableRef
from lakehouse.sums import ENTRY, prune_sums
from lakehouse.sums import FOLDER as SUMS

if TYPE_CHECKING:
    from deltalake import DeltaTable

SUMMARY = re.compile(r"(\d{20})\.(?:\d{20}\.)?(checkpoint|crc|compacted)(?:\..*)?")
"""Checkpoints, checksums and compacted entries: made of entries, and of what those say."""

SPOKEN = ("predicate", "matchedPredicates", "notMatchedPredicates", "notMatchedBySourcePredicates")
"""Parameters of an act that repeat values of rows."""


@dataclass(frozen=True)
class Forgotten:
    """What was taken away: the version that is left, data files and log entries before it."""

    version: int
    files: int
    entries: int


def forget_past(tables: Place, ref: TableRef, pause: Boundary) -> Forgotten | None:
    """Take a table's past away; None where there is no table. Its caller holds the table's lease.

    Every step can be cut short: the table stays whole, and doing it again does the rest.

    Parameters
    ----------
    tables
        Where tables lie; a table's files begin with its reference's name.
    pause
        Called between two steps with the next one's name, through which tests make a process die.
    """
    table = open_table(ref.path)
    if table is None:
        return None
    place = f"{ref.layer}.{ref.name}"
    pause(f"before:{place}.checkpoint")
    table.create_checkpoint()
    pause(f"before:{place}.forget_entries")
    entries = _forget_entries(tables, ref, table.version())
    pause(f"before:{place}.forget_files")
    files = _forget_files(tables, ref, table)
    return Forgotten(table.version(), files, entries)


def readable_since(tables: Place, ref: TableRef) -> int:
    """Return the oldest version of a table that can still be read."""
    names = tables.names(f"{ref}/{LOG}")
    first = f"{ref}/{LOG}/{0:020}.json"
    if first in names:
        with tables.open(first) as file:
            if b'"protocol"' in file.read():
                return 0
    found = (SUMMARY.fullmatch(name.rsplit("/", 1)[-1]) for name in names)
    return min((int(one[1]) for one in found if one and one[2] == "checkpoint"), default=0)


def _forget_entries(tables: Place, ref: TableRef, newest: int) -> int:
    """Strip the log's entries up to the checkpoint, and delete what summarised earlier ones."""
    stripped = 0
    for name in tables.names(f"{ref}/{LOG}"):
        file = name.rsplit("/", 1)[-1]
        entry, summary = ENTRY.fullmatch(file), SUMMARY.fullmatch(file)
        if entry and int(entry[1]) <= newest:
            stripped += _strip(tables, name)
        elif (summary and _is_older(summary, newest)) or file.startswith("."):
            tables.delete(name)
    return stripped


def _is_older(summary: re.Match[str], newest: int) -> bool:
    """Say whether a summary may tell of earlier versions; the newest checkpoint does not."""
    return int(summary[1]) < newest + (summary[2] == "crc")


def _strip(tables: Place, name: str) -> bool:
    """Leave in a log entry who did what; say whether it held more."""
    with tables.open(name) as file:
        content = file.read()
    acts = [json.loads(line) for line in content.splitlines() if line.strip()]
    told = [json.dumps(_unspoken(act)) + "\n" for act in acts if "commitInfo" in act]
    kept = "".join(told).encode()
    if kept != content:
        tables.replace(name, kept)
    return kept != content


def _unspoken(act: dict[str, Any]) -> dict[str, Any]:
    """Return an act without the values it was told by."""
    info = dict(act["commitInfo"])
    parameters = dict(info.get("operationParameters") or {})
    info["operationParameters"] = {k: v for k, v in parameters.items() if k not in SPOKEN}
    return {"commitInfo": info}


def _forget_files(tables: Place, ref: TableRef, table: "DeltaTable") -> int:
    """Delete the files that the newest version is not made of, also those a killed write left."""
    paths = table.get_add_actions().column("path").to_pylist()
    kept = {f"{ref}/{unquote(path)}" for path in paths}
    apart = (f"{ref}/{LOG}/", f"{ref}/{SUMS}/")
    old = [n for n in tables.names(str(ref)) if n not in kept and not n.startswith(apart)]
    deleted = sum(tables.delete(name) for name in old)
    prune_sums(ref)
    return deleted
