"""How far a source was fetched, and what was on its way when a process ended."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingestion.sources import watermark
from ingestion.sources.watermark import Mark

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys

FileSight = tuple[str, int, int]
"""Name, size in bytes and time of change (seconds since 1970) of a file on a server."""


@dataclass(frozen=True)
class Pending:
    """A file that was fetched and whose upload may not have been accepted.

    Attributes
    ----------
    sha256
        Of the file, as it lies in landing.
    at
        When it was fetched: an upload of the same content before then is another one.
    mark, file
        How far the source is fetched once it is accepted.
    """

    sha256: str
    at: datetime
    mark: Mark | None = None
    file: FileSight | None = None


@dataclass(frozen=True)
class State:
    """How far a source was fetched.

    Attributes
    ----------
    mark
        Of a database.
    files, refused
        Of a file server: what was taken, and what came and could not be taken.
    """

    mark: Mark = field(default_factory=Mark)
    files: frozenset[FileSight] = frozenset()
    refused: frozenset[FileSight] = frozenset()
    pending: Pending | None = None

    def seal(self, keys: "TenantKeys", source_id: str) -> bytes:
        """Return it encrypted, bound to its source."""
        payload = {
            "mark": _mark_out(self.mark),
            "files": sorted(self.files),
            "refused": sorted(self.refused),
            "pending": None if self.pending is None else _pending_out(self.pending),
        }
        return keys.encrypt(json.dumps(payload).encode(), _context(source_id))

    @classmethod
    def unseal(cls, sealed: bytes | None, keys: "TenantKeys", source_id: str) -> "State":
        """Return what ``seal`` encrypted; the beginning where nothing was."""
        if sealed is None:
            return cls()
        payload = json.loads(keys.decrypt(sealed, _context(source_id)))
        return cls(
            mark=_mark_in(payload["mark"]),
            files=frozenset(map(_sight, payload["files"])),
            refused=frozenset(map(_sight, payload["refused"])),
            pending=None if payload["pending"] is None else _pending_in(payload["pending"]),
        )


def _mark_out(mark: Mark) -> dict[str, Any]:
    last = None if mark.last is None else watermark.write(mark.last)
    return {"last": last, "taken": [[digest.hex(), count] for digest, count in mark.taken]}


def _mark_in(payload: dict[str, Any]) -> Mark:
    last = None if payload["last"] is None else watermark.read(payload["last"])
    return Mark(last, tuple((bytes.fromhex(digest), count) for digest, count in payload["taken"]))


def _pending_out(pending: Pending) -> dict[str, Any]:
    return {
        "sha256": pending.sha256,
        "at": pending.at.isoformat(),
        "mark": None if pending.mark is None else _mark_out(pending.mark),
        "file": pending.file,
    }


def _pending_in(payload: dict[str, Any]) -> Pending:
    return Pending(
        sha256=payload["sha256"],
        at=datetime.fromisoformat(payload["at"]),
        mark=None if payload["mark"] is None else _mark_in(payload["mark"]),
        file=None if payload["file"] is None else _sight(payload["file"]),
    )


def _sight(item: list[Any]) -> FileSight:
    name, size, changed = item
    return str(name), int(size), int(changed)


def _context(source_id: str) -> bytes:
    return f"source/{source_id}/state".encode()
