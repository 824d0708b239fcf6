"""Parts of a prior from generated companies: an installation made for them and thrown away."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cli.demo_data import deliver, prepare
from cli.tenants import initialise
from foundation.errors import NotEnoughData
from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.bootstrap import staff_actor

if TYPE_CHECKING:
    from models.prior import Part
    from simulation.delivery import GeneratedTenant

SEED = 2013
"""Not the demonstration's: its companies shall not begin with what they themselves are."""


def generated_parts(vertical: str, scale: float, contract_dirs: tuple[Path, ...] = ()) -> "Parts":
    """Return, for each model of a vertical, what its generated companies say; empty without any.

    Parameters
    ----------
    scale
        Size of the companies: at 1 some 2,500 customers each.
    """
    from simulation.demo import generate_demo

    found: Parts = {}
    with TemporaryDirectory() as folder:
        settings = replace(Settings.at(Path(folder) / "data"), contract_dirs=contract_dirs)
        initialise(settings)
        companies = generate_demo(Path(folder) / "files", seed=SEED, scale=scale)
        with Lake.open(settings) as lake:
            for made in companies:
                if made.vertical == vertical:
                    _learn(lake, made, found)
    return found


def _learn(lake: Lake, made: "GeneratedTenant", found: "Parts") -> None:
    """Send a company's files through the door, and learn a part of each model there is data for."""
    from ingestion.gold.refine import refine
    from models.prior_train import learn_part

    staff = staff_actor(lake.store)
    tenant, _ = prepare(lake, made)
    for delivery in made.deliveries:
        deliver(lake, tenant, staff, delivery)
    refine(lake, tenant)
    for model in lake.contract_of(tenant).models:
        if model.task != "binary":
            continue
        try:
            found.setdefault(model.name, []).append(learn_part(lake, tenant, model.name))
        except NotEnoughData:
            continue  # a bare snapshot has no incidents: the other companies speak of them


Parts = dict[str, list["Part"]]
