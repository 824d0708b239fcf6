"""Small files: how reading slows as uploads add up, and what compaction and vacuum give back.

Each small upload is one commit of a few rows through the one writer, as an upload's bronze is. The
peer is a table of the same rows that was written at once.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from benchmarks.table import Line, median, spread
from foundation.clock import utc_now
from foundation.settings import Settings
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from lakehouse.refs import TableRef
from tenancy.bootstrap import open_store
from tenancy.tenant import Tenant

TENANT = Tenant("bench", "Bench", "telecom")
UPLOADS, QUICK_UPLOADS = 500, 80
ROWS = 200
RUNS = 15
TIMES_ONE_FILE = 3.0
"""After care, reading takes at most so many times what it takes of a table written at once."""


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures of small uploads on the embedded engine, and what the table held."""
    uploads = QUICK_UPLOADS if quick else UPLOADS
    with _lake() as lake:
        small, whole = (lake.ref(TENANT, "bronze", name) for name in ("small", "whole"))
        wrote = _timed(lambda: _fill(lake, small, uploads))
        lake.writer.append(whole, pa.concat_tables(map(_rows, range(uploads))), Commit("all"))
        before, scattered = _reads(lake, small), lake.statistics(small)
        compacting = _timed(lambda: lake.maintenance.compact(small))
        vacuuming = _timed(lambda: lake.maintenance.vacuum(small, utc_now()))
        after, peer = _in_turns(lake, small, whole)
        tidy = lake.statistics(small)
        rows = lake.arrow(small).num_rows
    if scattered is None or tidy is None or rows != uploads * ROWS:
        raise SystemExit(f"maintenance: {rows} rows of {uploads * ROWS} are there")
    words = f"{uploads} uploads of {ROWS} rows, embedded engine"
    found = [
        Line("one small commit", wrote / uploads, configuration=words),
        Line("reading, uncared for", median(before), configuration=f"{words}; {spread(before)}"),
        Line("compaction", compacting, configuration=words),
        Line("vacuum and log", vacuuming, configuration="no history kept"),
        Line("reading after care", median(after), configuration=f"{words}; {spread(after)}"),
        Line(
            "reading after care, times one file",
            median(after) / median(peer),
            unit="×",
            most=TIMES_ONE_FILE,
            peer=f"written at once {median(peer):.4f} s",
            configuration=f"the same {rows:,} rows",
        ),
    ]
    note = (
        f"small files: {scattered.files} files and {scattered.log_files} of the log, "
        f"{scattered.stored_bytes:,} bytes; after care {tidy.files}, {tidy.log_files}, "
        f"{tidy.stored_bytes:,}; reading took {median(before) / median(after):.1f} × as long before"
    )
    return found, [note]


@contextmanager
def _lake() -> Iterator[Lake]:
    with tempfile.TemporaryDirectory(prefix="abcall-benchmark-") as folder:
        settings = Settings.at(Path(folder) / "data")
        open_store(settings).close()
        with Lake.open(settings) as lake:
            yield lake


def _rows(number: int) -> pa.Table:
    keys = range(number * ROWS, (number + 1) * ROWS)
    return pa.table({"key": pa.array(keys, pa.int64()), "text": [f"row {key}" for key in keys]})


def _fill(lake: Lake, ref: TableRef, uploads: int) -> None:
    for number in range(uploads):
        lake.writer.append(ref, _rows(number), Commit(f"{number}:bronze"))


def _reads(lake: Lake, ref: TableRef) -> list[float]:
    return [_timed(lambda: lake.arrow(ref)) for _ in range(RUNS)]


def _in_turns(lake: Lake, one: TableRef, other: TableRef) -> tuple[list[float], list[float]]:
    """Read two tables in turns, so that what else the machine does slows both alike."""
    pairs = [
        (_timed(lambda: lake.arrow(one)), _timed(lambda: lake.arrow(other))) for _ in range(RUNS)
    ]
    return [first for first, _ in pairs], [second for _, second in pairs]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
