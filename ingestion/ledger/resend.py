"""The files in which corrected rows go through the door again: downloads that nobody had to open.

Parquet, so that no cell can be taken for a separator, a quote or a formula. The row's number and
its reference lead, as in every download.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from foundation.texts import Language, text
from ingestion.ledger.correction import Correction, corrected, require_columns
from ingestion.ledger.query import stored_batches
from ingestion.ledger.rows import opened_rows
from ingestion.ledger.schema import Row, RowRef
from ingestion.ledger.selection import Selection
from ingestion.ledger.sent import Headers, files_of
from ingestion.payload import LINE
from ingestion.redrive import ADDED
from ingestion.scratch import scratch_folder
from tenancy.quarantine_acts import new_act_id

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant
    from tenancy.upload import Upload

ROWS_AT_A_TIME = 10_000


@dataclass(frozen=True)
class Resend:
    """A written file of corrected rows, all under the same headers.

    Attributes
    ----------
    act_id
        Stands in the file's metadata too: no two acts have the same content.
    upload
        One of the uploads that the rows came in.
    """

    act_id: str
    path: Path
    headers: Headers
    upload: "Upload"
    rows: int


@contextmanager
def written(
    lake: "Lake", tenant: "Tenant", selection: Selection, correction: Correction
) -> Iterator[list[Resend]]:
    """Write the selected rows, corrected, where only this user can read them; gone afterwards.

    One file for each set of headers. A line that could not be split is sent only where its cells
    are given: as it came it would be no better.

    Raises
    ------
    InvalidRequest
        The correction names a column that a row's file does not have.
    """
    with scratch_folder() as folder:
        files = _Files(lake, tenant, selection.table, correction, folder)
        for batch in stored_batches(lake, tenant, selection, ROWS_AT_A_TIME):
            files.add(batch)
        yield files.close()


class _Files:
    """The files that are being written, by their headers."""

    def __init__(
        self, lake: "Lake", tenant: "Tenant", table: str, correction: Correction, folder: Path
    ) -> None:
        self._lake, self._tenant, self._table = lake, tenant, table
        self._correction, self._folder = correction, folder
        self._files: dict[Headers, _File] = {}
        self._sent = files_of(lake, tenant)

    def add(self, batch: pa.Table) -> None:
        """Take rows as quarantine stores them."""
        for ref, row in opened_rows(self._lake, self._tenant, self._table, batch).items():
            if LINE not in row or ref in self._correction.cells:
                self._add(ref, row)

    def close(self) -> list[Resend]:
        """End the files."""
        return [file.close() for file in self._files.values()]

    def _add(self, ref: RowRef, row: Row) -> None:
        sent = self._sent(ref.upload_id)
        headers = sent.headers if LINE in row else tuple(row)
        require_columns(self._correction, headers, sent.sources)
        if headers not in self._files:
            path = self._folder / f"{len(self._files)}.parquet"
            self._files[headers] = _File(path, headers, sent.upload, self._tenant.language)
        self._files[headers].add(ref, corrected(ref, row, self._correction, sent.sources))


class _File:
    """A file that is being written."""

    def __init__(self, path: Path, headers: Headers, upload: "Upload", language: Language) -> None:
        self.act_id = new_act_id()
        self._path, self._headers, self._upload = path, headers, upload
        added = [text(f"ingestion.download_{t}", language) for t in ADDED]
        fields = [(name, pa.string()) for name in (*added, *headers)]
        self._schema = pa.schema(fields, metadata={"abcall_act": self.act_id})
        self._writer = pq.ParquetWriter(path, self._schema)
        self._waiting: list[list[str | None]] = []
        self._rows = 0

    def add(self, ref: RowRef, row: Row) -> None:
        """Take one row."""
        cells = [row.get(header) for header in self._headers]
        self._waiting.append([str(ref.row_number), "", str(ref), *cells])
        self._rows += 1
        if len(self._waiting) >= ROWS_AT_A_TIME:
            self._flush()

    def close(self) -> Resend:
        """End the file."""
        self._flush()
        self._writer.close()
        return Resend(self.act_id, self._path, self._headers, self._upload, self._rows)

    def _flush(self) -> None:
        columns = zip(*self._waiting, strict=True)
        arrays = [pa.array(column, pa.string()) for column in columns]
        if arrays:
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._waiting = []
