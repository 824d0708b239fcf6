"""What the pages ask of the ledger of rejected rows, and what they do with it.

Whoever acts or downloads is asked for anew: since the page was shown they may have lost a role.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from dashboards.admission import still_admitted
from dashboards.viewer import Viewer
from dashboards.words import Words
from data_contracts.contract import Column
from foundation.errors import NotFound
from ingestion.ledger.correction import NOT_REMEMBERED, Correction
from ingestion.ledger.dismiss import dismiss, reopen
from ingestion.ledger.download import write_download
from ingestion.ledger.query import CauseCount, causes, files, tables_with_rejections
from ingestion.ledger.redrive import redrive
from ingestion.ledger.rows import LedgerRow, ledger_page
from ingestion.ledger.schema import RowRef, quarantine_ref, resolution_ref
from ingestion.ledger.selection import Selection
from ingestion.mapping import stored_values
from ingestion.scratch import scratch_folder
from tenancy.audit import record
from tenancy.upload import UNDER_WAY
from tenancy.uploads import get_upload, list_uploads, undone_uploads
from tenancy.users import get_user

if TYPE_CHECKING:
    from tenancy.quarantine_acts import Act

ON_A_PAGE = 20
LOOKED_AT = 200
"""Rows of a cause whose values are counted, to propose what may be replaced."""

BOARDS_KEPT = 24


@dataclass(frozen=True)
class Group:
    """A cause with its rows."""

    selection: Selection
    counted: CauseCount


@dataclass(frozen=True)
class OpenFile:
    """A file with open rows."""

    upload_id: str
    table: str
    name: str
    rows: int


@dataclass(frozen=True)
class Board:
    """Everything that is open: grouped by cause, most frequent first, and by file, newest first."""

    groups: tuple[Group, ...]
    files: tuple[OpenFile, ...]

    @property
    def rows(self) -> int:
        """How many rows are open."""
        return sum(file.rows for file in self.files)


@dataclass(frozen=True)
class Translation:
    """How values of a cause's column may be replaced.

    Attributes
    ----------
    came
        Values as they came, the most frequent first.
    allowed
        The values that the contract stores; empty where it allows any.
    memorable
        Whether the replacement may become part of the tenant's mapping.
    """

    column: Column
    came: tuple[str, ...]
    allowed: tuple[str, ...]
    memorable: bool


_kept: "OrderedDict[tuple[object, ...], Board]" = OrderedDict()
_lock = Lock()


def words_of(see: Viewer) -> Words:
    """Return how the reader is spoken to on the pages of rejected rows."""
    return replace(see.words, room="rejections")


def board(see: Viewer, upload_id: str | None = None) -> Board:
    """Return what is open, of one file or of all; kept until the ledger changes."""
    key = (see.lake.settings.data_dir, see.tenant.id, upload_id, _standing(see))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = _board(see, upload_id)
    with _lock:
        _kept[key] = made
        while len(_kept) > BOARDS_KEPT:
            _kept.popitem(last=False)
    return made


def waiting(see: Viewer) -> tuple[int, int]:
    """Return how many rows wait to be corrected, and of how many files."""
    found = board(see)
    return found.rows, len(found.files)


def rows_of(see: Viewer, selection: Selection, offset: int) -> list[LedgerRow]:
    """Return a page of rows."""
    return ledger_page(see.lake, see.tenant, see.actor, selection, limit=ON_A_PAGE, offset=offset)


def translation(see: Viewer, selection: Selection) -> Translation | None:
    """Return how values of the cause may be replaced, all at once.

    None where there is no value to see, and for a key: no two rows are the same thing.
    """
    cause = selection.cause
    if cause is None or not cause.column:
        return None
    column = see.contract.table(selection.table).column(cause.column)
    if column.key:
        return None
    rows = ledger_page(see.lake, see.tenant, see.actor, selection, limit=LOOKED_AT)
    tally = Counter(
        value
        for row in rows
        if row.row is not None and (value := row.row.get(row.sources.get(column.name, "")))
    )
    came = tuple(value for value, _ in tally.most_common(ON_A_PAGE))
    memorable = column.classification not in NOT_REMEMBERED
    return Translation(column, came, stored_values(column), memorable)


def correct_cells(
    see: Viewer, table: str, cells: Mapping[RowRef, Mapping[str, str]]
) -> "list[Act]":
    """Correct these cells and send their rows again."""
    selection = Selection(table, rows=tuple(cells))
    return _resent(see, selection, Correction(cells=cells))


def apply_to_all(see: Viewer, selection: Selection, correction: Correction) -> "list[Act]":
    """Correct all rows of a cause and send them again."""
    return _resent(see, selection, correction)


def dismiss_rows(see: Viewer, selection: Selection, reason: str) -> "Act":
    """Take rows off the list."""
    return dismiss(see.lake, see.tenant, still_admitted(see, "uploader"), selection, reason)


def reopen_rows(see: Viewer, act: "Act", rows: tuple[RowRef, ...]) -> "Act":
    """Put rows that an act dismissed back on the list."""
    selection = Selection(act.table, rows=rows)
    return reopen(see.lake, see.tenant, still_admitted(see, "uploader"), selection)


def file_of(see: Viewer, selection: Selection, ending: str) -> bytes:
    """Return open rows as a file, for who may still have them; written down first."""
    actor = still_admitted(see, "uploader")
    record(see.lake.store, actor, "quarantine.downloaded", see.tenant.id, selection.table)
    with scratch_folder() as folder:
        path = folder / f"rows.{ending}"
        write_download(see.lake, see.tenant, selection, path, see.language)
        return path.read_bytes()


def person(see: Viewer, act: "Act") -> str:
    """Return who acted: the reader, a colleague by name, or ABCall."""
    if act.actor_id == see.actor.id:
        return words_of(see).say("you")
    try:
        return get_user(see.lake.store, see.actor, see.tenant, act.actor_id).name
    except NotFound:
        return words_of(see).say("abcall")


def note_seen(see: Viewer, subject: str) -> None:
    """Write down that somebody opened rejected rows, which hold values as they came."""
    record(see.lake.store, see.actor, "quarantine.read", see.tenant.id, subject)


def _resent(see: Viewer, selection: Selection, correction: Correction) -> "list[Act]":
    actor = still_admitted(see, "uploader")
    return redrive(see.lake, see.tenant, actor, selection, correction)


def _board(see: Viewer, upload_id: str | None) -> Board:
    groups: list[Group] = []
    found: list[OpenFile] = []
    for table in tables_with_rejections(see.lake, see.tenant):
        selection = Selection(table, upload_id=upload_id)
        groups += [
            Group(replace(selection, cause=counted.cause), counted)
            for counted in causes(see.lake, see.tenant, selection)
        ]
        found += [
            OpenFile(one.upload_id, table, _name(see, one.upload_id), one.rows)
            for one in files(see.lake, see.tenant, selection)
        ]
    groups.sort(key=lambda group: -group.counted.rows)
    return Board(tuple(groups), tuple(found))


def _name(see: Viewer, upload_id: str) -> str:
    return get_upload(see.lake.store, see.tenant, upload_id).file_name


def _standing(see: Viewer) -> tuple[object, ...]:
    """Return what is another whenever the ledger is: versions, and uploads that do not count."""
    lake, tenant = see.lake, see.tenant
    versions = [
        (table.name, lake.version(ref_of(lake, tenant, table.name)))
        for table in see.contract.tables
        for ref_of in (quarantine_ref, resolution_ref)
    ]
    unfinished = list_uploads(lake.store, tenant, {*UNDER_WAY, "refused"})
    undone = sorted(undone_uploads(lake.store, tenant))
    return (*versions, *(upload.id for upload in unfinished), *undone)
