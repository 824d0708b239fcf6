"""The expected account of a file: what becomes of every row, by the platform's definitions.

This is the oracle of the tests. It never parses a file: the generator hands it the rows it wrote
(as the values that it meant) and the rows it damaged.

A row is *quarantined* where the generator damaged it. Of the others, in a file whose key is
natural: *superseded* where a later row of the same file has the same key and valid-from;
*unchanged* where it equals what the tenant has in effect at that valid-from; *inserted* where the
key is not there yet; *deleted* where the operation says so and the key is there; else *updated*.
Rows of a history table are taken in order of (key, valid-from, row number). Such a table knows a
key that a snapshot ended: when it comes back it is updated.
With key ``row`` a row's key is its content and occurrence number, so an equal row is unchanged and
every other one inserted. Keys that a snapshot leaves out are *ended*; they are no rows of the file.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Fate = Literal["inserted", "updated", "unchanged", "superseded", "deleted", "quarantined"]


@dataclass(frozen=True)
class Rejected:
    """A damaged row: its number, the contract's column (none for a broken line) and the rule.

    ``row_number`` counts the file's data rows from 1: the header is not a row.
    """

    row_number: int
    column: str | None
    rule: str


@dataclass(frozen=True)
class Account:
    """What becomes of a file's rows. The six fates add up to ``rows``."""

    rows: int
    inserted: int
    updated: int
    unchanged: int
    superseded: int
    deleted: int
    quarantined: int
    ended: int = 0
    rejected: tuple[Rejected, ...] = ()
    superseded_rows: tuple[int, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return the seven figures by name, as a receipt shows them."""
        names = ("rows", "inserted", "updated", "unchanged", "superseded", "deleted", "quarantined")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Row:
    """A written row as the oracle sees it: meaning, not bytes."""

    key: str
    content: tuple[str, ...]
    valid_from: int = 0
    rejected: tuple[str | None, str] | None = None
    """The damaged column and the rule, where the row was damaged."""
    delete: bool = False


@dataclass
class Ledger:
    """What one tenant's table holds, file after file."""

    history: bool = False
    row_keys: bool = False
    _versions: dict[str, list[tuple[int, tuple[str, ...]]]] = field(default_factory=dict)
    _rows: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _ended: set[str] = field(default_factory=set)

    def take(self, rows: Sequence[Row], *, snapshot: bool = False) -> Account:
        """Apply a file and return its account."""
        rejected = tuple(
            Rejected(n, *row.rejected) for n, row in enumerate(rows, 1) if row.rejected is not None
        )
        good = [(n, row) for n, row in enumerate(rows, 1) if row.rejected is None]
        if self.row_keys:
            return self._take_contents(good, rejected, len(rows), snapshot)
        last = {(row.key, row.valid_from): n for n, row in good}
        kept = [(n, row) for n, row in good if last[row.key, row.valid_from] == n]
        # A damaged row is a copy of a sound one, so whom it names is there all the same.
        gone = set(self._versions) - {row.key for _, row in kept} if snapshot else set()
        kept.sort(key=lambda pair: (pair[1].key, pair[1].valid_from, pair[0]))
        fates = Counter(self._apply(row) for _, row in kept)
        for key in gone:
            del self._versions[key]
        self._ended |= gone if self.history else set()
        superseded = tuple(sorted({n for n, _ in good} - set(last.values())))
        return _account(len(rows), fates, superseded, rejected, len(gone))

    def _apply(self, row: Row) -> Fate:
        versions = self._versions.setdefault(row.key, [])
        if row.delete:
            existed = self._versions.pop(row.key)
            return "deleted" if existed else "unchanged"
        if not versions:
            versions.append((row.valid_from, row.content))
            return "updated" if row.key in self._ended else "inserted"
        at = bisect_right(versions, row.valid_from, key=lambda version: version[0])
        if at and versions[at - 1][1] == row.content:
            return "unchanged"
        if not self.history or (at and versions[at - 1][0] == row.valid_from):
            versions[max(at - 1, 0)] = (row.valid_from, row.content)
        else:
            versions.insert(at, (row.valid_from, row.content))
        return "updated"

    def _take_contents(
        self,
        good: Sequence[tuple[int, Row]],
        rejected: tuple[Rejected, ...],
        rows: int,
        snapshot: bool,
    ) -> Account:
        sent = Counter(row.content for _, row in good)
        new = sent - self._rows
        fates: Counter[Fate] = Counter()
        fates["inserted"] = new.total()
        fates["unchanged"] = sent.total() - new.total()
        ended = (self._rows - sent).total() if snapshot else 0
        self._rows = sent if snapshot else self._rows | sent
        return _account(rows, fates, (), rejected, ended)


def _account(
    rows: int,
    fates: Counter[Fate],
    superseded: tuple[int, ...],
    rejected: tuple[Rejected, ...],
    ended: int,
) -> Account:
    return Account(
        rows=rows,
        inserted=fates["inserted"],
        updated=fates["updated"],
        unchanged=fates["unchanged"],
        superseded=len(superseded),
        deleted=fates["deleted"],
        quarantined=len(rejected),
        ended=ended,
        rejected=rejected,
        superseded_rows=superseded,
    )
