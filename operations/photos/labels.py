"""Labelled photos as whoever gives them has them: a folder for each label, or a table.

A table is a CSV with the columns ``file`` and ``label`` («archivo», «etiqueta»). A file is an
attachment of the tenant's, by its SHA-256 or by the ``object_id`` of ``silver.extract_image``, or
an image beside the table, by its path. Whoever wrote the table or packed the folder may be a
stranger: nothing is read that lies elsewhere, by a path or by a link, or that is larger than an
attachment may be.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.errors import InvalidRequest, TooLarge
from ingestion.media.kinds import plain
from ingestion.media.limits import LARGEST_BYTES
from ingestion.media.sandbox import MIB
from models.photo_training import Example
from tenancy.file_arrivals import Arrival, arrivals_of
from tenancy.incident_files import FILES, kept_files

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

NAMES = {"file": ("file", "archivo"), "label": ("label", "etiqueta")}
MARKS = ",;\t"
LONGEST = 60
"""Characters of a label: it stands in a table, on a page and in an answer."""


def labelled(lake: "Lake", tenant: "Tenant", path: Path) -> list[Example]:
    """Return the labelled photos that a folder or a table names; none is read yet.

    Raises
    ------
    InvalidRequest
        It is neither, a row names nothing that is there, or a photo has two labels.
    """
    if path.is_dir():
        found = list(_in_folders(path))
    elif path.is_file():
        found = _in_table(lake, tenant, path)
    else:
        raise InvalidRequest("picture.labels_nowhere", path=str(path))
    return _once(found)


def _in_folders(path: Path) -> Iterator[Example]:
    for folder in sorted(one for one in path.iterdir() if one.is_dir()):
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            if not any(part.startswith(".") for part in file.relative_to(path).parts):
                name = str(file.relative_to(path))
                if not _lies_in(path, file):
                    raise InvalidRequest("picture.labels_outside", file=name)
                yield Example(name, _label(folder.name), _reader(name, file))


def _in_table(lake: "Lake", tenant: "Tenant", path: Path) -> list[Example]:
    kept, found = _Kept.of(lake, tenant), list[Example]()
    for number, name, label in _rows(path):
        if not name or not label:
            raise InvalidRequest("picture.labels_empty", path=path.name, row=number)
        one = kept.example(name, _label(label)) or _beside(path, name, _label(label))
        if one is None:
            raise InvalidRequest("picture.labels_row", path=path.name, row=number, file=name)
        found.append(one)
    return found


def _rows(path: Path) -> list[tuple[int, str, str]]:
    """Return the number, the file and the label of each row of a table."""
    written = plain(path.read_bytes()) or ""
    first, _, _ = written.partition("\n")
    rows = csv.DictReader(StringIO(written, newline=""), delimiter=max(MARKS, key=first.count))
    try:
        file, label = (_column(rows.fieldnames or (), name, path) for name in NAMES)
        return [
            (n, (row[file] or "").strip(), (row[label] or "").strip())
            for n, row in enumerate(rows, start=2)
        ]
    except csv.Error as error:
        raise InvalidRequest("picture.labels_columns", path=path.name) from error


def _column(headers: Sequence[str], name: str, path: Path) -> str:
    known = {header.strip().lower(): header for header in headers}
    found = next((known[one] for one in NAMES[name] if one in known), None)
    if found is None:
        raise InvalidRequest("picture.labels_columns", path=path.name)
    return found


def _beside(path: Path, name: str, label: str) -> Example | None:
    file = path.parent / name
    try:
        there = _lies_in(path.parent, file) and file.is_file()
    except (OSError, ValueError):  # no name of a file
        return None
    return Example(name, label, _reader(name, file)) if there else None


def _lies_in(folder: Path, file: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _reader(name: str, file: Path) -> Callable[[], bytes]:
    return partial(_content, name, file)


def _content(name: str, file: Path) -> bytes:
    most = LARGEST_BYTES["image"]
    with file.open("rb") as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise TooLarge("media.too_size", file=name, limit=most // MIB)
    return content


def _label(written: str) -> str:
    label = written.strip()
    if len(label) > LONGEST:
        raise InvalidRequest("picture.labels_long", label=label[:LONGEST], limit=LONGEST)
    if not label.isprintable():
        raise InvalidRequest("picture.labels_unprintable", label=ascii(label)[1:-1])
    return label


def _once(found: list[Example]) -> list[Example]:
    """Return each photo once; one that has two labels would teach nothing."""
    known: dict[str, Example] = {}
    for one in found:
        other = known.setdefault(one.name, one).label
        if other != one.label:
            raise InvalidRequest(
                "picture.labels_twice", file=one.name, label=other, other=one.label
            )
    return list(known.values())


@dataclass(frozen=True)
class _Kept:
    """The photos that came with a tenant's incidents, by every name that people have for them."""

    lake: "Lake"
    tenant: "Tenant"
    names: Mapping[str, str]
    arrivals: Mapping[str, Arrival]

    @classmethod
    def of(cls, lake: "Lake", tenant: "Tenant") -> "_Kept":
        arrivals = {one.sha256: one for one in arrivals_of(lake.store, tenant, "image/")}
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
