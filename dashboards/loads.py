"""Several files, or one that holds others: what is in them, and sending all of it at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.viewer import Viewer
from ingestion.deliver import Choices, deliver
from ingestion.parts import Load, is_container, open_load
from ingestion.progress import Told, nobody
from ingestion.scratch import ending_of, scratch_folder

if TYPE_CHECKING:
    from ingestion.delivery import Delivered
    from ingestion.mapping import Mapping as ColumnMapping

Dropped = tuple[str, memoryview]
"""A dropped file: its name and content."""


@dataclass(frozen=True)
class Item:
    """One part of what was dropped.

    Attributes
    ----------
    table
        The table that it seems to fill; ``None``: nobody can tell.
    """

    file_name: str
    table: str | None


@dataclass(frozen=True)
class Offer:
    """What was dropped, opened; rows are not kept.

    Attributes
    ----------
    told
        A sentence for each thing that cannot be taken.
    only
        The content of a lone part, whose columns a person can look at before it is sent.
    """

    items: tuple[Item, ...]
    told: tuple[str, ...]
    only: bytes | None


def holds_others(content: memoryview) -> bool:
    """Say whether a dropped file is a zip, a workbook or compressed."""
    return is_container(bytes(content[:4]))


def look_into(see: Viewer, dropped: Sequence[Dropped]) -> Offer:
    """Open what was dropped and find each part's table; nothing is stored."""
    with _opened(see, dropped) as load:
        open_ones = [(one.part, one.table) for one in load.parts]
        unplaced = [(one.part, None) for one in load.left_out if one.part is not None]
        parts = [*open_ones, *unplaced]
        return Offer(
            items=tuple(Item(part.file_name, table) for part, table in parts),
            told=tuple(one.say(see.language) for one in load.left_out if one.part is None),
            only=parts[0][0].path.read_bytes() if len(parts) == 1 else None,
        )


def send(
    see: Viewer,
    dropped: Sequence[Dropped],
    tables: Mapping[str, str | None],
    mappings: "Mapping[str, ColumnMapping] | None" = None,
    *,
    confirm_ended: bool = False,
    progress: Told = nobody,
) -> "Delivered":
    """Send every part through the one door, into the table that the person chose for it.

    Parameters
    ----------
    tables
        Part's name → table; ``None`` leaves it out.
    """
    choices = Choices(mappings or {}, confirm_ended)
    with _opened(see, dropped) as load:
        chosen = load.choosing(tables, see.contract)
        return deliver(see.lake, see.tenant, see.actor, chosen, choices, progress=progress)


@contextmanager
def _opened(see: Viewer, dropped: Sequence[Dropped]) -> Iterator[Load]:
    """Keep the files where only this user can read them, as long as they are open."""
    with scratch_folder() as folder:
        sent = []
        for number, (name, content) in enumerate(dropped):
            path = folder / f"{number}{ending_of(name)}"
            path.write_bytes(content)
            sent.append((path, name))
        with open_load(see.lake, see.tenant, sent) as load:
            yield load
