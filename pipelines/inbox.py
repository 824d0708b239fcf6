"""The inbox: which files lie in it, and receiving one of them.

``<inbox>/<tenant>/<table>/<file>``, or ``<inbox>/<tenant>/<file>`` where each file finds its table.
Landing holds what was taken sealed, so the plain file is deleted and its receipt left in ``.done``;
one that cannot be taken moves to ``.refused``, with a text that says why. Tenants may have write
access to their own folders: a link to somewhere else is never followed.
"""

import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from foundation.errors import UserError
from foundation.settings import Settings
from ingestion.deliver import deliver
from ingestion.parts import is_besides, is_unfinished, kind_of, open_load
from pipelines.platform import PIPELINES
from tenancy.tenants import tenant_for

if TYPE_CHECKING:
    from lakehouse.lake import Lake

DONE, REFUSED = ".done", ".refused"
LONGEST_NAME = 60
"""Characters of a file's name that a note or a numbered name keeps: at most 240 bytes."""

LARGE_BYTES = 16 * 1024 * 1024
"""From here on a file is received in a run of its own; a look at the inbox must stay short."""


def waiting_files(settings: Settings) -> Iterator[Path]:
    """Return the files in the inbox that were neither received nor refused.

    What a program is still writing under a name of its own waits until it has its last name.
    """
    found = (path for depth in ("*/*", "*/*/*") for path in settings.inbox_dir.glob(depth))
    for path in sorted(found):
        inside = PurePosixPath(path.relative_to(settings.inbox_dir).as_posix())
        if not is_besides(inside) and not is_unfinished(path.name) and is_own_file(settings, path):
            yield path


def is_own_file(settings: Settings, path: Path) -> bool:
    """Say whether it is a file of the inbox itself: no link, neither itself nor on the way."""
    inside = path.relative_to(settings.inbox_dir)
    folders = [settings.inbox_dir / folder for folder in inside.parents[:-1]]
    if ".." in inside.parts or any(folder.is_symlink() for folder in folders):
        return False
    with suppress(FileNotFoundError):  # its owner took it back
        state = path.lstat()
        return stat.S_ISREG(state.st_mode) and state.st_nlink == 1
    return False


def sight_of(path: Path) -> list[float]:
    """Return a file's size and time; nothing where it is gone."""
    with suppress(FileNotFoundError):
        state = path.lstat()
        return [state.st_size, state.st_mtime]
    return []


def needs_run(path: Path) -> bool:
    """Say whether receiving a file may take long: it is large, or holds others."""
    with suppress(FileNotFoundError):
        try:
            return path.stat().st_size >= LARGE_BYTES or kind_of(path, path.name) != "plain"
        except UserError:
            return False  # quickly refused
    return False


def take(lake: "Lake", path: Path) -> None:
    """Receive one file of the inbox; leave its receipt in its place, or why it was refused.

    One that changed in the meantime is another file by now: it stays for a later look.
    """
    tenant_id, *folders = path.relative_to(lake.settings.inbox_dir).parts[:-1]
    sight = sight_of(path)
    if not sight:
        return
    try:
        tenant = tenant_for(lake.store, PIPELINES, tenant_id)
        sent, table = [(path, path.name)], folders[0] if folders else None
        with open_load(lake, tenant, sent, table=table) as load:
            delivered = deliver(lake, tenant, PIPELINES, load)
    except UserError as error:
        _refuse(path, sight, error.say(lake.settings.language))
        return
    told = delivered.say(lake.settings.language)
    if not delivered.taken:
        only = delivered.only_error
        _refuse(path, sight, told if only is None else only.say(lake.settings.language))
        return
    _note(_place(path, DONE), told)
    if sight_of(path) == sight:
        path.unlink(missing_ok=True)


def _refuse(path: Path, sight: list[float], why: str) -> None:
    """Move a file aside and say why; one that changed stays where it is."""
    if sight_of(path) == sight:
        refused = _place(path, REFUSED)
        path.replace(refused)
        _note(refused, why)


def _place(path: Path, name: str) -> Path:
    """Return a place in a folder beside the file that neither a file nor a note has taken."""
    folder = path.parent / name
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(exist_ok=True)
    stem, ending = path.stem[:LONGEST_NAME], path.suffix[:LONGEST_NAME]
    numbered = (folder / f"{stem}-{number}{ending}" for number in count(2))
    places = (place for one in ((folder / path.name,), numbered) for place in one)
    return next(place for place in places if not (_taken(place) or _taken(_note_of(place))))


def _taken(place: Path) -> bool:
    """Say whether something lies there; a link is nothing of ours and gives way."""
    return place.exists() and not place.is_symlink()


def _note_of(place: Path) -> Path:
    return place.with_name(f"{place.name[:LONGEST_NAME]}.txt")


def _note(place: Path, sentence: str) -> None:
    """Write a note beside a place; a link that lies there is replaced, not written through."""
    note = _note_of(place)
    note.unlink(missing_ok=True)
    with note.open("x", encoding="utf-8", errors="replace") as file:
        file.write(sentence)
