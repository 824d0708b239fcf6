"""A real installation to serve from: one trained tenant, and its models for as many as are asked.

The first tenant is the demonstration's telecom company: its files went through the door, its
models were trained. Each other tenant has the same versions under its own names, as if it had
trained them; it has no customers yet.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.installation import ACTOR, make_installation
from data_contracts.contract import Contract
from foundation.ports import free_port
from foundation.settings import MIB, Settings
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.proposal import propose_mapping
from ingestion.reading import read_file
from ingestion.receive import receive
from lakehouse.lake import Lake
from models.refresh import refresh
from models.registry import Registered, Registry, registered_name
from models.tracking import client_of
from simulation.delivery import Delivery
from simulation.demo import generate_demo
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.tenant import Tenant

ROOT = Path(__file__).resolve().parents[1]
MANAGER = Actor("staff:benchmark", "staff", None, frozenset({"manager"}))
SCOPES = ("score", "feed", "read")
SCALE, ROUNDS = 0.15, 2
LIMIT_BYTES = 64 * MIB
START_SECONDS = 180


@dataclass(frozen=True)
class ServedHouse:
    """What a benchmark of the service asks.

    Attributes
    ----------
    keys
        Secret of each tenant's key, in the order of ``tenants``.
    customer_ids
        Customers of the first tenant, as its files write them.
    """

    settings: Settings
    tenants: Sequence[Tenant]
    keys: Sequence[str]
    customer_ids: Sequence[str]


def make_house(
    folder: Path,
    tenants: int,
    *,
    store_url: str | None = None,
    lake_url: str = "",
    scale: float = SCALE,
    rounds: int = ROUNDS,
    learn: Callable[[Lake, Tenant], object] = refresh,
) -> ServedHouse:
    """Make the installation: a minute or so of training, then a second a tenant.

    Parameters
    ----------
    rounds
        Deliveries of each table that the first tenant sends.
    learn
        Makes gold and champions of them.
    """
    names = [f"t{number:02d}" for number in range(tenants)]
    settings, made = make_installation(folder / "data", *names, store_url=store_url)
    settings = replace(settings, lake_url=lake_url)
    andina = generate_demo(folder / "files", scale=scale)[0]
    with Lake.open(settings) as lake:
        contract = lake.contract_of(made[0])
        for delivery in _of_rounds(andina.deliveries, rounds):
            mapping = _mapping(contract, delivery)
            receive(lake, made[0], ACTOR, delivery.path, delivery.table, mapping=mapping)
        learn(lake, made[0])
        give_models(settings, made[0], made[1:])
        keys = [issue_key(lake.store, MANAGER, tenant, SCOPES).secret for tenant in made]
        customers = _customer_ids(andina.deliveries)
        lake.engine.close()
    return ServedHouse(settings, made, keys, customers)


def _of_rounds(deliveries: Sequence[Delivery], rounds: int) -> list[Delivery]:
    tables = [one.table for one in deliveries]
    return [one for n, one in enumerate(deliveries) if tables[:n].count(one.table) < rounds]


def give_models(settings: Settings, source: Tenant, others: Sequence[Tenant]) -> None:
    """Register a tenant's champions under others' names, each as a version of its own."""
    client, registry = client_of(settings), Registry(settings)
    prefix = registered_name(source.id, "x")[:-1]
    for name, version in registry.champion_versions().items():
        if not name.startswith(prefix):
            continue
        found = client.get_model_version(name, version)
        for tenant in others:
            own = registered_name(tenant.id, name.removeprefix(prefix))
            client.create_registered_model(own)
            given = client.create_model_version(own, source=str(found.source), run_id=found.run_id)
            registry.set_alias(Registered(own, str(given.version), str(found.run_id)), "champion")


def _mapping(contract: Contract, delivery: Delivery) -> ColumnMapping:
    """Return the mapping that the tenant would choose, with the values proposed for it."""
    hints, raw = delivery.hints, read_file(delivery.path, delivery.path.name, LIMIT_BYTES)
    proposed = propose_mapping(contract.table(delivery.table), raw, contract).mapping
    values = {c: v for c, v in proposed.values.items() if c in hints.columns.values()}
    return ColumnMapping(hints.columns, hints.key, hints.label, hints.upload, values)


def _customer_ids(deliveries: Sequence[Delivery]) -> list[str]:
    first = next(one for one in deliveries if one.table == "customers")
    raw = read_file(first.path, first.path.name, LIMIT_BYTES)
    source = next(s for s, target in first.hints.columns.items() if target == "customer_id")
    return [value for value in raw.rows[source].to_pylist() if value and value.strip()]


@dataclass(frozen=True)
class Served:
    """A running service."""

    process: "subprocess.Popen[bytes]"
    port: int

    @property
    def workers(self) -> list[int]:
        """Process ids of the workers that live now."""
        parent = self.process.pid
        return [int(p) for p in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    def memory_mib(self) -> dict[int, float]:
        """Return the resident memory of each worker."""
        found = {}
        for worker in self.workers:
            told = Path(f"/proc/{worker}/statm")
            with suppress(OSError):  # it may just have ended
                pages = int(told.read_text().split()[1])
                found[worker] = pages * os.sysconf("SC_PAGE_SIZE") / MIB
        return found

    def cpu_seconds(self) -> float:
        """Return the processor time that the workers have taken so far."""
        ticks = 0
        for worker in self.workers:
            told = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
            ticks += int(told[11]) + int(told[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    settings: Settings,
    log: Path,
    *,
    workers: int = 1,
    core: int | None = None,
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """Run the service, and yield it when it is ready; ``core`` is the only one that it may use."""
    port = port or free_port()
    command = [sys.executable, "-m", "serving", "--port", str(port), "--workers", str(workers)]
    pinned = ["taskset", "-c", str(core), *command] if core is not None else command
    own = {
        "ABCALL_DATA": str(settings.data_dir),
        "ABCALL_STORE_URL": settings.store_url,
        "ABCALL_LAKE_URL": settings.lake_url,
    }
    with log.open("ab") as told:
        process = subprocess.Popen(
            pinned, cwd=ROOT, env=os.environ | own | dict(environment or {}), stderr=told
        )
    try:
        _wait_until_ready(process, port, log)
        yield Served(process, port)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{port}/ready", timeout=60).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the service was not ready:\n{log.read_text(errors='replace')[-3000:]}")
