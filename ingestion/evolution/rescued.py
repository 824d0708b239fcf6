"""Columns that the contract does not know: kept in bronze with the rest of their rows, and listed.

The store holds their names and how often they are filled, never a value.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from ingestion.job import Job
from tenancy.rescued import (
    Decision,
    DecisionState,
    Sighting,
    decisions,
    header_hash,
    note_sightings,
    sightings,
)
from tenancy.upload import Upload

if TYPE_CHECKING:
    from tenancy.store import Store
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Rescued:
    """One column that the contract does not know, over all of a tenant's files.

    Attributes
    ----------
    header
        As most files spell it.
    spellings
        As any of them does.
    files, rows, filled
        In how many files it came, how many rows they have, and in how many it has a value.
    first_seen_at, last_seen_at
        When the first and the last of the files came, UTC.
    state
        What the tenant decided; None where nothing was decided yet.
    """

    table: str
    header: str
    spellings: tuple[str, ...]
    files: int
    rows: int
    filled: int
    first_seen_at: datetime
    last_seen_at: datetime
    state: DecisionState | None

    @property
    def filled_share(self) -> float:
        """Share of the rows that have a value, 0..1."""
        return self.filled / self.rows if self.rows else 0.0


def note_rescued(
    store: "Store", upload: Upload, job: Job, *, rows: int, filled: Mapping[str, int]
) -> None:
    """Keep which headers of a file the contract does not know; doing it again changes nothing.

    Parameters
    ----------
    rows
        Rows of the file that fit its header.
    filled
        In how many of them each of these headers has a value.
    """
    found = [
        Sighting(
            upload_id=upload.id,
            table=job.table.name,
            header=header,
            rows=rows,
            filled=filled[header],
            seen_at=upload.received_at,
        )
        for header in job.unknown
    ]
    note_sightings(store, job.tenant, found)


def rescued_columns(store: "Store", tenant: "Tenant", table: str | None = None) -> list[Rescued]:
    """Return what a tenant's files have beside the contract, by table, the fullest first."""
    found = sorted(sightings(store, tenant, table), key=_key)
    decided = decisions(store, tenant)
    columns = [_rescued(list(group), decided) for _, group in groupby(found, key=_key)]
    return sorted(columns, key=lambda one: (one.table, -one.filled, one.header))


def _key(sighting: Sighting) -> tuple[str, str]:
    return sighting.table, header_hash(sighting.header)


def _rescued(seen: Sequence[Sighting], decided: Mapping[tuple[str, str], Decision]) -> Rescued:
    decision = decided.get(_key(seen[0]))
    spellings = _commonest(sighting.header for sighting in seen)
    return Rescued(
        table=seen[0].table,
        header=spellings[0],
        spellings=spellings,
        files=len({sighting.upload_id for sighting in seen}),
        rows=sum(sighting.rows for sighting in seen),
        filled=sum(sighting.filled for sighting in seen),
        first_seen_at=min(sighting.seen_at for sighting in seen),
        last_seen_at=max(sighting.seen_at for sighting in seen),
        state=None if decision is None else decision.state,
    )


def _commonest(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word, _ in Counter(words).most_common())
