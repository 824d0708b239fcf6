"""What MLflow keeps of a person, and of a tenant, goes; everybody else's stays comparable."""

from collections.abc import Callable, Iterator

import pytest

from features.shapes import TrainingSet
from lakehouse.lake import Lake
from models.compare import compare
from models.forget import forget_judged, forget_models
from models.registry import Registry
from models.tracking import client_of
from tests.blank_store import new_mlflow_store
from tests.ingestion_lake import TENANT, installation
from tests.unit.models.conftest import declaration
from tests.unit.models.test_models_replay import registered

Make = Callable[..., TrainingSet]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, make: Make) -> Iterator[Lake]:
    with Lake.open(installation(tmp_path_factory.mktemp("forget"))) as lake:
        new_mlflow_store(lake.settings)
        registered(lake.settings, "churn", make(200))
        yield lake


def test_a_persons_judged_rows_go_and_a_challenger_is_still_compared(lake: Lake):
    registry = Registry(lake.settings)
    champion = registry.get(TENANT.id, "churn")
    before = registry.out_of_fold(TENANT.id, champion.run_id)
    assert forget_judged(lake.settings, TENANT.id, ["p3", "p7", "nobody"]) == 2
    after = registry.out_of_fold(TENANT.id, champion.run_id)
    assert after.num_rows == before.num_rows - 2
    assert compare(declaration(), before, after).passed
    assert forget_judged(lake.settings, TENANT.id, ["p3", "p7"]) == 0
    assert forget_judged(lake.settings, "globex", ["p4"]) == 0


@pytest.mark.slow
def test_a_tenants_models_runs_and_artefacts_go(lake: Lake):
    folder = lake.settings.mlflow_artifacts_dir / TENANT.id
    assert any(folder.rglob("*"))
    assert forget_models(lake.settings, TENANT.id) > 3
    assert not folder.exists()
    client = client_of(lake.settings)
    assert not list(client.search_registered_models())
    assert Registry(lake.settings).find(TENANT.id, "churn") is None
    assert forget_models(lake.settings, TENANT.id) == 0
