"""A real file through the whole room: uploaded, refined, trained, scored, and nothing doubled."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from foundation.settings import Settings
from ingestion.receive import receive
from lakehouse.lake import Lake
from models.batch import score_current
from models.refresh import refresh
from models.train import train
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.blank_store import new_mlflow_store, new_store


@pytest.mark.slow
def test_ibm_telco_as_it_is_becomes_a_champion_and_scores(
    real_data: Callable[[str], Path], tmp_path: Path
):
    settings = Settings.at(tmp_path / "data")
    new_store(settings)
    new_mlflow_store(settings)
    tenant = Tenant("acme", "Acme", "telecom")
    staff = Actor("staff:test", "staff", None, frozenset({"manager", "uploader"}))
    with Lake.open(settings) as lake:
        lake.keys.create_master()
        create_tenant(lake.store, staff, tenant)
        path = real_data("churn_ibm_telco/Telco-Customer-Churn.csv")
        receive(lake, tenant, staff, path, "customers")

        first = refresh(lake, tenant)
        assert [made.alias for made in first.trained] == ["champion"]
        assert first.trained[0].metrics["auc"].value >= 0.84
        assert [left.model for left in first.left_out] == ["incident_risk"]
        assert "incidents" in first.left_out[0].say("en")

        again = refresh(lake, tenant)
        assert again.trained == []
        assert [run.already for run in again.scored] == [True]
        scores = lake.arrow(lake.ref(tenant, "gold", "score"))
        assert scores.num_rows == first.scored[0].scored == 7043 - 1869
        assert set(Counter(scores.column("person_token").to_pylist()).values()) == {1}
        assert sum(scores.column("money_at_risk").to_pylist(), Decimal()) == (
            first.scored[0].money_at_risk
        )
        assert all(0 < len(reasons) <= 5 for reasons in scores.column("reasons").to_pylist())

        second = train(lake, tenant, "churn")
        assert (second.version, second.alias) == ("2", "champion")
        assert not score_current(lake, tenant, "churn").already
        quality = lake.arrow(lake.ref(tenant, "gold", "model_quality"))
        assert quality.column("metric").to_pylist().count("auc") == 2
