"""What is being done when it breaks: an upload of each kind, gold, and bare writes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from benchmarks.changing import ChangingCustomers
from benchmarks.faults.sent import TENANT, Counts, Sent
from data_contracts.contract import KeyKind, UploadKind
from foundation.clock import utc_now
from foundation.settings import Settings
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from lakehouse.boundary import Boundary, no_fault
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from lakehouse.refs import Layer
from simulation.sheets import Habits

TableName = tuple[Layer, str]
Work = Callable[[Lake, Path], Counts]
CUSTOMERS: tuple[TableName, ...] = (
    ("bronze", "customers"),
    ("quarantine", "customers"),
    ("vault", "person"),
    ("silver", "customers"),
)
INCIDENTS: tuple[TableName, ...] = (
    ("bronze", "incidents"),
    ("quarantine", "incidents"),
    ("silver", "incidents"),
)
HEADERS = {"op": "operation", "caso": "incident_id", "abierto": "opened_at", "nota": "satisfaction"}
CHANGES_BEFORE = ("op,caso,abierto", "I,I-1,2024-01-01", "I,I-2,2024-01-01", "I,I-4,2024-01-01")
CHANGES = (
    "op,caso,abierto",
    "U,I-1,2024-01-05",
    "D,I-2,",
    "D,I-9,",
    "I,I-3,2024-01-01",
    "U,I-4,2024-01-01",
    "I,I-3,2024-02-01",
)
CHANGED = {"rows": 6, "inserted": 1, "updated": 1, "unchanged": 1, "superseded": 1, "deleted": 1,
           "quarantined": 1}  # fmt: skip
ROWS_BEFORE = ("abierto,nota", "2024-01-01,5", "2024-01-02,4")
BY_ROW = ("abierto,nota", "2024-01-01,5", "2024-01-01,5", "2024-01-02,9", "2024-01-03,1")
BY_ROW_COUNTS = {"rows": 4, "inserted": 2, "updated": 0, "unchanged": 1, "superseded": 0,
                 "deleted": 0, "quarantined": 1}  # fmt: skip
STEPS, SMALL_FILES = 8, 12


@dataclass(frozen=True)
class Scenario:
    """A piece of work that may break and is then done again.

    Attributes
    ----------
    prepare
        Writes files into a folder and brings its installation to where the work begins.
    work
        Does the work and returns the account that it tells; the same call goes on after a crash.
    expected
        The account by the generator.
    tables
        What the work writes, in its order.
    """

    prepare: Callable[[Lake, Path], None]
    work: Work
    expected: Callable[[Path], Counts]
    tables: tuple[TableName, ...]


def open_lake(folder: Path, boundary: Boundary = no_fault) -> Lake:
    """Open the installation under a scenario's folder."""
    return Lake.open(Settings.at(folder / "data"), boundary)


def send_last(lake: Lake, folder: Path) -> Counts:
    """Send the file that a scenario is about."""
    return Sent.kept(folder, "last").receive(lake)


def expected_of_last(folder: Path) -> Counts:
    """Return what its generator expects of it."""
    return Sent.kept(folder, "last").counts


def customers(kind: UploadKind, lake: Lake, folder: Path) -> None:
    """Prepare an upload of customers, whose history is kept."""
    habits = Habits(delimiter=";", encoding="cp1252", newline="\r\n", decimal=",")
    sender = ChangingCustomers(folder / "made", seed=11, habits=habits)
    for name in ("first", "last", "next"):
        file = sender.next_file(kind)
        path = file.path.rename(folder / f"{name}.csv")
        mapping = Mapping(file.hints.columns, "natural", None, kind)
        Sent(path, "customers", mapping, file.expected.counts()).keep(folder, name)
    Sent.kept(folder, "first").receive(lake)


