"""Sample files as their readers see them, each with what its columns look like."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from foundation.errors import InvalidUpload
from ingestion.parts.load import opened
from ingestion.parts.part import LeftOut, Part
from ingestion.proposal.profile import Profile, profile
from ingestion.reading import PIECE_BYTES, RawTable, open_file
from ingestion.recognise import require_header
from ingestion.scratch import scratch_folder


@dataclass(frozen=True)
class Sample:
    """The first piece of one file, which is all of most files."""

    file_name: str
    raw: RawTable

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """What each column's values look like, by header."""
        columns = (self.raw.rows.column(n) for n in range(len(self.raw.headers)))
        return dict(zip(self.raw.headers, map(profile, columns), strict=True))

    def persons_by_value(self, header: str, person: str | None) -> dict[str, int]:
        """Return how many persons have each value of a column, the commonest first; no blanks.

        Parameters
        ----------
        person
            The column that says whose a row is; without one each row is somebody else's.
        """
        written = self._column(header)
        who = np.arange(len(written)) if person is None else self._column(person)
        counted = pa.table({"value": written, "who": who}).group_by("value")
        found = counted.aggregate([("who", "count_distinct")]).to_pylist()
        persons = {one["value"]: one["who_count_distinct"] for one in found}
        known = (value for value in self.profiles[header].values if value in persons)
        return {value: persons[value] for value in known}

    def _column(self, header: str) -> pa.ChunkedArray:
        column = self.raw.rows.column(self.raw.headers.index(header))
        return pc.utf8_trim_whitespace(pc.fill_null(column, ""))


def read_samples(paths: Iterable[Path], limit_bytes: int) -> tuple[Sample, ...]:
    """Read sample files; folders, zips and workbooks are opened as uploads are.

    Raises
    ------
    UserError
        One of them cannot be read, has no header or no row: a draft from half of them would
        lack what the other half says.
    """
    with scratch_folder() as folder:
        sent = ((path, path.name) for path in paths)
        return tuple(
            read_sample(taken(one), limit_bytes) for one in opened(sent, folder, limit_bytes)
        )


def taken(part: Part | LeftOut) -> Part:
    """Return a part that could be opened; raise why where it could not."""
    if isinstance(part, LeftOut):
        raise part.error
    return part


def read_sample(part: Part, limit_bytes: int) -> Sample:
    """Read one part of what was sent."""
    source = open_file(part.path, part.file_name, limit_bytes)
    raw = next(source.pieces(PIECE_BYTES), None)
    if raw is None or not raw.rows.num_rows:
        raise InvalidUpload("ingestion.no_rows", file=part.file_name)
    require_header(raw, part.file_name)
    return Sample(part.file_name, raw)
