"""MLflow's tracking and registry, one experiment a tenant, one registered name a model.

What a version holds stands in ``artifact``, how it is read in ``loaded``;
``mlflow.sklearn.load_model("models:/abcall.<tenant>.<model>@champion")`` loads it as well.
Everything goes through a client with its own address: MLflow's global state is left alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import TYPE_CHECKING, Literal

from foundation.errors import MissingPart, NotFound
from foundation.settings import Settings
from foundation.spelling import well_formed
from lakehouse.lineage import note_made
from lakehouse.refs import TABLE_NAME, TENANT_ID, safe_name
from models.artifact import MODEL_FILE, OUT_OF_FOLD, Entry, write_model
from models.champion import Champion, to_metadata
from models.loaded import MODEL_SHA256, digest, is_as_registered, is_there, loaded, local_copy
from models.tracking import client_of, experiment_at

if TYPE_CHECKING:
    import pyarrow as pa
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

Alias = Literal["champion", "challenger"]
CHAMPIONS = "champions"
"""Tag of a registered name: its champions' versions one after the other, the present one last."""
Lost = Literal["gone", "changed"]
NAMES_AT_ONCE = 1000


@dataclass(frozen=True)
class Registered:
    """A version as the registry holds it."""

    name: str
    version: str
    run_id: str


def registered_name(tenant_id: str, model: str) -> str:
    """Return the name under which a tenant's model is registered."""
    tenant = safe_name(tenant_id, TENANT_ID, "tenant")
    return f"abcall.{tenant}.{safe_name(model, TABLE_NAME, 'model')}"


def experiment_name(tenant_id: str) -> str:
    """Return the name of the experiment that holds a tenant's runs."""
    return f"abcall.{safe_name(tenant_id, TENANT_ID, 'tenant')}"


