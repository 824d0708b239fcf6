"""A file that was dropped and not sent yet: what it holds, and what its columns may stand for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.viewer import Viewer
from data_contracts.contract import KeyKind, LabelKind, Table, UploadKind
from foundation.errors import InvalidUpload
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.mapping import labels_of, validate_mapping
from ingestion.preview import preview
from ingestion.progress import Told, nobody
from ingestion.proposal import Choice
from ingestion.receive import receive
from ingestion.scratch import ending_of, scratch_folder

if TYPE_CHECKING:
    from ingestion.receipt import Receipt

SAMPLES = 3
LONGEST_SAMPLE = 28


@dataclass(frozen=True)
class Draft:
    """What the page keeps of a dropped file between two clicks; rows are not kept.

    Attributes
    ----------
    samples
        Header → its first different values, cut.
    known
        The tenant has sent these headers before: the mapping is theirs.
    """

    table: Table
    file_name: str
    rows: int
    broken: int
    headers: tuple[str, ...]
    samples: dict[str, tuple[str, ...]]
    choices: tuple[Choice, ...]
    mapping: ColumnMapping
    label_kinds: tuple[LabelKind, ...]
    known: bool


@dataclass(frozen=True)
class Terms:
    """What the person chose: columns and kinds."""

    columns: dict[str, str]
    key: KeyKind
    label: LabelKind | None
    upload: UploadKind

    def mapping(self, proposed: ColumnMapping) -> ColumnMapping:
        """Return the mapping; translations of values stay for columns that are still there."""
        targets = set(self.columns.values())
        values = {name: told for name, told in proposed.values.items() if name in targets}
        return ColumnMapping(self.columns, self.key, self.label, self.upload, values)


def look(see: Viewer, table: str, file_name: str, content: memoryview) -> Draft:
    """Read a dropped file and propose its mapping; nothing is stored.

    A file without rows is refused as it will be when it is sent: there is nothing to map.
    """
    with on_disk(content, file_name) as path:
        seen = preview(see.lake, see.tenant, path, table, file_name=file_name)
    if not seen.total:
        raise InvalidUpload("ingestion.no_rows", file=file_name)
    labels = labels_of(see.contract, seen.table)
    columns = seen.raw.rows.slice(0, 200).to_pydict()
    return Draft(
        table=seen.table,
        file_name=file_name,
        rows=seen.total,
        broken=seen.broken,
        headers=seen.raw.headers,
        samples={header: _samples(columns[header]) for header in seen.raw.headers},
        choices=seen.proposal.choices,
        mapping=seen.proposal.mapping,
        label_kinds=tuple(dict.fromkeys(kind for label in labels for kind in label.kinds)),
        known=seen.known,
    )


def send(
    see: Viewer,
    draft: Draft,
    terms: Terms,
    content: memoryview,
    *,
    confirm_ended: bool,
    progress: Told = nobody,
) -> "Receipt":
    """Send the file through the one door, with the mapping that the person saw.

    A mapping that contradicts the contract is refused before anything is stored.
    """
    mapping = terms.mapping(draft.mapping)
    validate_mapping(mapping, draft.table, draft.headers, labels_of(see.contract, draft.table))
    with on_disk(content, draft.file_name) as path:
        return receive(
            see.lake,
            see.tenant,
            see.actor,
            path,
            draft.table.name,
            file_name=draft.file_name,
            mapping=mapping,
            confirm_ended=confirm_ended,
            progress=progress,
        )


@contextmanager
def on_disk(content: memoryview, file_name: str) -> Iterator[Path]:
    """Keep a dropped file where only this user can read it, as long as it is needed."""
    with scratch_folder() as folder:
        path = folder / f"dropped{ending_of(file_name)}"
        path.write_bytes(content)
        yield path


def _samples(values: list[str | None]) -> tuple[str, ...]:
    found = dict.fromkeys(value for value in values if value)
    return tuple(
        value if len(value) <= LONGEST_SAMPLE else f"{value[:LONGEST_SAMPLE]}…"
        for value in list(found)[:SAMPLES]
    )