@dataclass(frozen=True)
class Incidents:
    """Prepares an upload of incidents, merged by key."""

    key: KeyKind
    upload: UploadKind
    first: tuple[str, ...]
    last: tuple[str, ...]
    counts: Counts

    def __call__(self, lake: Lake, folder: Path) -> None:
        """Write both files and send the first."""
        for name, rows in (("first", self.first), ("last", self.last)):
            path = folder / f"{name}.csv"
            path.write_text("\n".join(rows) + "\n", encoding="utf-8")
            columns = {header: HEADERS[header] for header in rows[0].split(",")}
            mapping = Mapping(columns, self.key, None, self.upload)
            Sent(path, "incidents", mapping, self.counts).keep(folder, name)
        Sent.kept(folder, "first").receive(lake)


def received(lake: Lake, folder: Path) -> None:
    """Prepare gold: both files of customers are in silver."""
    customers("increment", lake, folder)
    refine(lake, TENANT)
    send_last(lake, folder)


def to_gold(lake: Lake, _folder: Path) -> Counts:
    """Bring the tenant to gold; its account is how many gold tables there are."""
    return {"tables": len(refine(lake, TENANT).versions)}


def bare_steps(lake: Lake, _folder: Path) -> Counts:
    """Write with every verb, each under its own commit."""
    ref, copy = lake.ref(TENANT, "silver", "things"), lake.ref(TENANT, "gold", "things")
    writer = lake.writer
    done = [
        writer.append(ref, things([1, 2, 3], "first"), Commit("1")),
        writer.merge(ref, things([3, 4], "second"), ["key"], Commit("2")),
        writer.delete(ref, things([1], "first"), Commit("3")),
        writer.append(ref, things([5], "third"), Commit("4")),
        writer.delete(ref, "key = 99", Commit("5")),
        writer.append(ref, things([99], "late"), Commit("6")),
        writer.replace(copy, things([1], "gold"), Commit("7")),
        writer.replace(copy, things([2, 3], "gold"), Commit("8")),
    ]
    return {"steps": len(done)}


def things(keys: list[int], value: str) -> pa.Table:
    """Return rows with a key and a value."""
    return pa.table({"key": pa.array(keys, pa.int64()), "value": pa.array([value] * len(keys))})


def many_small_files(lake: Lake, _folder: Path) -> None:
    """Prepare a table of many small files, of which some rows went again."""
    ref = lake.ref(TENANT, "silver", "things")
    for number in range(SMALL_FILES):
        lake.writer.append(ref, things([2 * number, 2 * number + 1], "x"), Commit(str(number)))
    lake.writer.delete(ref, "key < 4", Commit("delete"))


def compacted(lake: Lake, _folder: Path) -> Counts:
    """Put small files together and let the old ones go; its account is how many rows there are."""
    ref = lake.ref(TENANT, "silver", "things")
    lake.maintenance.compact(ref)
    lake.maintenance.vacuum(ref, utc_now())
    return {"rows": lake.arrow(ref).num_rows}


def nothing(_lake: Lake, _folder: Path) -> None:
    """Prepare nothing."""


SCENARIOS = {
    "customers, increment": Scenario(
        partial(customers, "increment"), send_last, expected_of_last, CUSTOMERS
    ),
    "customers, snapshot": Scenario(
        partial(customers, "snapshot"), send_last, expected_of_last, CUSTOMERS
    ),
    "incidents, changes": Scenario(
        Incidents("natural", "changes", CHANGES_BEFORE, CHANGES, CHANGED),
        send_last,
        expected_of_last,
        INCIDENTS,
    ),
    "incidents, by row": Scenario(
        Incidents("row", "increment", ROWS_BEFORE, BY_ROW, BY_ROW_COUNTS),
        send_last,
        expected_of_last,
        INCIDENTS,
    ),
    "gold": Scenario(received, to_gold, lambda _: {"tables": 1}, (("gold", "customer"),)),
    "merge": Scenario(
        nothing, bare_steps, lambda _: {"steps": STEPS}, (("silver", "things"), ("gold", "things"))
    ),
    "compaction": Scenario(
        many_small_files,
        compacted,
        lambda _: {"rows": 2 * SMALL_FILES - 4},
        (("silver", "things"),),
    ),
}
