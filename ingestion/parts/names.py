"""Names of files: which are never anybody's data, and how those of old archives are read."""

import zipfile
from pathlib import PurePosixPath

_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart")
_BESIDES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_NAMES_ARE_UTF8 = 0x800


def is_unfinished(name: str) -> bool:
    """Say whether a name is that of a file which a program is still writing.

    >>> [is_unfinished(n) for n in ("a.csv.part", "b.zip.crdownload", "a.csv")]
    [True, True, False]
    """
    return name.lower().endswith(_UNFINISHED)


def is_besides(path: PurePosixPath) -> bool:
    """Say whether a path is what systems and programs keep for themselves: previews, locks.

    >>> [is_besides(PurePosixPath(n)) for n in ("__MACOSX/a.csv", "~$x.xlsx", ".x", "x/a.csv")]
    [True, True, True, False]
    """
    return any(part.lower() in _BESIDES or part.startswith((".", "~$")) for part in path.parts)


def name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's name: UTF-8 where it is, else the code page of Spanish DOS and Windows."""
    if member.flag_bits & _NAMES_ARE_UTF8:
        return member.filename
    written = member.filename.encode("cp437", "replace")
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return written.decode("cp850")


def leads_outside(name: str) -> bool:
    r"""Say whether a member's name points out of the archive.

    >>> [leads_outside(n) for n in ("a/b.csv", "../b.csv", "/etc/passwd", r"C:\x.csv")]
    [False, True, True, True]
    """
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or name[1:2] == ":"
