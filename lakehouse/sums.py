"""A sum of each file that a table is made of, so that what a disk changed is never read as rows.

Neither Delta's log nor the Parquet files that delta-rs writes carry checksums: one flipped bit
gives other rows without a word, an emptied log entry takes a commit's rows away. So a CRC-32 of
every file, the log's too, is noted beside the table after each commit, and compared before a file
is read for the first time by a process. A bucket's service checks its own files.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import uuid4

from foundation.errors import OperatorError
from foundation.settings import BUCKET_SCHEME
from lakehouse.refs import LOG, TableRef

if TYPE_CHECKING:
    from deltalake import DeltaTable

FOLDER, ENDING = "_sums", ".sum"
ENTRY = re.compile(r"(\d{20})\.json")
CHECKPOINT = re.compile(r"(\d{20})\.checkpoint.*\.parquet")
PIECE_BYTES = 1024 * 1024
REMEMBERED = 65_536
"""Files whose sums a process remembers; one that is changed meanwhile is looked at again."""


def note_sums(ref: TableRef, table: "DeltaTable") -> None:
    """Note the sums of all files of a table's newest version that have none yet.

    The caller holds the table's lease.
    """
    if ref.path.startswith(BUCKET_SCHEME):
        return
    home = Path(ref.path)
    noted = _noted(home)
    # The commit stands whatever becomes of its sums; the next one notes what is missing.
    with suppress(OSError):
        for file in _parts(home, table):
            if file.name not in noted:
                _note(home, file)


def prune_sums(ref: TableRef) -> None:
    """Forget the sums of files that are gone by policy; the caller holds the table's lease."""
    if ref.path.startswith(BUCKET_SCHEME):
        return
    home = Path(ref.path)
    there = _names(home) | _names(home / LOG)
    newest = _newest(_names(home / LOG))
    for name in _noted(home) - there:
        if (entry := ENTRY.fullmatch(name)) is None or int(entry[1]) < newest:
            _note_of(home, name).unlink(missing_ok=True)


def require_sound(ref: TableRef, table: "DeltaTable", *, log_only: bool = False) -> None:
    """Compare the files of an open table's version with their sums, where they have one.

    Parameters
    ----------
    log_only
        Leave the data files out: rows are only added to them.

    Raises
    ------
    OperatorError
        A file is gone or is another one than was written; says which, and what to do.
    """
    for file, key in unsound(ref, table, log_only=log_only):
        raise damaged(ref, file, key)


def unsound(
    ref: TableRef, table: "DeltaTable", *, log_only: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield the files of a table's version that are not as they were written, and what they are."""
    if ref.path.startswith(BUCKET_SCHEME):
        return
    home = Path(ref.path)
    noted = _noted(home)
    if not noted:
        return
    # Sums are listed before the log: an entry is there before its sum is.
    if _newest(noted) > _newest(_names(home / LOG)):
        yield f"{LOG}/{_newest(noted):020}.json", "damage.gone"
    for file in _log_parts(home, table) if log_only else _parts(home, table):
        if file.name in noted:
            state = _state(file, _note_of(home, file.name))
            if state is not None:
                yield str(file.relative_to(home)), state


def log_is_gone(path: str) -> bool:
    """Say whether a folder without a table was one: its sums are there still."""
    return not path.startswith(BUCKET_SCHEME) and bool(_noted(Path(path)))


def damaged(ref: TableRef, file: str, key: str) -> OperatorError:
    """Return the error that names a table, the file that is damaged, and what to do."""
    table = f"{ref.layer}.{ref.name}"
    return OperatorError(key, tenant=ref.tenant, table=table, file=file)


def damaged_log(path: str) -> OperatorError:
    """Return the error that says that a table's log cannot be read."""
    tenant, layer, name = path.split("/")[-3:]
    return OperatorError("damage.log", tenant=tenant, table=f"{layer}.{name}", file=LOG)


def _parts(home: Path, table: "DeltaTable") -> list[Path]:
    """Return the data files of an open table's version, and the log that it is read from."""
    data = [home / unquote(uri).rsplit("/", 1)[-1] for uri in table.file_uris()]
    return [*data, *_log_parts(home, table)]


def _log_parts(home: Path, table: "DeltaTable") -> list[Path]:
    """Return the newest checkpoint up to a version, and the entries from there to it."""
    names, version = _names(home / LOG), table.version()
    checkpoints = {n: int(found[1]) for n in names if (found := CHECKPOINT.fullmatch(n))}
    since = max((number for number in checkpoints.values() if number <= version), default=-1)
    chosen = [name for name, number in checkpoints.items() if number == since]
    chosen += [n for n in names if (e := ENTRY.fullmatch(n)) and since < int(e[1]) <= version]
    return [home / LOG / name for name in sorted(chosen)]


def _state(file: Path, note: Path) -> str | None:
    """Return what is wrong with a file; None where it is as it was noted."""
    try:
        told = note.read_text(encoding="ascii")
        found = _sum(file)
    except FileNotFoundError:
        return "damage.gone" if note.exists() else None
    return None if not told or told == found else "damage.changed"


def _note(home: Path, file: Path) -> None:
    note = _note_of(home, file.name)
    note.parent.mkdir(exist_ok=True)
    temporary = note.with_name(f".{uuid4().hex}")
    temporary.write_text(_sum(file), encoding="ascii")
    temporary.rename(note)


def _note_of(home: Path, name: str) -> Path:
    """Return where the sum of a file of this name is noted."""
    return home / FOLDER / f"{name}{ENDING}"


def _noted(home: Path) -> set[str]:
    """Return the names of the files whose sums are noted."""
    return {name.removesuffix(ENDING) for name in _names(home / FOLDER)}


def _sum(file: Path) -> str:
    there = file.stat()
    return f"{_crc(str(file), there.st_size, there.st_mtime_ns):08x} {there.st_size}"


@lru_cache(maxsize=REMEMBERED)
def _crc(path: str, _size: int, _changed_at: int) -> int:
    crc = 0
    with Path(path).open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            crc = zlib.crc32(piece, crc)
    return crc


def _names(folder: Path) -> set[str]:
    """Return the names of a folder's files; none where there is no such folder."""
    try:
        return {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
    except FileNotFoundError:
        return set()


def _newest(names: set[str]) -> int:
    """Return the newest version that has an entry among the names; -1 where none has."""
    return max((int(found[1]) for name in names if (found := ENTRY.fullmatch(name))), default=-1)
