"""From the file to bronze and staging, piece by piece, on as many cores as help.

While one piece waits for the engine, the next is read and sealed. What was done before a crash is
passed over: a piece is done when it is staged and its rows are in bronze.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.job import Job
from ingestion.occurrence import Occurrences
from ingestion.reading import RawTable
from ingestion.staged import Piece, Staged, make_piece
from lakehouse.commits import Commit

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.staging import Staging
    from tenancy.keys import TenantKeys

AT_ONCE = 2
"""Pieces on their way through the engine: more would hold memory and win nothing on two cores."""


@dataclass(frozen=True)
class _Way:
    """Where the pieces of an upload go."""

    lake: "Lake"
    job: Job
    keys: "TenantKeys"
    staging: "Staging"
    staged_before: frozenset[str]
    into_bronze: bool

    def commit(self, number: int) -> Commit:
        """Return the commit of a piece in bronze."""
        return Commit(f"{self.job.upload_id}:bronze:{number}")

    def is_done(self, number: int) -> bool:
        """Say whether a piece is staged and in bronze."""
        if name_of(number) not in self.staged_before or not self.into_bronze:
            return name_of(number) in self.staged_before
        ref = self.lake.ref(self.job.tenant, "bronze", self.job.table.name)
        return self.lake.writer.find_commit(ref, self.commit(number).id) is not None

    def keep(self, number: int, piece: Piece) -> None:
        """Append a piece to bronze and stage it."""
        if self.into_bronze:
            ref = self.lake.ref(self.job.tenant, "bronze", self.job.table.name)
            self.lake.writer.append(ref, piece.bronze(self.job), self.commit(number))
        rows = piece.staged(self.job, self.keys)
        self.staging.write(name_of(number), rows.schema, rows.to_batches())


def name_of(number: int) -> str:
    """Return the name of a piece's file; names sort as the pieces follow each other."""
    return f"{number:06d}.parquet"


def stage(
    lake: "Lake",
    job: Job,
    pieces: Iterable[RawTable],
    told: Callable[[int], None],
    *,
    into_bronze: bool = True,
) -> Staged:
    """Bring all pieces into bronze and staging.

    Parameters
    ----------
    told
        Called with the rows of each piece that is done.
    into_bronze
        Bronze does not have the rows yet.
    """
    staging = lake.staging(job.tenant, job.upload_id)
    way = _Way(
        lake, job, lake.keys.of(job.tenant), staging, frozenset(staging.names()), into_bronze
    )
    occurrences = Occurrences() if job.by_row else None
    count = 0
    for count, (piece, rows) in enumerate(_made(way, pieces), start=1):
        if piece is not None:
            way.keep(count, _numbered(piece, job, occurrences))
        elif occurrences is not None:
            done = Staged(staging, [name_of(count)]).table(["row_hash"])
            occurrences.pass_over(done["row_hash"].drop_null())
        told(rows)
    return Staged(staging, [name_of(n) for n in range(1, count + 1)])


def _numbered(piece: Piece, job: Job, occurrences: Occurrences | None) -> Piece:
    if occurrences is None:
        return piece
    return Piece(piece.raw, occurrences.number(piece.rows, job), piece.sealed)


def _made(way: _Way, pieces: Iterable[RawTable]) -> Iterator[tuple[Piece | None, int]]:
    """Yield each piece as it comes out of the engine, in order, with its rows; none where done."""
    _ = way.lake.engine.session  # started here, once, not by two threads
    waiting: deque[tuple[Future[Piece] | None, int]] = deque()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="piece") as pool:
        for number, raw in enumerate(pieces, start=1):
            made = None if way.is_done(number) else _submit(pool, way, raw)
            waiting.append((made, raw.total))
            if len(waiting) > AT_ONCE:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


def _submit(pool: ThreadPoolExecutor, way: _Way, raw: RawTable) -> "Future[Piece]":
    return pool.submit(make_piece, way.lake, way.job, raw, way.keys)


def _result(made: "Future[Piece] | None", rows: int) -> tuple[Piece | None, int]:
    return (None if made is None else made.result()), rows
