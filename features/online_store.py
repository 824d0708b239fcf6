"""The online store: what gold says of one person, read at once, without engine and without Delta.

One SQLite file a tenant (``lakehouse.online_file``), made from gold by ``build_online`` and never
the truth. Rows lie by person and time. The file is not changed but replaced, and a reader notices;
who reads at that moment ends with the file that it began with.
"""

import json
import sqlite3
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from features.gold import TABLES as GOLD
from features.online_build import build_online
from features.online_layout import TABLES, reader_of
from foundation.disk import disk_told
from foundation.spelling import well_formed
from lakehouse.online_file import online_file
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

__all__ = ["OnlineFacts", "PersonFacts", "build_online", "facts_of", "online_of"]

PERSONS_KEPT = 256

LOOK_SECONDS = 3.0
"""So long a tenant that had no gold is taken to have none."""

Row = dict[str, Any]
"""Column of gold → value, as Arrow gives it; lists and structs as JSON has them."""

Stamp = tuple[int, int, int]
_OPEN: "dict[Path, tuple[Stamp, OnlineFacts]]" = {}
_LOCK = Lock()
_NO_GOLD: dict[Path, float] = {}
"""Online file → until when, on the process's own clock, its tenant is taken to have no gold."""


def online_of(lake: "Lake", tenant: Tenant) -> "OnlineFacts | None":
    """Return a tenant's online store as it is now; None where none was built yet.

    The open file is kept: asking again costs a look at the file's name.

    Raises
    ------
    OperatorError
        The file is damaged; deleted, it is made anew.
    """
    file = online_file(lake, tenant)
    try:
        told = file.stat()
    except FileNotFoundError:
        _OPEN.pop(file, None)
        return None
    stamp = (told.st_ino, told.st_mtime_ns, told.st_size)
    known = _OPEN.get(file)
    if known is not None and known[0] == stamp:
        return known[1]
    with _LOCK, disk_told():
        opened = OnlineFacts(file)
        _OPEN[file] = (stamp, opened)
    return opened


def facts_of(lake: "Lake", tenant: Tenant) -> "OnlineFacts | None":
    """Return the same; for a tenant without gold what there is to know: nothing.

    None where there is gold and no store yet.
    """
    facts = online_of(lake, tenant)
    if facts is not None:
        return facts
    file, now = online_file(lake, tenant), time.monotonic()
    if _NO_GOLD.get(file, 0.0) <= now:
        if any(lake.exists(lake.ref(tenant, "gold", name)) for name in GOLD):
            return None
        _NO_GOLD[file] = now + LOOK_SECONDS
    return NoFacts()


class OnlineFacts:
    """A tenant's online store, open to read; threads may share it.

    Attributes
    ----------
    versions
        Gold table → the version that it was made of.
    """

    def __init__(self, file: Path) -> None:
        # Nobody writes to it: no locks, and no look at whether it changed.
        uri = f"file:{file}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        told = dict(self._database.execute("SELECT name, value FROM about"))
        about = json.loads(told["made_of"])
        self.versions: dict[str, int] = about["sources"]
        self._steps: list[float] = json.loads(told["value_steps"])
        self._tables = {
            table.name: _Query(table.name, table.by, about["kinds"][table.name])
            for table in TABLES
            if table.name in self.versions
        }

    def person(self, person_token: str) -> "PersonFacts":
        """Return what is known of a person; nothing is read before it is asked for."""
        return self._persons(well_formed(person_token))

    @cached_property
    def _persons(self) -> "Callable[[str], PersonFacts]":
        """Persons asked for lately: a request asks several times, and the file never changes."""
        return lru_cache(PERSONS_KEPT)(partial(PersonFacts, self))

    def rows(self, table: str, *key: str, limit: int = -1) -> list[Row]:
        """Return a table's rows of a key, newest first; none where the tenant lacks the table."""
        query = self._tables.get(table)
        return [] if query is None else query.rows(self._database, key, limit)

    def payload(self, person_token: str) -> bytes | None:
        """Return a person's row of the vault, sealed; None where there is none."""
        query = "SELECT payload FROM person WHERE person_token = ?"
        found = self._database.execute(query, (person_token,)).fetchone()
        return None if found is None else bytes(found[0])

    def persons_by(self, way: str, mark: str, limit: int) -> list[str]:
        """Return the persons to whom a way leads (see ``online_persons.way_token``)."""
        query = "SELECT person_token FROM way WHERE way = ? AND mark = ? LIMIT ?"
        return [token for (token,) in self._database.execute(query, (way, mark, limit))]

    def reply(self, response_id: str) -> Row | None:
        """Return a reply or an article by its id."""
        query = self._tables.get("response")
        found = [] if query is None else query.named(self._database, "response_id", response_id)
        return next(iter(found), None)

    def value_share(self, monthly_value: float) -> float | None:
        """Return the share of today's customers that are worth no more, to a thousandth."""
        if not self._steps:
            return None
        return min(bisect_right(self._steps, monthly_value) / (len(self._steps) - 1), 1.0)


