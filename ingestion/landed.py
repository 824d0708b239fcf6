"""Landing after an erasure: a file that holds others too gives way to a copy without the person.

The copy is made from bronze, whatever the file's format was: one JSON object a line, each row as it
came, in the file's order; a line that could not be split stands under the empty name. The upload's
record says what landing holds now (``landing_sha256``).
"""

import io
import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow.compute as pc

from ingestion.landing import KIND
from ingestion.persons import Person
from ingestion.traces import Traces
from lakehouse.refs import TENANT_ID, safe_name
from tenancy.deliveries import list_deliveries
from tenancy.upload import Upload
from tenancy.uploads import list_uploads, save_landing

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

WINDOW_ROWS = 200_000
"""Rows that are opened at a time: what a copy takes of memory."""

PACKED = (b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
"""How Parquet, zip and Excel, old Excel and gzip begin: files whose text does not lie open."""


def erase_landed(lake: "Lake", tenant: "Tenant", person: Person, traces: Traces) -> list[str]:
    """Take a person out of landing; returns the uploads whose file was replaced or removed."""
    uploads = list_uploads(lake.store, tenant)
    theirs = {upload: rows for of in traces.rows.values() for upload, rows in of.items()}
    shared = {upload.landed for upload in uploads if upload.applied_at is not None}
    changed: list[str] = []
    for upload in uploads:
        if upload.id in theirs:
            _replace(lake, tenant, upload, theirs[upload.id])
            changed.append(upload.id)
        elif upload.landed not in shared and _names_unread(lake, tenant, upload, person):
            _let_go(lake, tenant, upload, "")
            changed.append(upload.id)
    return changed


def erase_containers(lake: "Lake", tenant: "Tenant", uploads: Collection[str]) -> int:
    """Delete the containers (zip, workbook) in which a person's rows came; returns how many.

    Their parts lie in landing by themselves. A part is the person's by what it holds: one that
    changed nothing has rows under the upload that brought them first. A container with a part that
    nobody read, or may not have read yet, goes too: nobody can say that it does not name them.
    """
    holds = {upload.id: upload.sha256 for upload in list_uploads(lake.store, tenant)}
    theirs, gone = {holds[upload] for upload in uploads}, 0
    for delivery in list_deliveries(lake.store, tenant):
        read = {holds.get(part.upload_id or "") for part in delivery.parts}
        if delivery.finished_at is None or None in read or read & theirs:
            gone += lake.objects.delete(tenant, KIND, delivery.sha256)
    return gone


def erase_unread(lake: "Lake", tenant: "Tenant") -> int:
    """Delete what was put into landing and never became an upload; returns how many files.

    A pull or a correction that was cut short leaves such a file, and would bring it in later.
    """
    known = {upload.landed for upload in list_uploads(lake.store, tenant)} - {""}
    known |= {delivery.sha256 for delivery in list_deliveries(lake.store, tenant)}
    return lake.objects.keep_only(tenant, KIND, known)


def _replace(lake: "Lake", tenant: "Tenant", upload: Upload, rows: Collection[int]) -> None:
    last = _last_number(lake, tenant, upload)
    if last == 0:
        return
    lines = _lines(lake, tenant, upload, set(rows), last)
    first = next(lines, None)
    copy = "" if first is None else lake.objects.put(tenant, KIND, _stream(first, lines))
    _let_go(lake, tenant, upload, copy)


def _let_go(lake: "Lake", tenant: "Tenant", upload: Upload, copy: str) -> None:
    """Record the copy first: whoever is cut short here finds the file again, and deletes it."""
    save_landing(lake.store, tenant, upload, copy)
    for sha256 in {upload.sha256, upload.landed} - {copy, ""}:
        lake.objects.delete(tenant, KIND, sha256)


def _last_number(lake: "Lake", tenant: "Tenant", upload: Upload) -> int:
    ref = lake.ref(tenant, "bronze", upload.table)
    rows = lake.arrow(ref, ["row_number", "upload_id"], where=pc.field("upload_id") == upload.id)
    return int(pc.max(rows["row_number"]).as_py() or 0)


def _lines(
    lake: "Lake", tenant: "Tenant", upload: Upload, left_out: set[int], last: int
) -> Iterator[bytes]:
    """Return the rows that stay, in the file's order, one JSON object a line."""
    ref, keys = lake.ref(tenant, "bronze", upload.table), lake.keys.of(tenant)
    context = f"rows/{upload.table}/{upload.id}".encode()
    number, mine = pc.field("row_number"), pc.field("upload_id") == upload.id
    for start in range(1, last + 1, WINDOW_ROWS):
        here = mine & (number >= start) & (number < start + WINDOW_ROWS)
        rows = lake.arrow(ref, ["row_number", "payload", "upload_id"], here).sort_by("row_number")
        numbers = rows["row_number"].to_pylist()
        opened = keys.decrypt_many(rows["payload"].to_pylist(), context, numbers)
        yield from (
            row + b"\n" for n, row in zip(numbers, opened, strict=True) if n not in left_out
        )


def _names_unread(lake: "Lake", tenant: "Tenant", upload: Upload, person: Person) -> bool:
    """Say whether a file that was refused names the person, or cannot show that it does not.

    Bronze may have a part of it; nothing in the platform rests on it.
    """
    if not upload.landed or not lake.objects.exists(tenant, KIND, upload.landed):
        return False
    if upload.applied_at is not None:
        return False
    return _may_name(lake.objects.get(tenant, KIND, upload.landed), person)


def erase_refused(lake: "Lake", tenant: "Tenant", person: Person) -> int:
    """Delete the refused files of the inbox that name a person; returns how many."""
    home = lake.settings.inbox_dir / safe_name(tenant.id, TENANT_ID, "tenant")
    files = [path for path in home.glob("*/.refused/*") if path.is_file() and not path.is_symlink()]
    theirs = [path for path in files if _may_name(path.read_bytes(), person)]
    for path in theirs:
        path.unlink()
    return len(theirs)


def _may_name(data: bytes, person: Person) -> bool:
    """Say whether a file names the person, or cannot show that it does not."""
    if data.startswith(PACKED) or b"\0" in data:
        return True
    return any(person.is_named_in(line) for line in _texts(data))


def _texts(data: bytes) -> Iterator[str]:
    """Return a text's lines; of JSON its values too, whose letters may be escaped."""
    for line in data.decode("utf-8", "replace").splitlines():
        yield line
        if line.startswith("{"):
            yield from _values(line)


def _values(line: str) -> Iterator[str]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        return
    yield from (str(value) for value in row.values())


class _Lines(io.RawIOBase):
    """Lines as a stream of bytes, made while they are read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._rest = lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        with memoryview(buffer).cast("B") as room:
            while len(self._rest) < len(room) and (line := next(self._lines, None)) is not None:
                self._rest += line
            taken, self._rest = self._rest[: len(room)], self._rest[len(room) :]
            room[: len(taken)] = taken
            return len(taken)


def _stream(first: bytes, lines: Iterator[bytes]) -> BinaryIO:
    def all_of_them() -> Iterator[bytes]:
        yield first
        yield from lines

    return cast(BinaryIO, io.BufferedReader(_Lines(all_of_them()), buffer_size=1 << 20))
