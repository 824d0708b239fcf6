"""A tenant's index on disk: generations in folders of their own, one of them in use.

``<data>/search/<tenant>/current`` names it. A new generation takes the place of the one before at
once, which is then deleted; who reads at that moment ends with what they began with.
"""

import json
import logging
import shutil
import threading
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from foundation.disk import disk_told
from foundation.failures import trail_of
from lakehouse.search_folder import CURRENT, search_folder
from operations.search.document import Document
from operations.search.index import SearchIndex

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

LOG = logging.getLogger("abcall.search")
STATE, SEEN = "followed.json", "followed.parquet"
SEEN_SCHEMA = pa.schema([("incident_id", pa.string()), ("fingerprint", pa.string())])


@dataclass(frozen=True)
class Followed:
    """How far an index follows the lake and the operational store.

    Attributes
    ----------
    versions
        Of the tables that it was made from.
    received_at
        When the last of the registered incidents came that it knows, ISO 8601.
    live
        Numbers of those that came last, of which more may turn up with an earlier time.
    """

    versions: dict[str, int] = field(default_factory=dict)
    received_at: str | None = None
    live: list[str] = field(default_factory=list)


class Shelf:
    """The generations of one tenant's index. Writing needs ``search_lease``; reading nothing."""

    def __init__(self, lake: "Lake", tenant: "Tenant") -> None:
        self.folder = search_folder(lake, tenant)
        self._open: tuple[str, SearchIndex] | None = None
        self._lock = threading.Lock()

    def index(self) -> SearchIndex | None:
        """Return the index in use, as it is now; None where there is none.

        One that is damaged, or of another release's fields, counts as none: it is made anew.
        """
        with self._lock, disk_told():
            while (name := self._current()) is not None:
                try:
                    return self._opened(name)
                except ValueError as error:  # the library's word for all that is wrong
                    if self._current() == name:
                        facts = {"failure": trail_of(error)}
                        LOG.warning("search index unreadable", extra={"facts": facts})
                        break
                    # Another took its place meanwhile.
            self._open = None
            return None

    def followed(self) -> Followed:
        """Return how far the index in use follows."""
        return Followed(**json.loads((self._home / STATE).read_text()))

    def seen(self) -> pa.Table:
        """Return a fingerprint of each incident of the lake that the index in use knows."""
        return pq.read_table(self._home / SEEN, schema=SEEN_SCHEMA)

    def known(self, numbers: Collection[str]) -> set[str]:
        """Return those of some incidents that the index knows from the lake."""
        wanted = pc.field("incident_id").isin(sorted(numbers))
        found = pq.read_table(self._home / SEEN, columns=["incident_id"], filters=wanted)
        return set(found["incident_id"].to_pylist())

    def note(self, followed: Followed, seen: pa.Table | None, home: Path | None = None) -> None:
        """Keep how far the index follows now; without fingerprints, those from before stay."""
        home = self._home if home is None else home
        with disk_told():
            if seen is not None:
                pq.write_table(seen.cast(SEEN_SCHEMA), home / f".{SEEN}")
                (home / f".{SEEN}").replace(home / SEEN)
            _replace(home / STATE, json.dumps(asdict(followed)))

    def renew(self, documents: Iterable[Document], followed: Followed, seen: pa.Table) -> int:
        """Put an index of other documents in the place of the one in use; return their count."""
        name = uuid4().hex
        with disk_told():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = SearchIndex.made(self.folder / name, documents)
            self.note(followed, seen, self.folder / name)
            _replace(self.folder / CURRENT, name)
            for other in self.folder.iterdir():
                if other.is_dir() and other.name != name:
                    shutil.rmtree(other)
        return len(made)

    @property
    def _home(self) -> Path:
        return self.folder / (self._current() or "")

    def _current(self) -> str | None:
        try:
            return (self.folder / CURRENT).read_text()
        except FileNotFoundError:
            return None

    def _opened(self, name: str) -> SearchIndex:
        if self._open is None or self._open[0] != name:
            self._open = name, SearchIndex(self.folder / name)
        else:
            self._open[1].refresh()
        return self._open[1]


def _replace(file: Path, words: str) -> None:
    beside = file.with_name(f".{file.name}")
    beside.write_text(words)
    beside.replace(file)
