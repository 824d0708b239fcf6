"""Everything that was sent at once: parts with their tables in order, and what is left out."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from foundation.errors import InvalidUpload, UserError
from ingestion.mapping import named_table
from ingestion.parts.budget import Budget
from ingestion.parts.head import read_head
from ingestion.parts.names import is_unfinished
from ingestion.parts.opening import files_of, open_file
from ingestion.parts.order import in_order
from ingestion.parts.part import LeftOut, Part, Placed
from ingestion.parts.tables import NO_TABLE, find_table
from ingestion.scratch import scratch_folder

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Load:
    """What was sent at once, opened.

    Attributes
    ----------
    parts
        In the order in which they are to be received.
    left_out
        What is not taken, and why.
    """

    parts: tuple[Placed, ...]
    left_out: tuple[LeftOut, ...]

    def choosing(self, tables: Mapping[str, str | None], contract: Contract) -> "Load":
        """Return it with tables that a person chose by part's name; ``None`` leaves a part out."""
        found = [(one.part, one.table) for one in self.parts]
        unplaced = [(one.part, None) for one in self.left_out if one.part is not None]
        chosen = [(part, tables.get(part.file_name, table)) for part, table in [*found, *unplaced]]
        parts = [Placed(part, table) for part, table in chosen if table is not None]
        taken = {one.part.file_name for one in parts}
        left_out = tuple(one for one in self.left_out if one.file_name not in taken)
        return Load(tuple(in_order(parts, contract)), left_out)


@contextmanager
def open_load(
    lake: "Lake",
    tenant: "Tenant",
    sent: Iterable[tuple[Path, str]],
    *,
    table: str | None = None,
) -> Iterator[Load]:
    """Open files, folders and containers; their parts lie on disk while the block runs.

    Parameters
    ----------
    sent
        Where each lies, and its name for people.
    table
        The table that all of them fill; without it each part's is found.

    Raises
    ------
    NotFound
        The contract has no such table.
    """
    contract = lake.contract_of(tenant)
    if table is not None:
        table = named_table(contract, table).name
    with scratch_folder() as folder:
        parts: list[Placed] = []
        left_out: list[LeftOut] = []
        for one in opened(sent, folder, lake.settings.upload_limit_bytes):
            placed = _placed(lake, tenant, one, table)
            if isinstance(placed, LeftOut):
                left_out.append(placed)
            else:
                parts.append(placed)
        yield Load(tuple(in_order(parts, contract)), tuple(left_out))


def opened(
    sent: Iterable[tuple[Path, str]], folder: Path, limit_bytes: int
) -> Iterator[Part | LeftOut]:
    """Open files, folders and containers into parts that lie in ``folder``."""
    budget = Budget(limit_bytes)
    for path, name in sent:
        for file, shown in files_of(path, name):
            if path.is_dir() and is_unfinished(file.name):
                yield LeftOut(shown, InvalidUpload("parts.unfinished", file=shown))
            else:
                yield from open_file(file, shown, folder, budget, limit_bytes)


def _placed(
    lake: "Lake", tenant: "Tenant", part: Part | LeftOut, table: str | None
) -> Placed | LeftOut:
    """Find a part's table; one of which nobody can tell is left out."""
    if isinstance(part, LeftOut):
        return part
    if table is not None:
        return Placed(part, table)
    try:
        head = read_head(part.path, part.file_name)
        return Placed(part, find_table(lake, tenant, part, head))
    except UserError as error:
        unplaced = part if error.key == NO_TABLE else None
        return LeftOut(part.file_name, error, part.container, unplaced)
