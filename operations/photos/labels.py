"""Labelled photos as whoever gives them has them: a folder for each label, or a table.

A file that a table names is an attachment of the tenant's, by its SHA-256 or by the ``object_id``
of ``silver.extract_image``, or an image beside the table, by its path. Whoever wrote the table or
packed the folder may be a stranger: nothing is read that lies elsewhere, by a path or by a link, or
that is larger than an attachment may be.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from foundation.errors import InvalidRequest, TooLarge
from ingestion.media.filenames import shown
from ingestion.media.limits import LARGEST_BYTES
from ingestion.media.sandbox import MIB
from models.photo_training import Example
from operations.photos import FAMILY
from operations.photos.label_rows import rows_of
from tenancy.file_arrivals import Arrival, arrivals_of
from tenancy.incident_files import FILES, kept_files

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

LONGEST = 60
"""Characters of a label: it stands in a table, on a page and in an answer."""
MOST_ROWS = 20
"""Rows that one sentence names."""
SYSTEM_FILES = ("thumbs.db", "desktop.ini")
"""What Windows writes into a folder of photos and hides."""


def labelled(lake: "Lake", tenant: "Tenant", path: Path) -> list[Example]:
    """Return the labelled photos that a folder or a table names; none is read yet.

    A label is one however it is written: «Dañado» and «DAÑADO » are the same, and the first writing
    stays.

    Raises
    ------
    InvalidRequest
        It is neither, names no photo, a row names nothing that is there, or a photo has two labels.
    """
    if path.is_dir():
        found = _one_writing(_in_folders(path))
    elif path.is_file():
        found = _in_table(lake, tenant, path)
    else:
        raise InvalidRequest("picture.labels_nowhere", path=str(path))
    if not found:
        key = "picture.labels_nowhere" if path.is_dir() else "picture.labels_none"
        raise InvalidRequest(key, path=str(path))
    return found


def _in_folders(path: Path) -> Iterator[Example]:
    for folder in sorted(one for one in path.iterdir() if one.is_dir()):
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            if not any(map(_is_hidden, file.relative_to(path).parts)):
                name = str(file.relative_to(path))
                if not _lies_in(path, file):
                    raise InvalidRequest("picture.labels_outside", file=shown(name))
                yield Example(name, _label(folder.name), partial(_content, name, file))


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part.lower() in SYSTEM_FILES


def _in_table(lake: "Lake", tenant: "Tenant", path: Path) -> list[Example]:
    kept, rows = _Kept.of(lake, tenant), list[int]()
    found, nowhere = list[Example](), dict[int, str]()
    for number, name, written in rows_of(path):
        if not name or not written:
            raise InvalidRequest("picture.labels_empty", path=path.name, row=number)
        label = _label(written)
        one = kept.example(name, label) or _beside(path, name, label)
        if one is None:
            nowhere[number] = name
        else:
            rows.append(number)
            found.append(one)
    if nowhere:
        raise _nowhere(path, nowhere)
    return _once(path, rows, _one_writing(found))


def _nowhere(path: Path, rows: Mapping[int, str]) -> InvalidRequest:
    """Return what is wrong with rows that name nothing: all at once, to be mended at once."""
    told = ", ".join(map(str, list(rows)[:MOST_ROWS])) + ("…" if len(rows) > MOST_ROWS else "")
    key = "picture.labels_row" if len(rows) == 1 else "picture.labels_rows"
    first = shown(next(iter(rows.values())))
    return InvalidRequest(key, path=path.name, row=told, count=len(rows), file=first)


def _beside(path: Path, name: str, label: str) -> Example | None:
    """Return an image beside the table; its path may be written as Windows writes it."""
    for written in (name, name.replace("\\", "/")):
        file = path.parent / written
        try:
            there = _lies_in(path.parent, file) and file.is_file()
        except (OSError, ValueError):  # no name of a file
            continue
        if there:
            told = os.path.normpath(written)
            return Example(told, label, partial(_content, told, file))
    return None


def _lies_in(folder: Path, file: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _content(name: str, file: Path) -> bytes:
    most = LARGEST_BYTES["image"]
    with file.open("rb") as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise TooLarge("media.too_size", file=shown(name), limit=most // MIB)
    return content


def _label(written: str) -> str:
    label = normalize("NFC", " ".join(written.split()))
    if not label.isprintable():
        raise InvalidRequest("picture.labels_unprintable", label=ascii(label[:LONGEST])[1:-1])
    if len(label) > LONGEST:
        raise InvalidRequest("picture.labels_long", label=label[:LONGEST], limit=LONGEST)
    return label


def _one_writing(found: Iterable[Example]) -> list[Example]:
    first = dict[str, str]()
    return [replace(one, label=first.setdefault(one.label.casefold(), one.label)) for one in found]


def _once(path: Path, rows: Sequence[int], found: Sequence[Example]) -> list[Example]:
    """Return each photo once; one that has two labels would teach nothing."""
    known = dict[str, tuple[int, Example]]()
    for row, one in zip(rows, found, strict=True):
        before, other = known.setdefault(one.name, (row, one))
        if other.label != one.label:
            raise InvalidRequest(
                "picture.labels_twice", path=path.name, file=shown(one.name),
                first=before, row=row, label=other.label, other=one.label,
            )  # fmt: skip
    return [one for _, one in known.values()]


@dataclass(frozen=True)
class _Kept:
    """The photos that came with a tenant's incidents, by every name that people have for them."""

    lake: "Lake"
    tenant: "Tenant"
    names: Mapping[str, str]
    arrivals: Mapping[str, Arrival]

    @classmethod
    def of(cls, lake: "Lake", tenant: "Tenant") -> "_Kept":
        arrivals = {one.sha256: one for one in arrivals_of(lake.store, tenant, FAMILY)}
        names = {lake.objects.name(tenant, one): one for one in arrivals}
        names |= {one.sha256: one.stored_as for one in kept_files(lake.store, tenant)}
        return cls(lake, tenant, names, arrivals)

    def example(self, name: str, label: str) -> Example | None:
        """Return an attachment with its label; None where the tenant has none of that name."""
        sha256 = self.names.get(name.lower())
        if sha256 is None or sha256 not in self.arrivals:
            return None
        read = partial(self.lake.objects.get, self.tenant, FILES, sha256)
        return Example(sha256, label, read, self.arrivals[sha256].person_token)
