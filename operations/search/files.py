"""Parts of documents from the files of incidents: what extractors found, with its place.

A word of a transcript is at a second of its call, a word of a picture or page in a box. The texts
are masked before they come into these tables.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized, normalize

import pyarrow as pa

from ingestion.extractors.found import newest
from operations.search.document import FORM, Box, Mark, Part, Source
from operations.search.shelf import SEEN_SCHEMA
from tenancy.incident_files import kept_files

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

FEW = 500
"""So many incidents' files are asked for by number; of more, all are read once."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Files:
    """What of a tenant's files is to be searched, each table at one version while this lives."""

    lake: "Lake"
    tenant: "Tenant"

    @cached_property
    def versions(self) -> dict[str, int]:
        """The present versions of the tables; -1 where there is none."""
        return {f"silver.{name}": self.lake.version(self._ref(name)) for name in PARTS}

    @cached_property
    def seen(self) -> pa.Table:
        """A fingerprint of what was found in the files of each incident that has any."""
        found: dict[str, list[str]] = {}
        for name in PARTS:
            for row in self._read(name):
                told = f"{name}:{row['extractor_version']}:{row['extracted_at'].isoformat()}"
                found.setdefault(row["object_id"], []).append(told)
        rows = [
            {"incident_id": number, "fingerprint": _digest(found.get(o, ()) for o in objects)}
            for number, objects in self._objects.items()
            if any(one in found for one in objects)
        ]
        return pa.Table.from_pylist(rows, SEEN_SCHEMA)

    def parts(self, numbers: Collection[str]) -> dict[str, tuple[Part, ...]]:
        """Return the parts of some incidents, in the order in which their files came."""
        theirs = self._objects if len(numbers) > FEW else self._of(numbers)
        objects = {one for number in numbers for one in theirs.get(number, ())}
        found = {name: self._found(name, objects) for name in PARTS}
        told = {row["source_object_id"] for row in found[TRANSCRIPT].values()}
        return {
            number: tuple(
                part
                for object_id in theirs.get(number, {})
                for table, make in PARTS.items()
                if (row := found[table].get(object_id)) is not None
                and not (table == TEXT and object_id in told)
                and (part := make(object_id, row)).text
            )
            for number in numbers
        }

    @cached_property
    def _objects(self) -> dict[str, dict[str, str]]:
        return self._of(None)

    def _of(self, numbers: Collection[str] | None) -> dict[str, dict[str, str]]:
        if all(version < 0 for version in self.versions.values()):
            return {}
        return hashes_of(self.lake, self.tenant, numbers)

    def _read(self, name: str) -> list[dict[str, Any]]:
        version = self.versions[f"silver.{name}"]
        if version < 0:
            return []
        columns = ["object_id", "extractor_version", "extracted_at"]
        rows: list[dict[str, Any]] = self.lake.arrow(
            self._ref(name), columns, version=version
        ).to_pylist()
        return rows

    def _found(self, name: str, objects: Collection[str]) -> dict[str, dict[str, Any]]:
        version = self.versions[f"silver.{name}"]
        if version < 0:
            return {}
        rows = newest(self.lake, self._ref(name), objects, COLUMNS[name], version)
        return {one: row for one, row in rows.items() if row["problem"] is None}

    def _ref(self, name: str) -> "TableRef":
        return self.lake.ref(self.tenant, "silver", name)


def hashes_of(
    lake: "Lake", tenant: "Tenant", numbers: Collection[str] | None = None
) -> dict[str, dict[str, str]]:
    """Return for incidents their files' objects, by which the index names them, in order.

    Each with the hash of the file as it came, by which answers name it: that hash is in no index,
    where it would tell who has the same file that it came to this tenant.
    """
    files = kept_files(lake.store, tenant, numbers)
    return {
        number: {lake.objects.name(tenant, one.stored_as): one.sha256 for one in theirs}
        for number, theirs in groupby(files, key=lambda one: one.incident_id)
    }


def _heard(name: str, row: Row) -> Part:
    """Return the part of a transcript: a mark a word, or a turn where nobody timed the words."""
    lines, marks, at = [], [], 0
    for turn in row["turns"] or ():
        words = turn["words"] or [turn]
        lines.append(" ".join(word["text"] for word in words))
        for word in words:
            end = at + len(word["text"])
            marks.append(Mark(at, end, second=word["start_seconds"]))
            at = end + 1
    return _part(name, "transcript", "\n".join(lines), marks)


def _seen(name: str, row: Row) -> Part:
    """Return the part of a picture or page, whose text is its words joined."""
    marks, at = [], 0
    for word in row["words"] or ():
        end = at + len(word["text"])
        box = Box(*(word[side] for side in ("left", "top", "width", "height", "page")))
        marks.append(Mark(at, end, box=box))
        at = end + 1
    return _part(name, "image", row["text"], marks)


def _part(name: str, source: Source, text: str, marks: Sequence[Mark]) -> Part:
    """Return a part; where its letters come together in another form, its marks would be wrong."""
    if is_normalized(FORM, text):
        return Part(name, source, text, tuple(marks))
    return Part(name, source, normalize(FORM, text))


def _written(name: str, row: Row) -> Part:
    return Part.written(name, row["text"])


TRANSCRIPT, TEXT = "extract_transcript", "extract_text"
PARTS: dict[str, Callable[[str, Row], Part]] = {
    TRANSCRIPT: _heard,
    "extract_image": _seen,
    "extract_document": _seen,
    TEXT: _written,
}
"""Tables, and what makes a part of a row."""
COLUMNS = {
    TRANSCRIPT: ("turns", "source_object_id"),
    "extract_image": ("text", "words"),
    "extract_document": ("text", "words"),
    TEXT: ("text",),
}


def _digest(told: Iterable[Collection[str]]) -> str:
    return sha256("|".join(",".join(sorted(one)) for one in told).encode()).hexdigest()
