"""Sixty tenants upload at once: every row is counted, nobody sees another's, memory is bounded.

A few worker processes serve fifteen tenants each, all in threads, as a server would: they share the
store, the leases and, within a process, the lake and its engine. Each tenant's rows bear its mark,
and its tables are searched for those of others.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pyarrow.compute as pc

from benchmarks.installation import ACTOR, make_installation
from benchmarks.memory import GIB, MemoryWatch
from benchmarks.postgres import find_programs, running
from benchmarks.table import Line
from foundation.failures import trail_of
from foundation.settings import Settings
from ingestion.preview import preview
from ingestion.receive import receive
from lakehouse.lake import Lake
from simulation.uploads import IBM_ROWS, telecom_snapshot
from tenancy.tenant import Tenant
from tenancy.uploads import list_uploads

TENANTS, QUICK_TENANTS = 60, 12
QUICK_ROWS = 1_500
A_PROCESS = 15
"""Tenants that a worker process serves at the same time."""

MOST_GIB = 6.0
KEY, MARKED = "customerID", "PaymentMethod"
LONGEST_START_SECONDS = 300.0


@dataclass(frozen=True)
class Served:
    """What became of a tenant's upload: rows in its tables, and what was wrong."""

    tenant: str
    rows: int
    seconds: float
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    """What all of them saw; ``peak`` in bytes."""

    served: tuple[Served, ...]
    seconds: float
    peak: int


def run(tenants: int, rows: int, store_url: str | None = None) -> Ran:
    """Let so many tenants send their first file, each of so many rows, at the same moment.

    Parameters
    ----------
    store_url
        An empty database for the operational store; without it SQLite.
    """
    names = [f"tenant-{number:02}" for number in range(tenants)]
    with tempfile.TemporaryDirectory(prefix="abcall-tenants-") as made:
        folder = Path(made)
        settings, known = make_installation(folder / "data", *names, store_url=store_url)
        for number, tenant in enumerate(known):
            _marked_file(folder / f"{tenant.id}.csv", rows, number, tenant.id)
        groups = [known[at : at + A_PROCESS] for at in range(0, tenants, A_PROCESS)]
        with MemoryWatch() as watch:
            served, seconds = _all_at_once(settings, folder, rows, groups)
        return Ran(served, seconds, watch.peak)


def _all_at_once(
    settings: Settings, folder: Path, rows: int, groups: list[list[Tenant]]
) -> tuple[tuple[Served, ...], float]:
    context = get_context("spawn")
    start = context.Barrier(len(groups) + 1)
    with context.Pool(len(groups), initializer=_keep, initargs=(start,)) as pool:
        work = partial(_serve, settings, folder, rows)
        waiting = pool.map_async(work, groups, chunksize=1)
        start.wait(LONGEST_START_SECONDS)
        started = time.perf_counter()
        served = tuple(one for group in waiting.get() for one in group)
    return served, time.perf_counter() - started


_start: list[Barrier] = []


def _keep(start: Barrier) -> None:
    """Keep the starting signal in a worker: it can be handed over only when one begins."""
    _start.append(start)


def _serve(settings: Settings, folder: Path, rows: int, tenants: list[Tenant]) -> list[Served]:
    """Receive the files of some tenants at the same time; the body of a worker's task."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with Lake.open(settings) as lake, ThreadPoolExecutor(len(tenants)) as threads:
        lake.engine.session.range(1).collect()
        _start[0].wait(LONGEST_START_SECONDS)
        return list(threads.map(partial(_served, lake, folder, rows), tenants))


def _served(lake: Lake, folder: Path, rows: int, tenant: Tenant) -> Served:
    path, started = folder / f"{tenant.id}.csv", time.perf_counter()
    try:
        proposed = preview(lake, tenant, path, "customers").proposal.mapping
        receipt = receive(lake, tenant, ACTOR, path, "customers", mapping=proposed)
        seconds = time.perf_counter() - started
        wrong = tuple(_differences(lake, tenant, rows, receipt.counts))
        stored = lake.arrow(lake.ref(tenant, "silver", "customers"), columns=["row_key"])
        return Served(tenant.id, stored.num_rows, seconds, wrong)
    except Exception as error:  # whatever it is, it is told beside the other tenants' figures
        trail = " < ".join(reversed(trail_of(error)[-6:]))
        return Served(tenant.id, 0, time.perf_counter() - started, (f"failed: {trail}",))


def _differences(lake: Lake, tenant: Tenant, rows: int, counts: dict[str, int]) -> Iterator[str]:
    if counts.get("rows") != rows or counts.get("inserted") != rows:
        yield f"{rows} new rows were sent, the receipt says {counts}"
    silver = lake.arrow(lake.ref(tenant, "silver", "customers"))
    bronze = lake.arrow(lake.ref(tenant, "bronze", "customers"), columns=["upload_id"])
    uploads = [upload.id for upload in list_uploads(lake.store, tenant)]
    if len(uploads) != 1:
        yield f"{len(uploads)} uploads instead of one"
    for name, table in (("silver", silver), ("bronze", bronze)):
        if table.num_rows != rows:
            yield f"{name} holds {table.num_rows} rows of {rows}"
        if pc.unique(table["upload_id"]).to_pylist() != uploads:
            yield f"{name} holds rows of other uploads"
    marks = pc.unique(silver["payment_method"]).to_pylist()
    if marks != [tenant.id]:
        yield f"silver holds rows marked {marks}"


def _marked_file(path: Path, rows: int, seed: int, mark: str) -> None:
    """Write a tenant's customers, each of them with the tenant's mark."""
    header, *lines = telecom_snapshot(path, rows=rows, seed=seed).read_text().splitlines()
    at = header.split(",").index(MARKED)
    cells = (line.split(",") for line in lines)
    marked = (",".join([*row[:at], mark, *row[at + 1 :]]) for row in cells)
    path.write_text("\n".join([header, *marked]) + "\n", encoding="utf-8")


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part: on SQLite, and on PostgreSQL where it is."""
    tenants, rows = (QUICK_TENANTS, QUICK_ROWS) if quick else (TENANTS, IBM_ROWS)
    figures, notes = lines_of(run(tenants, rows), tenants, rows, "SQLite")
    programs = None if quick else find_programs()
    if programs is not None:
        with running(programs) as server:
            ran = run(tenants, rows, server.new_database())
        more, wrong = lines_of(ran, tenants, rows, "PostgreSQL")
        figures, notes = figures + more, notes + wrong
    return figures, notes


def lines_of(ran: Ran, tenants: int, rows: int, store: str) -> tuple[list[Line], list[str]]:
    """Return the figures of a run and what was wrong in it."""
    missing = tenants * rows - sum(one.rows for one in ran.served)
    wrong = [f"{one.tenant}: {sentence}" for one in ran.served for sentence in one.wrong]
    processes = -(-tenants // A_PROCESS)
    words = f"{tenants} tenants × {rows:,} rows at once, {processes} processes"
    slowest = max(one.seconds for one in ran.served)
    what = f"tenants at once, {store}"
    figures = [
        Line(
            f"{what}: rows missing",
            missing,
            "rows",
            0.0,
            configuration=words,
        ),
        Line(
            f"{what}: wrong",
            len(wrong),
            "tenants",
            0.0,
            configuration=words,
        ),
        Line(
            f"{what}: memory",
            ran.peak / GIB,
            "GiB",
            MOST_GIB,
            configuration=words,
        ),
        Line(f"{what}: until all are served", ran.seconds, configuration=words),
        Line(f"{what}: slowest", slowest, configuration=words),
    ]
    return figures, wrong
