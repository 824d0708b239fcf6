"""When customers leave, from gold to ``gold.timing``: learned, judged, told once, and erased."""

import random
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from features.duration_set import duration_set
from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from models.batch import score_current
from models.hazard import Hazard
from models.registry import Registry
from models.timing import Timed
from models.train import train
from tests.silver_rows import ACME, TELECOM, Rows, day, lake_at, write_silver

pytestmark = pytest.mark.slow
PERSONS, LENGTH = 900, 360


def customers(hazards: dict[str, float], seed: int = 5) -> Rows:
    """Return customers of a year who leave at a constant chance a month by their contract."""
    chance, rows = random.Random(seed), []
    for n in range(PERSONS):
        contract = ["month_to_month", "two_year"][n % 2]
        rate = -np.log1p(-hazards[contract]) / 30
        left = 60 + chance.expovariate(rate)
        row: dict[str, object] = {
            "person_token": f"t{n:04d}",
            "valid_from": day(0),
            "signup_at": day(-(n * 37 % 900)),
            "contract_type": contract,
            "tenure_months": n % 60,
        }
        if left < LENGTH:
            at = day(left)
            rows.append(row | {"valid_to": at})
            row |= {"valid_from": at, "churned": True, "churned_at": at}
        rows.append(row)
    return rows


def made(lake: Lake, hazards: dict[str, float], commit: str = "first") -> None:
    write_silver(lake, ACME, "customers", customers(hazards), commit)
    refine(lake, ACME)


def test_when_customers_leave_is_learned_and_told_once_and_only_while_it_is_known(tmp_path: Path):
    with lake_at(tmp_path) as lake:
        lake.keys.create_master()
        made(lake, {"month_to_month": 0.2, "two_year": 0.03})
        found = duration_set(lake, ACME, TELECOM, "churn")
        assert found is not None
        assert 0 < found.happened.mean() < 1
        assert found.days.min() > 0
        assert len(np.unique(found.as_of)) <= 6

        trained = train(lake, ACME, "churn")
        assert isinstance(trained.timing, Timed)
        assert trained.timing.version == "1"
        assert trained.timing.metrics["integrated_brier_difference"].high < 0
        assert trained.timing.metrics["concordance"].value > 0.6
        assert "también se sabe cuándo" in trained.timing.say("es")

        run = score_current(lake, ACME, "churn")
        ref = lake.ref(ACME, "gold", "timing")
        rows = lake.arrow(ref)
        assert rows.num_rows == run.scored
        score_current(lake, ACME, "churn")
        assert lake.arrow(ref).num_rows == run.scored
        scores = lake.arrow(lake.ref(ACME, "gold", "score")).to_pylist()
        said = {row["person_token"]: row["probability"] for row in scores}
        for row in rows.to_pylist():
            assert row["probabilities"][0] == pytest.approx(said[row["person_token"]], abs=1e-5)
        _true_chances(lake, rows.to_pylist())

        judged = Registry(lake.settings).out_of_fold(ACME.id, _champion_run(lake))
        assert {"person", "days", "happened", "survival"} <= set(judged.column_names)

        # The same customers, whom nothing tells apart any more: the model says nothing more.
        made(lake, {"month_to_month": 0.08, "two_year": 0.08}, "again")
        trained = train(lake, ACME, "churn")
        assert isinstance(trained.timing, Timed)
        assert trained.timing.version == ""
        assert "no se dice cuándo" in trained.timing.say("es")
        assert Registry(lake.settings).find(ACME.id, "churn_timing") is None
        score_current(lake, ACME, "churn")
        assert lake.arrow(ref).num_rows == run.scored


def _champion_run(lake: Lake) -> str:
    champion = Registry(lake.settings).get(ACME.id, "churn_timing")
    pipeline: object = champion.pipeline
    assert isinstance(pipeline, Hazard)
    return champion.run_id


def _true_chances(lake: Lake, rows: list[dict[str, object]]) -> None:
    """Compare what is told of both kinds of customers with the hazards they were made of."""
    current = lake.arrow(lake.ref(ACME, "gold", "customer"), where=pc.field("is_current"))
    contract = dict(
        zip(current["person_token"].to_pylist(), current["contract_type"].to_pylist(), strict=True)
    )
    for kind, hazard in (("month_to_month", 0.2), ("two_year", 0.03)):
        told = [row for row in rows if contract[str(row["person_token"])] == kind]
        for place, days in enumerate(told[0]["days"]):
            mean = np.mean([row["probabilities"][place] for row in told])
            assert mean == pytest.approx(1 - (1 - hazard) ** (days / 30), abs=0.08), (kind, days)
