"""Surfaces of the model registry: names, versions, runs and what they keep."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.text_set import one_text
from models.artifact import MODEL_FILE, OUT_OF_FOLD
from models.loaded import MODEL_SHA256
from models.registry import Registry, experiment_name, registered_name
from models.tracking import client_of
from tenancy.tenant import Tenant
from tests.isolation.attempts import Surface, owned
from tests.isolation.house import House

ROOM = "models"


def registered(house: House, of: Tenant) -> dict[str, str]:
    """Register a model of a tenant's, once: its file is not what the run says, so none opens it."""
    owned = house.owned[of.id]
    if "run" in owned:
        return owned
    client, model = client_of(house.lake.settings), f"only_{of.id}"
    folder = house.lake.settings.mlflow_artifacts_dir / of.id
    run = client.create_run(
        client.create_experiment(experiment_name(of.id), artifact_location=folder.as_uri())
    )
    aside = house.folder / f"model_{of.id}"
    (aside / "model").mkdir(parents=True)
    (aside / "model" / MODEL_FILE).write_bytes(b"changed")
    path = Path(aside / OUT_OF_FOLD)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"person": [of.id]}), path)
    client.log_artifacts(run.info.run_id, str(aside))
    client.set_tag(run.info.run_id, MODEL_SHA256, "another")
    name = registered_name(of.id, model)
    client.create_registered_model(name)
    client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    owned |= {"run": str(run.info.run_id), "model": model}
    return owned


def kept_rows(house: House, asker: Tenant, run: str) -> int:
    return Registry(house.lake.settings).out_of_fold(asker.id, run).num_rows


def version_one(house: House, asker: Tenant, model: str) -> bool:
    return Registry(house.lake.settings).exact(asker.id, model, "1") != "gone"


def words_of(house: House, asker: Tenant, incident: str) -> object:
    return one_text(house.lake, asker, house.lake.contract_of(asker), incident)


SURFACES: tuple[Surface, ...] = (
    Surface(ROOM, "out-of-fold rows of a run",
            lambda h, of: registered(h, of)["run"], kept_rows, "0" * 32),
    Surface(ROOM, "version of a model",
            lambda h, of: registered(h, of)["model"], version_one, "only_delta"),
    owned(ROOM, "incident that is answered", "case", words_of, "CASE-delta"),
)  # fmt: skip
