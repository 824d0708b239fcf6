"""``python -m benchmarks.lake_bulk``: incidents in bulk, from a file to gold; the peer beside.

Each run is a process of its own, whose memory (with its children's) is sampled; runs of the
platform and of the peer take turns. The account of each run must be the generator's.
"""

import argparse
import math
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression

from benchmarks.installation import ACTOR, make_installation
from benchmarks.lake_incidents import MAPPING, distinct_incidents, write_incidents
from benchmarks.memory import GIB, resident_bytes
from benchmarks.table import Line, median, report, spread
from foundation.settings import Settings
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from ingestion.receive import receive
from lakehouse.lake import Lake
from tenancy.tenant import Tenant

MOST_TIMES_PEER = 2.0
MOST_GIB = 4.0
MOST_EXPONENT = 1.05
SIZES, REPEATS = (500_000, 5_000_000, 20_000_000), 3
QUICK_SIZES, QUICK_REPEATS = (50_000, 100_000, 200_000), 1
SAMPLED_EVERY_SECONDS = 0.05


@dataclass
class Runs:
    """What runs over one file took.

    Attributes
    ----------
    seconds, peer_seconds
        Wall time of the platform and of the peer, each in its process, start included.
    peak_gib, peer_peak_gib
        The most memory that a process and its children had.
    """

    rows: int
    file_bytes: int
    seconds: list[float] = field(default_factory=list)
    peer_seconds: list[float] = field(default_factory=list)
    peak_gib: float = 0.0
    peer_peak_gib: float = 0.0


def to_gold(path: Path, settings: Settings, tenant: Tenant, rows: int) -> None:
    """Take a file from the door to gold, with every check; stop where its account is wrong."""
    with Lake.open(settings) as lake:
        mapping = Mapping(MAPPING, "natural", None, "increment")
        receipt = receive(lake, tenant, ACTOR, path, "incidents", mapping=mapping)
        distinct = distinct_incidents(rows)
        expected = {"rows": rows, "inserted": distinct, "superseded": rows - distinct}
        found = {name: count for name, count in receipt.counts.items() if count}
        if found != {name: count for name, count in expected.items() if count}:
            raise SystemExit(f"expected {expected}, found {found}")
        if "incident" not in refine(lake, tenant).changed:
            raise SystemExit("gold was not written")
        lake.engine.close()


def measured(command: list[str]) -> tuple[float, float]:
    """Return the seconds that a command takes, and the most memory (GiB) of its process tree."""
    started, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, resident_bytes(process.pid))
            time.sleep(SAMPLED_EVERY_SECONDS)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - started, peak / GIB


def measure(folder: Path, rows: int, repeats: int) -> Runs:
    """Measure the platform and the peer over one file, in turns."""
    path = write_incidents(folder / f"incidents_{rows}.csv", rows)
    runs = Runs(rows, path.stat().st_size)
    for _ in range(repeats):
        for module in ("lake_peer", "lake_bulk"):
            with tempfile.TemporaryDirectory(dir=folder) as own:
                extra = [str(rows)] if module == "lake_bulk" else []
                command = [sys.executable, "-m", f"benchmarks.{module}", str(path), own, *extra]
                seconds, peak = measured(command)
            if module == "lake_bulk":
                runs.seconds.append(seconds)
                runs.peak_gib = max(runs.peak_gib, peak)
            else:
                runs.peer_seconds.append(seconds)
                runs.peer_peak_gib = max(runs.peer_peak_gib, peak)
            print(f"· {rows:,} rows, {module}: {seconds:.1f} s, {peak:.2f} GiB", file=sys.stderr)
    path.unlink()
    return runs


def exponent(found: list[Runs]) -> float:
    """Return how time grows with rows: the slope of log time on log rows, by least squares."""
    rows = [math.log(one.rows) for one in found]
    seconds = [math.log(median(one.seconds)) for one in found]
    return linear_regression(rows, seconds).slope


def lines(quick: bool = False) -> list[Line]:
    """Measure and return the figures for the table.

    Parameters
    ----------
    quick
        Smaller inputs: start times weigh more, so the ratio says less.
    """
    sizes, repeats = (QUICK_SIZES, QUICK_REPEATS) if quick else (SIZES, REPEATS)
    with tempfile.TemporaryDirectory(prefix="abcall-bulk-") as made:
        found = [measure(Path(made), rows, repeats if rows < 10**7 else 1) for rows in sizes]
    told = [line for one in found for line in _lines_of(one, found)]
    growth = Line(
        "growth of time with rows",
        exponent(found),
        unit="(exponent)",
        most=None if quick else MOST_EXPONENT,
        configuration=", ".join(f"{one.rows:,}" for one in found),
    )
    return [*told, growth]


def _lines_of(one: Runs, found: list[Runs]) -> list[Line]:
    rows = f"{one.rows:,} incidents, {one.file_bytes / 10**6:.0f} MB"
    took, peer = median(one.seconds), median(one.peer_seconds)
    is_target = len(found) > 1 and one is found[1]
    return [
        Line(
            f"landing to gold, {one.rows:,} rows",
            took,
            peer=f"{peer:.1f} s",
            configuration=f"{rows}; every check; {spread(one.seconds)}",
        ),
        Line(
            f"times the peer, {one.rows:,} rows",
            took / peer,
            unit="×",
            most=MOST_TIMES_PEER if is_target and one.rows >= SIZES[1] else None,
            peer="Polars + deltalake, no check",
            configuration=f"{rows}; {spread(one.peer_seconds)}",
        ),
        Line(
            f"peak memory, {one.rows:,} rows",
            one.peak_gib,
            unit="GiB",
            most=MOST_GIB if one.rows <= SIZES[1] else None,
            peer=f"{one.peer_peak_gib:.2f} GiB",
            configuration="process tree, sampled",
        ),
    ]


def main() -> int:
    """Measure one run (FILE FOLDER ROWS, for a child process) or all of them."""
    parser = argparse.ArgumentParser(prog="benchmarks.lake_bulk", description=__doc__)
    parser.add_argument("one", nargs="*", help="FILE FOLDER ROWS: only this run")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    if asked.one:
        path, folder, rows = asked.one
        settings, (tenant,) = make_installation(Path(folder) / "data", "medida")
        to_gold(Path(path), settings, tenant, int(rows))
        return 0
    name = "lake-bulk-quick" if asked.quick else "lake-bulk"
    return report(name, "Incidents in bulk, from a file to gold", lines(asked.quick))


if __name__ == "__main__":
    sys.exit(main())
