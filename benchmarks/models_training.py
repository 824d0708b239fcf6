"""How long all models of a tenant take to train, and sixty tenants a night.

A generated company (``simulation.demo_telecom``) goes through the one door; gold is made before the
clock starts. Each model of the contract is chosen, judged by nested folds, fitted, logged and
registered, as in service; then everyone is scored, watched and decided on.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.table import Line
from cli.demo_data import deliver, prepare
from foundation.settings import Settings
from lakehouse.lake import Lake
from simulation import demo_telecom
from tenancy.bootstrap import open_store, staff_actor
from tenancy.keys import Keyring
from tenancy.tenant import Tenant

SEED = 20261126
FULL = (2.8, 10.2)
"""Scale and incidents a customer: 7,000 customers and 50,000 incidents."""
QUICK = (0.4, 3.5)
MOST_SECONDS = 120.0
TENANTS, NIGHT_HOURS = 60, 8.0
Timed = tuple[str, float, float]
"""What was done, seconds on the clock, seconds of processors."""


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.at(Path(folder) / "data")
        open_store(settings).close()
        with Lake.open(settings) as lake:
            Keyring(settings, lake.store).create_master()
            tenant, sizes = _company(lake, Path(folder), *(QUICK if quick else FULL))
            trained, afterwards = _trained(lake, tenant), _afterwards(lake, tenant)
    told = f"{sizes['customer']:,} customers, {sizes['incident']:,} incidents"
    return _figures(trained, afterwards, told, quick=quick), [NOTE]


NOTE = (
    "One process, learning on one thread. Seconds of processors tell how much of the clock others "
    "on the machine took. A night's arithmetic: what one tenant takes from gold to decisions, "
    f"{TENANTS} times over, one after the other, within {NIGHT_HOURS:g} hours."
)


def _company(
    lake: Lake, folder: Path, scale: float, incidents_each: float
) -> tuple[Tenant, dict[str, int]]:
    """Generate a company, deliver its files, and make its gold; return it with its sizes."""
    from ingestion.gold.refine import refine

    generator = np.random.default_rng(SEED)
    made = demo_telecom.generate(generator, folder / "files", scale, incidents_each)
    tenant, _ = prepare(lake, made)
    actor = staff_actor(lake.store)
    for delivery in made.deliveries:
        deliver(lake, tenant, actor, delivery)
    refine(lake, tenant)
    customers = lake.arrow(lake.ref(tenant, "gold", "customer"), ["person_token"])
    incidents = lake.arrow(lake.ref(tenant, "gold", "incident"), ["incident_id"])
    persons = len(customers["person_token"].unique())
    return tenant, {"customer": persons, "incident": incidents.num_rows}


def _trained(lake: Lake, tenant: Tenant) -> list[Timed]:
    from models.offer_train import train_offers
    from models.train import train

    contract = lake.contract_of(tenant)
    steps: dict[str, Callable[[], object]] = {
        model.name: partial(train, lake, tenant, model.name, contract=contract)
        for model in contract.models
    }
    steps["offers"] = partial(train_offers, lake, tenant, contract)
    return [_timed(name, step) for name, step in steps.items()]


def _afterwards(lake: Lake, tenant: Tenant) -> Timed:
    from models.refresh import refresh

    return _timed("gold, scores, watch and decisions", lambda: refresh(lake, tenant))


def _timed(name: str, step: Callable[[], object]) -> Timed:
    clock, processors = time.perf_counter(), time.process_time()
    step()
    return name, time.perf_counter() - clock, time.process_time() - processors


def _figures(trained: list[Timed], after: Timed, told: str, *, quick: bool) -> list[Line]:
    seconds = sum(one[1] for one in trained)
    busy = sum(one[2] for one in trained)
    whole = (seconds + after[1]) * TENANTS / 3600
    most = None if quick else MOST_SECONDS
    return [
        *(Line(f"training {n}", clock, configuration=_of(cpu, told)) for n, clock, cpu in trained),
        Line("training all models of a tenant", seconds, most=most, configuration=_of(busy, told)),
        Line(f"then {after[0]}", after[1], configuration=_of(after[2], told)),
        Line(
            f"{TENANTS} tenants, one after the other",
            whole,
            unit="h",
            most=None if quick else NIGHT_HOURS,
            configuration=f"{TENANTS} × {seconds + after[1]:.0f} s",
        ),
    ]


def _of(processors: float, told: str) -> str:
    return f"{told}; {processors:.0f} s of processors"