class NoFacts(OnlineFacts):
    """The store of a tenant that has no gold: nobody is known."""

    def __init__(self) -> None:
        self.versions, self._steps, self._tables = {}, [], {}

    def payload(self, person_token: str) -> bytes | None:  # noqa: ARG002
        """Return None."""
        return None

    def persons_by(self, way: str, mark: str, limit: int) -> list[str]:  # noqa: ARG002
        """Return nobody."""
        return []


class PersonFacts:
    """What the online store holds of one person, newest first."""

    def __init__(self, facts: OnlineFacts, person_token: str) -> None:
        self.facts, self.token = facts, person_token

    @cached_property
    def versions(self) -> list[Row]:
        """Versions of the customer; none: they are unknown."""
        return self.facts.rows("customer", self.token)

    @property
    def current(self) -> Row | None:
        """The version in effect now."""
        return next((row for row in self.versions if row["is_current"]), None)

    @cached_property
    def incidents(self) -> list[Row]:
        """All incidents."""
        return self.facts.rows("incident", self.token)

    @cached_property
    def calls(self) -> list[Row]:
        """All calls."""
        return self.facts.rows("call", self.token)

    @cached_property
    def offers(self) -> list[Row]:
        """All offers that were made."""
        return self.facts.rows("offer", self.token)

    @cached_property
    def scores(self) -> list[Row]:
        """The latest score of each model, and for models of incidents of each incident."""
        return self.facts.rows("score", self.token)

    def scores_of(self, model: str) -> list[Row]:
        """Return the latest scores of a model: one of a customer's, or one an incident."""
        return self.facts.rows("score", self.token, model)

    @cached_property
    def answers(self) -> list[Row]:
        """The latest intent and urgency of each incident."""
        return self.facts.rows("answer", self.token)

    def suggestions_for(self, incident_id: str) -> list[Row]:
        """Return the latest suggested replies to an incident, best first."""
        rows = self.facts.rows("suggestion", self.token, incident_id)
        latest = max((row["suggested_at"] for row in rows), default=None)
        kept = [row for row in rows if row["suggested_at"] == latest]
        return sorted(kept, key=lambda row: int(row["rank"]))

    @cached_property
    def decision(self) -> Row | None:
        """The latest decision on what to offer."""
        return next(iter(self.facts.rows("offer_decision", self.token)), None)

    @cached_property
    def is_known(self) -> bool:
        """Whether the store holds anything of the person."""
        tables = ("customer", "incident", "call", "offer")
        return any(self.facts.rows(table, self.token, limit=1) for table in tables)

    def events(self, source: str) -> list[Row]:
        """Return the rows of an event table."""
        named = {"incident": "incidents", "call": "calls", "offer": "offers"}
        rows: list[Row] = getattr(self, named[source])
        return rows


class _Query:
    """How rows of one table are read."""

    def __init__(self, table: str, by: Sequence[str], kinds: dict[str, str]) -> None:
        self._by = by
        self._readers: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, reader_of(kind)) for name, kind in kinds.items()
        ]
        columns = ", ".join(f'"{name}"' for name in kinds)
        self._select = f"SELECT {columns} FROM {table} WHERE "  # noqa: S608 - a name of ours

    def rows(self, database: sqlite3.Connection, key: Sequence[str], limit: int) -> list[Row]:
        where = " AND ".join(f'"{name}" = ?' for name in self._by[: len(key)])
        after = self._by[len(key) :]
        order = f' ORDER BY "{after[0]}" DESC' if after else ""
        return self._read(database, f"{where}{order} LIMIT ?", (*key, limit))

    def named(self, database: sqlite3.Connection, column: str, value: str) -> list[Row]:
        return self._read(database, f'"{column}" = ?', (value,))

    def _read(
        self, database: sqlite3.Connection, where: str, values: tuple[object, ...]
    ) -> list[Row]:
        return [
            {
                name: value if read is None else read(value)
                for (name, read), value in zip(self._readers, row, strict=True)
            }
            for row in database.execute(self._select + where, values)
        ]
