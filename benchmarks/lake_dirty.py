"""Dirty files by the thousand: no traceback, every byte kept, the quarantine exactly the damage.

Worker processes send generated files (``simulation.specimens``) through the real door, a tenant
after another, and hold what the platform kept against the generator's truth.
"""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from benchmarks.dirty_door import Seen, send
from benchmarks.installation import make_installation
from benchmarks.table import Line
from foundation.settings import Settings
from lakehouse.lake import Lake
from simulation.specimens import Sender
from tenancy.tenant import Tenant

FILES, QUICK_FILES = 10_000, 60
FILES_A_TENANT = 20
MOST_TOLD = 12


@dataclass(frozen=True)
class Ran:
    """What a run of dirty files saw."""

    seen: tuple[Seen, ...]
    seconds: float

    @property
    def wrong(self) -> list[str]:
        """Every difference, with its file."""
        return [f"{one.file}: {sentence}" for one in self.seen for sentence in one.wrong]

    def kinds(self) -> Counter[str]:
        """Return how many files had each kind of dirt."""
        return Counter(kind for one in self.seen for kind in one.kinds)


def run(files: int, seed: int = 0, processes: int | None = None) -> Ran:
    """Send so many files, on as many processes as there are cores."""
    started = time.perf_counter()
    tenants = [f"dirty-{number}" for number in range(-(-files // FILES_A_TENANT))]
    with tempfile.TemporaryDirectory(prefix="abcall-dirty-") as folder:
        settings, made = make_installation(Path(folder) / "data", *tenants, time_zone="UTC")
        work = partial(send_all, settings, Path(folder) / "in", seed)
        cores = processes or len(os.sched_getaffinity(0))
        # Workers end after some tenants: libraries keep memory for every table they have seen.
        with get_context("spawn").Pool(cores, maxtasksperchild=25) as pool:
            batches = pool.imap_unordered(work, enumerate(made), chunksize=1)
            seen = tuple(one for batch in batches for one in batch)[:files]
    return Ran(seen, time.perf_counter() - started)


def send_all(
    settings: Settings, folder: Path, seed: int, numbered: tuple[int, Tenant]
) -> list[Seen]:
    """Send one tenant's files, one after another; the body of a worker's task."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    number, tenant = numbered
    sender = Sender(folder / tenant.id, number)
    first = seed + number * FILES_A_TENANT
    with Lake.open(settings) as lake:
        return [send(lake, tenant, sender.next_file(first + i)) for i in range(FILES_A_TENANT)]


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    files = QUICK_FILES if quick else FILES
    ran = run(files)
    words = f"{len(os.sched_getaffinity(0))} processes, {FILES_A_TENANT} files a tenant"
    rows = sum(one.rows for one in ran.seen)
    quarantined = sum(one.quarantined for one in ran.seen)
    figures = [
        Line(
            "dirty files not taken exactly",
            sum(bool(one.wrong) for one in ran.seen),
            unit=f"of {files:,}",
            most=0.0,
            configuration=f"{rows:,} rows, {quarantined:,} of them damaged; {words}",
        ),
        Line("dirty files", ran.seconds / 60, unit="min", configuration=words),
    ]
    return figures, [*notes(ran), *ran.wrong[:MOST_TOLD]]


def notes(ran: Ran) -> Sequence[str]:
    """Return the count of each kind of dirt, one group a note."""
    groups: dict[str, list[str]] = {}
    for kind, count in sorted(ran.kinds().items()):
        group, _, name = kind.partition(": ")
        groups.setdefault(group, []).append(f"{name} {count}")
    return [f"dirty files by {group}: {', '.join(names)}" for group, names in groups.items()]
