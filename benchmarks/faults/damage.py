"""Files that a disk changed: of tables and of their logs; told, never read as rows, and mended."""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.outcome import Outcome
from benchmarks.faults.recovery import Trial, next_differs, tables_differ
from benchmarks.faults.scenarios import open_lake
from benchmarks.faults.sent import TENANT
from foundation.errors import OperatorError
from ingestion.gold.refine import refine
from ingestion.mending import mend_table
from lakehouse.commits import open_table
from lakehouse.lake import Lake
from lakehouse.refs import LAYERS, TableRef
from tenancy.bootstrap import staff_actor

Harm = Callable[[Path], None]


def cut(file: Path) -> None:
    """Keep the first half."""
    os.truncate(file, file.stat().st_size // 2)


def emptied(file: Path) -> None:
    """Keep nothing."""
    os.truncate(file, 0)


def flipped(file: Path) -> None:
    """Turn one bit over, in the middle half."""
    data = bytearray(file.read_bytes())
    at = len(data) // 4 + random.Random(len(data)).randrange(max(len(data) // 2, 1))
    data[at] ^= 1 << (at % 8)
    file.write_bytes(bytes(data))


def gone(file: Path) -> None:
    """Take the file away."""
    file.unlink()


HARMS: tuple[Harm, ...] = (cut, emptied, flipped, gone)


def data_file(ref: TableRef) -> Path:
    """Return a data file of a table's newest version."""
    table = open_table(ref.path)
    assert table is not None
    return Path(ref.path) / table.file_uris()[-1].rsplit("/", 1)[-1]


def newest_entry(ref: TableRef) -> Path:
    """Return the newest entry of a table's log."""
    return sorted((Path(ref.path) / "_delta_log").glob("*.json"))[-1]


def oldest_entry(ref: TableRef) -> Path:
    """Return the entry that made the table."""
    return sorted((Path(ref.path) / "_delta_log").glob("*.json"))[0]


PARTS: tuple[tuple[str, Callable[[TableRef], Path]], ...] = (
    ("data file", data_file),
    ("newest log entry", newest_entry),
    ("oldest log entry", oldest_entry),
)


def harmed(
    trial: Trial,
    folder: Path,
    *,
    layers: tuple[str, ...] = LAYERS,
    harms: tuple[Harm, ...] = HARMS,
) -> Iterator[Outcome]:
    """Harm each kind of file of each table in each way, look at it, and have it mended."""
    for layer, name in [table for table in trial.scenario.tables if table[0] in layers]:
        for part, find in PARTS:
            for harm in harms:
                copy = trial.copy(folder, trial.whole)
                with open_lake(copy) as lake:
                    ref = lake.ref(TENANT, layer, name)
                    harm(find(ref))
                    wrong = [*_looked_at(lake, ref), *_mended(trial, lake, ref)]
                wrong += next_differs(copy)
                where = f"{trial.name}, {layer}.{name}, {part} {harm.__name__}"
                yield Outcome("damaged file", where, wrong)


def _looked_at(lake: Lake, ref: TableRef) -> list[str]:
    """Read a damaged table; its rows must not come, and the operator must hear its name."""
    try:
        rows = lake.arrow(ref)
    except OperatorError as told:
        table = f"{ref.layer}.{ref.name}"
        return [] if table in told.say("en") and table in told.say("es") else [f"told: {told.key}"]
    return [f"{rows.num_rows} rows came without a word"]


def _mended(trial: Trial, lake: Lake, ref: TableRef) -> list[str]:
    mended = mend_table(lake, TENANT, staff_actor(lake.store), ref)
    if ref.layer == "gold":
        refine(lake, TENANT)
    wrong = [f"accounts told otherwise: {mended.changed}"] if mended.changed else []
    return wrong + tables_differ(trial, lake)
