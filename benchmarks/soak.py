"""``python -m benchmarks.soak --minutes N``: uploads of changing files, every row accounted for.

Two tenants of different habits (encoding, separator) take turns in one process with files that
insert, change and repeat customers and have damaged rows. Each receipt must equal the generator's
account; what silver and quarantine hold at the end must equal the sum of the receipts. Memory is
watched: its growth an upload is printed.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc

from benchmarks.changing import ChangingCustomers
from benchmarks.installation import ACTOR, make_installation
from foundation.clock import utc_now
from foundation.settings import MIB
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from ingestion.receive import receive
from lakehouse.lake import Lake
from simulation.delivery import Delivery
from simulation.sheets import Habits
from tenancy.tenant import Tenant

TENANTS = ("norte", "sur")
HABITS = (
    Habits(delimiter=";", encoding="cp1252", newline="\r\n", decimal=","),
    Habits(delimiter="\t", encoding="utf-16"),
)
WARM_UPLOADS = 10
"""Uploads before memory is watched: libraries and pools fill up first."""
MOST_GROWTH_MIB = 2.0
"""Memory that an upload may leave behind, on average; more in an hour is a leak."""
FEWEST_FOR_GROWTH = 30
TOLD_EVERY = 10


@dataclass
class Ledgers:
    """What the soak has seen so far."""

    totals: dict[str, Counter[str]] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def growth(self) -> float:
        """Return MiB an upload by the middle of the first and last thirds after the warm-up."""
        watched = self.memory[WARM_UPLOADS:]
        third = len(watched) // 3
        if not third:
            return 0.0
        first, last = sorted(watched[:third]), sorted(watched[-third:])
        return (last[third // 2] - first[third // 2]) / (len(watched) - third)


def soak(folder: Path, until: Callable[[int], bool]) -> Ledgers:
    """Upload until told to stop and return what was seen."""
    settings, tenants = make_installation(folder / "data", *TENANTS)
    seen = Ledgers({tenant.id: Counter() for tenant in tenants})
    senders = {
        tenant.id: ChangingCustomers(folder / tenant.id, seed, habits)
        for seed, (tenant, habits) in enumerate(zip(tenants, HABITS, strict=True))
    }
    with Lake.open(settings) as lake:
        number = 0
        while not until(number):
            tenant = tenants[number % len(tenants)]
            one_upload(lake, tenant, senders[tenant.id].next_file(), seen)
            number += 1
        for tenant in tenants:
            check_tables(lake, tenant, seen)
        lake.engine.close()
    return seen


def one_upload(lake: Lake, tenant: Tenant, file: Delivery, seen: Ledgers) -> None:
    """Receive a file, bring it to gold, and hold its receipt against the generator's account."""
    hints = file.hints
    mapping = Mapping(hints.columns, hints.key, hints.label, hints.upload)
    started = time.perf_counter()
    receipt = receive(lake, tenant, ACTOR, file.path, file.table, mapping=mapping)
    refine(lake, tenant)
    seen.seconds.append(time.perf_counter() - started)
    expected = file.expected.counts()
    found = {name: receipt.counts.get(name, 0) for name in expected}
    if found != expected:
        seen.wrong.append(f"{tenant.id}, {file.path.name}: expected {expected}, found {found}")
    seen.totals[tenant.id].update(found)
    seen.memory.append(memory_mib())
    file.path.unlink()


def check_tables(lake: Lake, tenant: Tenant, seen: Ledgers) -> None:
    """Hold what the tables hold against the sum of the receipts."""
    total = seen.totals[tenant.id]
    silver = lake.arrow(lake.ref(tenant, "silver", "customers"), ["row_key", "valid_to"])
    gold = lake.arrow(lake.ref(tenant, "gold", "customer"), ["is_current"])
    expected = {
        "open versions in silver": total["inserted"],
        "versions in silver": total["inserted"] + total["updated"],
        "versions in gold": total["inserted"] + total["updated"],
        "current customers in gold": total["inserted"],
        "rows in bronze": total["rows"],
        "rows in quarantine": total["quarantined"],
    }
    found = {
        "open versions in silver": silver["valid_to"].null_count,
        "versions in silver": silver.num_rows,
        "versions in gold": gold.num_rows,
        "current customers in gold": pc.sum(gold["is_current"]).as_py() or 0,
        "rows in bronze": rows_in(lake, tenant, "bronze"),
        "rows in quarantine": rows_in(lake, tenant, "quarantine"),
    }
    seen.wrong += [
        f"{tenant.id}: {name}: expected {expected[name]}, found {found[name]}"
        for name in expected
        if expected[name] != found[name]
    ]


def rows_in(lake: Lake, tenant: Tenant, layer: str) -> int:
    """Count the customers' rows of a layer."""
    ref = lake.ref(tenant, "bronze" if layer == "bronze" else "quarantine", "customers")
    return int(lake.arrow(ref, ["row_number"]).num_rows)


def memory_mib() -> float:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def for_minutes(minutes: float) -> Callable[[int], bool]:
    """Return what says when the time is over, and tells how it goes."""
    started = time.monotonic()

    def over(number: int) -> bool:
        passed = time.monotonic() - started
        if number % TOLD_EVERY == 0:
            told = f"· {passed:.0f} s, {number} uploads, {memory_mib():.0f} MiB"
            print(told, file=sys.stderr, flush=True)
        return passed >= minutes * 60

    return over


def tell(seen: Ledgers, minutes: float) -> int:
    """Print what was seen and return the exit code."""
    uploads, total = len(seen.seconds), sum(seen.totals.values(), Counter())
    growth = seen.growth()
    leaking = uploads >= FEWEST_FOR_GROWTH and growth > MOST_GROWTH_MIB
    print(f"{utc_now():%Y-%m-%d %H:%M} UTC, {minutes:g} minutes, {len(TENANTS)} tenants")
    print(f"{uploads} uploads, {dict(total)}")
    print(f"first upload {seen.seconds[0]:.2f} s, last {seen.seconds[-1]:.2f} s")
    print(f"memory {seen.memory[0]:.0f} → {seen.memory[-1]:.0f} MiB, {growth:+.2f} MiB an upload")
    for sentence in seen.wrong:
        print(f"DIFFERENT {sentence}")
    if leaking:
        print(f"LEAKING more than {MOST_GROWTH_MIB} MiB an upload")
    verdict = "Every row is accounted for." if not seen.wrong else "Rows are not accounted for."
    print(verdict)
    return 1 if seen.wrong or leaking else 0


def main() -> int:
    """Soak for the minutes that the arguments say."""
    parser = argparse.ArgumentParser(prog="benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    minutes = parser.parse_args().minutes
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with tempfile.TemporaryDirectory(prefix="abcall-soak-") as folder:
        return tell(soak(Path(folder), for_minutes(minutes)), minutes)


if __name__ == "__main__":
    sys.exit(main())