class Registry:
    """The models of an installation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def log(self, entry: Entry) -> Registered:
        """Log a run with its model, and register the model as a new version without alias."""
        from mlflow.entities import Metric, Param, RunTag

        client, now = self._client(), int(time() * 1000)
        name = registered_name(entry.tenant_id, entry.model)
        tags = to_metadata((), entry.provenance, entry.bands)
        tags |= {"model": entry.model, "mlflow.runName": name}
        run = client.create_run(self._experiment(entry.tenant_id))
        run_id: str = run.info.run_id
        client.log_batch(
            run_id,
            metrics=[Metric(key, value, now, 0) for key, value in entry.metrics.items()],
            params=[Param(key, value) for key, value in entry.parameters.items()],
            tags=[RunTag(key, value) for key, value in tags.items()],
        )
        with TemporaryDirectory() as folder:
            write_model(Path(folder), entry)
            client.set_tag(run_id, MODEL_SHA256, digest(Path(folder) / "model" / MODEL_FILE))
            client.log_artifacts(run_id, folder)
        client.set_terminated(run_id)
        source = f"{run.info.artifact_uri}/model"
        self._ensure_name(client, name)
        made = client.create_model_version(name, source=source, run_id=run_id)
        note_made(entry.tenant_id, f"model.{entry.model}", str(made.version))
        return Registered(name, str(made.version), run_id)

    def set_alias(self, registered: Registered, alias: Alias) -> None:
        """Point an alias at a version; a new champion is no challenger any more."""
        client, line = self._client(), self._champions(registered.name)
        client.set_registered_model_alias(registered.name, alias, registered.version)
        if alias == "challenger":
            return
        challenger = self._by_alias(registered.name, "challenger")
        if challenger is not None and str(challenger.version) == registered.version:
            client.delete_registered_model_alias(registered.name, "challenger")
        if line[-1:] != [registered.version]:
            self._keep_champions(registered.name, [*line, registered.version])

    def withdraw(self, tenant_id: str, model: str) -> None:
        """Let no version of a model speak any more; the versions stay."""
        name = registered_name(tenant_id, model)
        if self._by_alias(name, "champion") is not None:
            self._client().delete_registered_model_alias(name, "champion")

    def earlier(self, tenant_id: str, model: str) -> Champion:
        """Return the version that was champion before the present one.

        Raises
        ------
        NotFound
            There was none before, or it is gone.
        """
        name = registered_name(tenant_id, model)
        line = self._champions(name)
        found = self._by_version(name, line[-2]) if len(line) > 1 else None
        if found is None:
            raise NotFound("models.no_earlier_champion", model=model)
        return self._load(found)

    def champions(self, tenant_id: str, model: str) -> tuple[str, ...]:
        """Return the versions that were champions, the present one last."""
        return tuple(self._champions(registered_name(tenant_id, model)))

    def parameters(self, tenant_id: str, run_id: str) -> dict[str, str]:
        """Return what a training of the tenant's noted of itself.

        Raises
        ------
        NotFound
            The tenant has no such run.
        """
        return dict(self._run(tenant_id, run_id).data.params)

    def step_back(self, earlier: Champion) -> None:
        """Make the champion before the present one champion again."""
        client, line = self._client(), self._champions(earlier.name)
        client.set_registered_model_alias(earlier.name, "champion", earlier.version)
        self._keep_champions(earlier.name, line[:-1])

    def _champions(self, name: str) -> list[str]:
        """Return the versions that were champions, the present one last."""
        present = self._by_alias(name, "champion")
        if present is None:
            return []
        kept = self._client().get_registered_model(name).tags.get(CHAMPIONS)
        return [str(present.version)] if kept is None else str(kept).split(",")

    def _keep_champions(self, name: str, line: list[str]) -> None:
        self._client().set_registered_model_tag(name, CHAMPIONS, ",".join(line))

    def find(self, tenant_id: str, model: str, alias: Alias = "champion") -> Champion | None:
        """Return the version an alias points at now; None where there is none.

        The alias is looked up each time (some milliseconds); a version is loaded once.
        """
        name = registered_name(tenant_id, model)
        found = self._by_alias(name, alias)
        return None if found is None else self._load(found)

    def get(self, tenant_id: str, model: str, alias: Alias = "champion") -> Champion:
        """Return the version an alias points at now.

        Raises
        ------
        NotFound
            The tenant has no such model yet.
        """
        found = self.find(tenant_id, model, alias)
        if found is None:
            raise NotFound("models.no_champion", model=model)
        return found

    def champion_versions(self) -> dict[str, str]:
        """Return every registered name that has a champion, and its version: one look over all.

        Raises
        ------
        MissingPart
            The registry does not answer.
        """
        with _answering():
            client, token = self._client(), None
            found: dict[str, str] = {}
            while True:
                page = client.search_registered_models(max_results=NAMES_AT_ONCE, page_token=token)
                told = [(one.name, one.aliases.get("champion")) for one in page]
                found |= {name: str(version) for name, version in told if version is not None}
                token = page.token
                if not token:
                    return found

    def stamp(self) -> tuple[tuple[int, int], ...]:
        """Return time and size of the registry's files: what writes there changes them."""
        file = self._settings.mlflow_file
        return tuple(map(_stamp_of, (file, file.with_name(f"{file.name}-wal"))))

    def exact(self, tenant_id: str, model: str, version: str) -> Champion | Lost:
        """Return a version as it was registered, or say that it is gone or was changed since.

        A changed model's file is not opened: nobody knows what it would say.
        """
        found = self._by_version(registered_name(tenant_id, model), version)
        if found is None:
            return "gone"
        run = self._client().get_run(str(found.run_id))
        if not is_there(run):
            return "gone"
        return self._load(found) if is_as_registered(run) else "changed"

    def _by_version(self, name: str, version: str) -> "ModelVersion | None":
        from mlflow.exceptions import MlflowException

        try:
            return self._client().get_model_version(name, version)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise

    def require_reachable(self) -> None:
        """Ask the registry for one name.

        Raises
        ------
        MissingPart
            It does not answer; the cause says why.
        """
        with _answering():
            self._client().search_registered_models(max_results=1)

    def out_of_fold(self, tenant_id: str, run_id: str) -> "pa.Table":
        """Return the out-of-fold rows that a training of the tenant's kept.

        Raises
        ------
        NotFound
            The tenant has no such run.
        """
        import pyarrow.parquet as pq

        run = self._run(tenant_id, run_id)
        return pq.read_table(local_copy(run.info.artifact_uri, OUT_OF_FOLD))

    def _run(self, tenant_id: str, run_id: str) -> "Run":
        from mlflow.exceptions import MlflowException

        client = self._client()
        own = client.get_experiment_by_name(experiment_name(tenant_id))
        try:
            run = client.get_run(well_formed(run_id))
        except MlflowException as error:
            if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise
            raise NotFound("models.no_run", run=run_id) from error
        if own is None or run.info.experiment_id != own.experiment_id:
            raise NotFound("models.no_run", run=run_id)
        return run

    def _load(self, found: "ModelVersion") -> Champion:
        return loaded(self._settings, found)

    def _by_alias(self, name: str, alias: Alias) -> "ModelVersion | None":
        from mlflow.exceptions import MlflowException

        try:
            return self._client().get_model_version_by_alias(name, alias)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise

    def _client(self) -> "MlflowClient":
        return client_of(self._settings)

    def _experiment(self, tenant_id: str) -> str:
        folder = self._settings.mlflow_artifacts_dir / tenant_id
        return experiment_at(self._client(), experiment_name(tenant_id), folder)

    def _ensure_name(self, client: "MlflowClient", name: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise


@contextmanager
def _answering() -> Iterator[None]:
    """Tell a registry that does not answer as a part that is missing."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise MissingPart("models.no_registry") from error


def _stamp_of(file: Path) -> tuple[int, int]:
    try:
        told = file.stat()
    except FileNotFoundError:
        return (0, 0)
    return (told.st_mtime_ns, told.st_size)
