"""Casework of a city council by the real door: every row accounted for, late answers foretold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.compute as pc
import pytest

from foundation.settings import Settings
from ingestion.preview import preview
from ingestion.receipt import Receipt
from ingestion.receive import receive
from lakehouse.lake import Lake
from models.batch import ScoreRun
from models.refresh import Refreshed, refresh
from models.timing import Timed
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.upload import OUTCOMES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
FILE = "complaints_nyc_council/nycomplaints_sample40k.csv"
COUNCIL = Tenant(
    "council",
    "City council",
    "public_services",
    language="en",
    currency="USD",
    time_zone="America/New_York",
)
STAFF = Actor("staff:test", "staff", None, frozenset({"manager", "uploader"}))
YOUNG = "2024-04-08"
"""The data end on the 22nd: cases since this day are within their term of 15 days."""


@dataclass
class Council:
    """The council's data after one upload and what follows it."""

    lake: Lake
    mapping: dict[str, str]
    receipt: Receipt
    refreshed: Refreshed

    @property
    def run(self) -> ScoreRun:
        return next(r for r in self.refreshed.scored if r.model == "incident_risk")


@pytest.fixture(scope="module")
def council(
    real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Council]:
    settings = Settings.at(tmp_path_factory.mktemp("council") / "data")
    settings.data_dir.mkdir()
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        lake.keys.create_master()
        create_tenant(lake.store, STAFF, COUNCIL)
        path = real_data(FILE)
        proposed = preview(lake, COUNCIL, path, "incidents").proposal.mapping
        mapping = replace(proposed, columns=proposed.columns | {"account": "office"})
        receipt = receive(lake, COUNCIL, STAFF, path, "incidents", mapping=mapping)
        yield Council(lake, proposed.columns, receipt, refresh(lake, COUNCIL))


def test_the_headers_are_known_but_for_the_office_which_a_person_names(council: Council):
    assert council.mapping.pop("account", None) != "office"
    assert council.mapping == {
        "unique_key": "incident_id",
        "opendate": "opened_at",
        "closedate": "closed_at",
        "complaint_type": "product",
        "descriptor": "subject",
        "zip": "postal_code",
        "borough": "borough",
        "city": "case_city",
        "council_dist": "district",
        "community_board": "community_board",
    }


def test_every_row_is_accounted_for(council: Council):
    counts = council.receipt.upload.counts
    assert counts["rows"] == 40_000
    assert sum(counts.get(name, 0) for name in OUTCOMES) == 40_000
    assert counts["inserted"] == 39_997
    assert counts.get("quarantined", 0) == 0
    gold = council.lake.arrow(council.lake.ref(COUNCIL, "gold", "incident"))
    assert gold.num_rows == 39_997
    assert gold["closed_at"].null_count == 1_685


def test_late_answers_are_foretold_from_what_is_known_at_intake(council: Council):
    (trained,) = council.refreshed.trained
    assert (trained.model, trained.split) == ("incident_risk", "time")
    metrics = trained.metrics
    assert 0.3 < metrics["base_rate"].value < 0.6
    assert metrics["auc"].low > 0.6
    assert metrics["average_precision"].low > metrics["base_rate"].high
    assert metrics["brier"].high < metrics["base_rate_brier"].low
    assert [band.from_probability for band in trained.bands] == [0.0, 0.3, 0.5, 0.7]


def test_open_cases_are_not_dropped(council: Council):
    """Those over their term are learned from as late; the young ones are scored."""
    opened = pc.field("closed_at").is_null()
    gold = council.lake.arrow(council.lake.ref(COUNCIL, "gold", "incident"), where=opened)
    days = pc.strftime(gold["opened_at"], "%Y-%m-%d").to_pylist()
    kept = council.lake.arrow(council.lake.ref(COUNCIL, "features", "incident_risk_training"))
    learned = kept.filter(pc.is_in(kept["entity_id"], gold["incident_id"]))
    assert set(learned["label"].to_pylist()) == {1.0}
    assert learned.num_rows == sum(day < YOUNG for day in days)
    assert council.run.scored == sum(day >= YOUNG for day in days) > 0


def test_days_to_close_are_told_beside_the_score(council: Council):
    (trained,) = council.refreshed.trained
    assert isinstance(trained.timing, Timed)
    assert trained.timing.version == "1"
    assert trained.timing.metrics["concordance"].value > 0.6
    rows = council.lake.arrow(council.lake.ref(COUNCIL, "gold", "timing")).to_pylist()
    assert len(rows) == council.run.scored
    for row in rows:
        assert row["probabilities"] == sorted(row["probabilities"])
