"""A first look through a whole file: what no single piece of it can tell."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from foundation.errors import InvalidUpload
from ingestion.extractors.words.table import MOST_PRODUCTS, PRODUCT
from ingestion.formats import Format, FormatEvidence
from ingestion.job import Job
from ingestion.reading import RawTable, SourceFile
from ingestion.redrive import as_it_came, has_lines, is_download, references_of
from ingestion.vocabulary import BLANK_TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from ingestion.ledger.schema import RowRef


@dataclass(frozen=True)
class Scanned:
    """What the whole file says.

    Attributes
    ----------
    total
        Its rows, broken lines among them.
    last
        The greatest row number.
    rows
        Those that fit the header.
    formats
        How its numeric and date columns are written, by header.
    filled
        In how many rows a column that the contract does not know has a value, by header.
    products
        Names of the tenant's products in it; none where they are too many to be names.
    """

    total: int
    last: int
    rows: int
    formats: dict[str, Format]
    filled: dict[str, int]
    products: frozenset[str]


class Pieces:
    """The pieces of a file as the tenant's system wrote them, from the first as often as asked.

    Parameters
    ----------
    source
        The file.
    piece_bytes
        Bytes of text of a piece.
    unchanged
        Raises where the file is not what it was when it was landed.

    Attributes
    ----------
    is_download
        The file is one of rejected rows that comes back corrected.
    references
        Row number → the rejected row that it corrects.
    """

    def __init__(
        self,
        source: SourceFile,
        piece_bytes: int,
        unchanged: Callable[[], None] = lambda: None,
    ) -> None:
        self._source, self._size, self._unchanged = source, piece_bytes, unchanged
        self.is_download = is_download(source.headers)
        self.references: dict[int, RowRef] = {}
        self._with_lines = False
        for piece in source.pieces(piece_bytes) if self.is_download else ():
            self.references |= references_of(piece)
            self._with_lines = self._with_lines or has_lines(piece)

    def __iter__(self) -> Iterator[RawTable]:
        for piece in self._source.pieces(self._size):
            yield as_it_came(piece, with_lines=self._with_lines)
        self._unchanged()

    def first(self, file_name: str) -> RawTable:
        """Return the first piece that has rows; ``InvalidUpload`` where none has."""
        for piece in self:
            if piece.total:
                return piece
        raise InvalidUpload("ingestion.no_rows", file=file_name)


def scan(pieces: Iterable[RawTable], job: Job, told: Callable[[int], None]) -> Scanned:
    """Look through a whole file.

    Parameters
    ----------
    job
        Says what its columns stand for.
    told
        Called with the rows of each piece.
    """
    evidence, filled = FormatEvidence(job.mapped), Counter(dict.fromkeys(job.unknown, 0))
    named = [header for header, column in job.mapped.items() if column.name == PRODUCT]
    products: set[str] = set()
    total = rows = last = 0
    for piece in pieces:
        evidence.add(piece.rows)
        filled.update({header: _filled(piece.rows[header]) for header in job.unknown})
        for header in named if len(products) <= MOST_PRODUCTS else ():
            products.update(piece.rows[header].drop_null().unique().to_pylist())
        rows += piece.rows.num_rows
        total += piece.total
        last = max(last, piece.last)
        told(piece.total)
    formats = evidence.decide(job.tenant.currency)
    found = frozenset(products if len(products) <= MOST_PRODUCTS else ())
    return Scanned(total, last, rows, formats, dict(filled), found)


def scanned_job(job: Job, scanned: Scanned) -> Job:
    """Return the job with what the whole file says of it."""
    told = {} if job.mapping.plain else scanned.formats
    formats = {job.mapped[header].name: form for header, form in told.items()}
    products = job.products | scanned.products
    return replace(job, formats=formats, total=scanned.total, last=scanned.last, products=products)


def watched(path: "Path", file_name: str) -> Callable[[], None]:
    """Return what raises ``InvalidUpload`` once the file is no more what it is now."""
    before = _mark(path)

    def unchanged() -> None:
        if _mark(path) != before:
            raise InvalidUpload("ingestion.still_written", file=file_name)

    return unchanged


def _mark(path: "Path") -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _filled(values: pa.ChunkedArray) -> int:
    """Count the values that are none of the writings of «no value»."""
    trimmed = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(values, "")))
    blank = pc.sum(pc.is_in(trimmed, pa.array(BLANK_TEXT))).as_py() or 0
    return len(values) - int(blank)
