"""What goes wrong while the service is soaked: each again and again, in a thread of its own."""

import multiprocessing
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks.postgres import Server
from benchmarks.serving_house import Served
from foundation.errors import AbcallError
from foundation.settings import Settings
from lakehouse.lake import Lake
from models.registry import Registered, Registry, registered_name
from models.tracking import client_of
from operations.outbox.drain import drain
from tenancy.tenant import Tenant

MODELS = ("churn", "incident_risk")


@dataclass
class Disturbances:
    """What was done, by kind, and what should not have happened."""

    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def each(self, seconds: float, name: str, act: Callable[[], None]) -> None:
        """Do something every so many seconds until all is over."""

        def again() -> None:
            while not self._over.wait(seconds):
                try:
                    act()
                    self.done[name] += 1
                except Exception as error:  # told at the end: the soak itself goes on
                    self.wrong.append(f"{name}: {type(error).__name__} {error}")

        thread = threading.Thread(target=again, name=name)
        thread.start()
        self._threads.append(thread)

    def end(self) -> None:
        """Wait until each has ended what it is in."""
        self._over.set()
        for thread in self._threads:
            thread.join()


def moves_aliases(settings: Settings, tenant: Tenant) -> Callable[[], None]:
    """Return what gives a tenant's champions a new version each time (of the same files)."""
    client, registry = client_of(settings), Registry(settings)

    def move() -> None:
        versions = registry.champion_versions()
        for model in MODELS:
            name = registered_name(tenant.id, model)
            now = client.get_model_version(name, versions[name])
            new = client.create_model_version(name, source=str(now.source), run_id=now.run_id)
            registered = Registered(name, str(new.version), str(now.run_id))
            registry.set_alias(registered, "champion")

    return move


def kills_a_worker(service: Served) -> Callable[[], None]:
    """Return what kills the youngest worker; the eldest shows how memory grows."""

    def kill() -> None:
        os.kill(max(service.workers), signal.SIGKILL)

    return kill


def restarts(server: Server) -> Callable[[], None]:
    """Return what stops a PostgreSQL server at once, as a crash does, and starts it again."""
    return lambda: server.restart(down_seconds=random.uniform(0.2, 2.0))


@contextmanager
def disk_of_the_lake(folder: Path) -> Iterator[Callable[[float], None] | None]:
    """Yield what makes a disk read-only for some seconds; None where no disk may be mounted."""
    folder.mkdir(parents=True)
    if _mount("-t", "tmpfs", "-o", "size=1g", "tmpfs", str(folder)):
        yield None
        return

    def read_only(seconds: float) -> None:
        _remount(folder, "ro")
        time.sleep(seconds)
        _remount(folder, "rw")

    try:
        yield read_only
    finally:
        subprocess.run(("umount", "-l", str(folder)), check=True, capture_output=True)


def _remount(folder: Path, how: str) -> None:
    """Change the disk; one that is just being written to is busy for a moment."""
    until = time.monotonic() + 10
    while _mount("-o", f"remount,{how}", str(folder)):
        if time.monotonic() > until:
            raise TimeoutError(f"the disk of the lake did not become {how}")
        time.sleep(0.01)


def _mount(*options: str) -> int:
    return subprocess.run(("mount", *options), check=False, capture_output=True).returncode


class Drains:
    """A process that drains the outboxes over and over, as Dagster's runs do."""

    def __init__(self, settings: Settings, tenants: list[Tenant], pause_seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._end: Event = context.Event()
        self._told: Queue[Counter[str]] = context.Queue()
        work = (settings, tenants, pause_seconds, self._end, self._told)
        self._process = context.Process(target=_drain_on, args=work)
        self._process.start()

    def end(self) -> Counter[str]:
        """Let it drain all that waits, and return its runs by outcome."""
        self._end.set()
        outcomes = self._told.get(timeout=300)
        self._process.join(60)
        return outcomes

    def kill(self) -> None:
        """Leave no process behind."""
        if self._process.is_alive():
            self._process.kill()


def _drain_on(
    settings: Settings,
    tenants: list[Tenant],
    pause_seconds: float,
    end: Event,
    told: "Queue[Counter[str]]",
) -> None:
    outcomes: Counter[str] = Counter()
    with Lake.open(settings) as lake:
        while not end.wait(pause_seconds):
            for tenant in tenants:
                outcomes[_drained(lake, tenant)] += 1
        for tenant in tenants:
            outcomes[f"last: {_drained(lake, tenant)}"] += 1
        lake.engine.close()
    told.put(outcomes)


def _drained(lake: Lake, tenant: Tenant) -> str:
    """Drain once; returns how it ended. What does not end well is tried again at the next turn."""
    try:
        return f"{len(drain(lake, tenant))} files"
    except AbcallError as error:
        return error.key
    except Exception as error:  # a store that is away mid-run
        return type(error).__name__
