"""Quality once labels arrive: what a champion said in September against October's customers."""

import numpy as np
import pytest

from foundation.settings import Settings
from ingestion.receive import receive
from lakehouse.lake import Lake
from models.refresh import refresh
from models.watch import Watched, watch
from simulation import demo_telecom
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.blank_store import new_mlflow_store
from tests.demo_lake import STAFF, mapping_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Watched, Watched]:
    """Return the watch over churn when it began, and once two more months had been sent."""
    folder = tmp_path_factory.mktemp("labels")
    settings = Settings.at(folder / "data")
    new_mlflow_store(settings)
    made = demo_telecom.generate(np.random.default_rng(3), folder / "files", 1.2)
    tenant = Tenant("andina", made.name, made.vertical, made.plan, made.language, made.currency)
    with Lake.open(settings) as lake:
        open_store(settings).close()
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, tenant)
        found = []
        contract = lake.contract_of(tenant)
        for delivery in (d for d in made.deliveries if d.table == "customers"):
            mapping = mapping_of(contract, delivery)
            receive(lake, tenant, STAFF, delivery.path, delivery.table, mapping=mapping)
            refresh(lake, tenant)
            found.append(watch(lake, tenant, "churn"))
    return found[0], found[1]


def test_before_a_horizon_is_over_no_quality_is_told(watched: tuple[Watched, Watched]):
    assert watched[0].findings == ()


def test_stored_scores_are_held_against_what_became_of_those_scored(
    watched: tuple[Watched, Watched],
):
    told = {one.feature: one for one in watched[1].findings if one.kind == "quality"}
    assert set(told) == {"discrimination", "calibration"}
    auc, share = told["discrimination"], told["calibration"]
    assert 0.6 < auc.now_value < 1
    assert auc.then_value == pytest.approx(auc.now_value, abs=0.15)
    assert 0 < share.now_value < 0.3
    assert auc.now_rows > 500


def test_quality_that_holds_raises_no_alarm(watched: tuple[Watched, Watched]):
    assert not [one for one in watched[1].findings if one.kind == "quality" and one.alarm]
