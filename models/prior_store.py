"""Where the parts of priors lie: each in its tenant's own experiment, and goes with it.

A prior is never stored: it is put together when a model is trained, from the tenants that agree at
that moment.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.versions import parse_version
from models.prior import FEWEST_TENANTS, Part, Prior
from models.registry import experiment_name
from models.tracking import client_of, experiment_at
from tenancy.actor import system_actor
from tenancy.tenants import list_tenants

if TYPE_CHECKING:
    from data_contracts.contract import Contract
    from foundation.settings import Settings
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

MODEL, MAJOR = "prior_part_of", "contract_major"
FILE = "prior_part.json"


@dataclass(frozen=True)
class Home:
    """The experiment of a tenant's parts, or of a vertical's generated ones."""

    experiment: str
    folder: str

    @classmethod
    def of(cls, tenant: "Tenant") -> "Home":
        """Return the experiment in which all of the tenant's runs lie."""
        return cls(experiment_name(tenant.id), tenant.id)

    @classmethod
    def generated(cls, vertical: str) -> "Home":
        """Return that of a vertical's generated companies; no tenant's id begins with a sign."""
        return cls(f"abcall-generated.{vertical}", f"_generated_{vertical}")


def keep_parts(
    settings: "Settings", home: Home, contract: "Contract", model: str, parts: Sequence[Part]
) -> None:
    """Keep the parts of a model; the newest hold."""
    client = client_of(settings)
    experiment = experiment_at(client, home.experiment, settings.mlflow_artifacts_dir / home.folder)
    run = client.create_run(experiment, tags={MODEL: model, MAJOR: _major(contract)})
    client.log_dict(run.info.run_id, {"parts": [asdict(part) for part in parts]}, FILE)
    client.set_terminated(run.info.run_id)


def forget_parts(settings: "Settings", home: Home) -> None:
    """Delete all parts that lie there: who withdraws, and agrees again, begins anew."""
    if not settings.mlflow_file.exists():
        return
    client = client_of(settings)
    experiment = client.get_experiment_by_name(home.experiment)
    if experiment is None:
        return
    for run in client.search_runs([experiment.experiment_id], f"tags.{MODEL} != ''"):
        client.delete_run(run.info.run_id)
    for file in (settings.mlflow_artifacts_dir / home.folder).rglob(FILE):
        file.unlink()


def find_parts(settings: "Settings", home: Home, contract: "Contract", model: str) -> list[Part]:
    """Return the newest parts of a model under a contract that means the same."""
    if not settings.mlflow_file.exists():
        return []
    client = client_of(settings)
    experiment = client.get_experiment_by_name(home.experiment)
    if experiment is None or experiment.lifecycle_stage != "active":
        return []
    runs = client.search_runs(
        [experiment.experiment_id],
        f"tags.{MODEL} = '{model}' and tags.{MAJOR} = '{_major(contract)}'",
        order_by=["attributes.start_time DESC"],
        max_results=1,
    )
    files = [Path(client.download_artifacts(run.info.run_id, FILE)) for run in runs]
    kept = [part for file in files for part in json.loads(file.read_text("utf-8"))["parts"]]
    return [Part(**part) for part in kept]


def prior_for(lake: "Lake", tenant: "Tenant", contract: "Contract", model: str) -> Prior | None:
    """Return what the vertical knows for this tenant, or None: never from its own rows.

    Of other tenants of the vertical that agree (``Tenant.prior_consent``); where they are too few,
    of generated data.
    """
    if contract.model(model).task != "binary":
        return None
    parts = [
        part
        for other in list_tenants(lake.store, system_actor("prior"))
        if other.prior_consent and other.vertical == tenant.vertical and other.id != tenant.id
        for part in find_parts(lake.settings, Home.of(other), contract, model)
    ]
    if len(parts) >= FEWEST_TENANTS:
        return Prior("tenants", tuple(parts))
    made = find_parts(lake.settings, Home.generated(tenant.vertical), contract, model)
    return Prior("generated", tuple(made)) if made else None


def _major(contract: "Contract") -> str:
    return str(parse_version(contract.version).major)
