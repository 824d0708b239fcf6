"""``python -m benchmarks.serving_soak --minutes N --store sqlite|postgresql``: nothing is lost.

Incidents are registered at 500 a minute, open loop, by clients that send again what was not
answered, under the same idempotency key; customers are shown and calls told meanwhile. Models
change, workers are killed, PostgreSQL is crashed and started, the disk of the lake cannot be
written to, and drains run all the time. At the end every incident that was acknowledged must be in
bronze and in silver exactly once, and one that was not, at most once.
"""

import argparse
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.open_loop import Volley, fire, told
from benchmarks.postgres import Server, find_programs, running
from benchmarks.serving_account import differences, rows_in_bronze
from benchmarks.serving_clients import Registered, register
from benchmarks.serving_disturbances import (
    Disturbances,
    Drains,
    disk_of_the_lake,
    kills_a_worker,
    moves_aliases,
    restarts,
)
from benchmarks.serving_house import Served, make_house, serving
from benchmarks.serving_traffic import Traffic, is_served
from benchmarks.table import setting
from lakehouse.lake import Lake

INCIDENTS, LOOKS, CALLS = 500, 100, 20
"""A minute; a call is four or five events."""

TENANTS, WORKERS = 6, 2
WATCHED_EVERY_SECONDS = 5.0
WARM_SHARE = 0.25
"""Of the time, before memory is watched: caches fill up first."""


@dataclass
class Seen:
    """What the soak has seen.

    Attributes
    ----------
    others
        What else was asked, by kind.
    memory
        MiB of each worker, one after the other.
    drains
        Runs by outcome.
    """

    incidents: Registered = field(default_factory=Registered)
    others: dict[str, Volley] = field(default_factory=dict)
    memory: dict[int, list[float]] = field(default_factory=dict)
    drains: Counter[str] = field(default_factory=Counter)
    disturbances: Disturbances = field(default_factory=Disturbances)
    wrong: list[str] = field(default_factory=list)

    def growth(self) -> str:
        """Return in words what the longest-lived worker holds more than when it was warm."""
        longest = max(self.memory.values(), key=len, default=[0.0])
        watched = longest[int(WARM_SHARE * len(longest)) :]
        minutes = len(watched) * WATCHED_EVERY_SECONDS / 60
        return f"{watched[0]:.0f} → {watched[-1]:.0f} MiB in {minutes:.1f} minutes"


def soak(folder: Path, minutes: float, store: str, scale: float) -> Seen:
    """Serve, disturb, and hold what was acknowledged against what the lake holds."""
    with ExitStack() as stack:
        server = stack.enter_context(_database(store))
        read_only = stack.enter_context(disk_of_the_lake(folder / "lake"))
        url = None if server is None else server.new_database()
        lake_url = str(folder / "lake")
        house = make_house(folder, TENANTS, store_url=url, lake_url=lake_url, scale=scale)
        lake = stack.enter_context(Lake.open(house.settings))
        before = [rows_in_bronze(lake, tenant) for tenant in house.tenants]
        service = stack.enter_context(
            serving(house.settings, folder / "service.log", workers=WORKERS)
        )
        drains = Drains(house.settings, list(house.tenants), pause_seconds=min(15, 3 * minutes))
        stack.callback(drains.kill)
        seen, traffic = Seen(), Traffic(house, "SOAK")
        moves = moves_aliases(house.settings, house.tenants[0])
        seen.disturbances.each(min(60, 15 * minutes), "models moved", moves)
        _disturb(seen.disturbances, minutes, service, server, read_only)
        _send(seen, traffic, service, minutes)
        seen.disturbances.end()
        seen.drains = drains.end()
        seen.wrong = differences(lake, house.tenants, traffic, seen.incidents, before)
        seen.wrong += seen.disturbances.wrong
    return seen


@contextmanager
def _database(store: str) -> Iterator[Server | None]:
    """Run PostgreSQL where it is the store."""
    if store == "sqlite":
        yield None
        return
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL (initdb, pg_ctl) is absent on this machine")
    with running(programs) as server:
        yield server


def _disturb(
    disturbances: Disturbances,
    minutes: float,
    service: Served,
    server: Server | None,
    read_only: Callable[[float], None] | None,
) -> None:
    """Let things go wrong: each several times in half an hour, each at least once in a minute."""
    whole = 60 * minutes
    disturbances.each(min(150, whole / 2.5), "worker killed", kills_a_worker(service))
    if server is not None:
        disturbances.each(min(240, whole / 1.8), "PostgreSQL crashed", restarts(server))
    if read_only is not None:
        away = min(30, whole / 8)
        disturbances.each(min(120, whole / 4), "lake read-only", lambda: read_only(away))


def _send(seen: Seen, traffic: Traffic, service: Served, minutes: float) -> None:
    """Send all that clients ask, each kind at its own rate, and watch memory meanwhile."""
    over, seconds = threading.Event(), 60 * minutes
    works = [
        lambda: _watch(seen, service, over),
        lambda: seen.others.update(
            shown=fire(service.port, traffic.customer, LOOKS / 60, seconds, senders=8)
        ),
    ]
    if is_served(service.port, "/v1/calls/events"):
        calls = list(traffic.calls(11, minutes, CALLS))
        rate = len(calls) / seconds
        works.append(
            lambda: seen.others.update(
                told=fire(service.port, calls.__getitem__, rate, seconds, senders=8)
            )
        )
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    total = int(INCIDENTS * minutes)
    seen.incidents = register(service.port, traffic.incident, total, INCIDENTS / 60)
    over.set()
    for thread in threads:
        thread.join()


def _watch(seen: Seen, service: Served, over: threading.Event) -> None:
    while not over.wait(WATCHED_EVERY_SECONDS):
        for worker, mib in service.memory_mib().items():
            seen.memory.setdefault(worker, []).append(mib)


def tell(seen: Seen, minutes: float, store: str) -> int:
    """Print what was seen and return the exit code."""
    done = seen.incidents
    print("\n".join(setting()))
    print(f"{minutes:g} minutes on {store}, {WORKERS} workers, {TENANTS} tenants")
    print(f"disturbances: {told(seen.disturbances.done)}")
    print(f"incidents: {len(done.seconds)} acknowledged, {len(done.given_up)} not; "
          f"answers and errors {told(done.tries)}")  # fmt: skip
    print(f"from their moment to the acknowledgement, tries included: "
          f"p50 {done.milliseconds(0.5):.0f} ms, p99 {done.milliseconds(0.99):.0f} ms")  # fmt: skip
    for name, volley in seen.others.items():
        print(f"{name}: {told(volley.outcomes())}; p50 {volley.milliseconds(0.5):.0f} ms, "
              f"p99 {volley.milliseconds(0.99):.0f} ms")  # fmt: skip
    print(f"drains: {told(seen.drains)}")
    print(f"memory of the longest-lived worker: {seen.growth()}")
    for sentence in seen.wrong:
        print(f"WRONG {sentence}")
    print("Something is wrong." if seen.wrong else "None lost, none doubled.")
    return 1 if seen.wrong else 0


def main() -> int:
    """Soak for the minutes that the arguments say."""
    parser = argparse.ArgumentParser(prog="benchmarks.serving_soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--scale", type=float, default=0.15, help="of the trained tenant's files")
    options = parser.parse_args()
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with tempfile.TemporaryDirectory(prefix="abcall-soak-") as folder:
        seen = soak(Path(folder), options.minutes, options.store, options.scale)
        return tell(seen, options.minutes, options.store)


if __name__ == "__main__":
    sys.exit(main())
