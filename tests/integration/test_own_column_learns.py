"""A rescued column becomes a feature: the right value at the right time, and a better model."""

import random
from dataclasses import replace
from datetime import datetime

import pytest

from features.build import build, declared
from features.gold import read_gold
from features.training_set import training_set
from foundation.errors import NotFound
from ingestion.evolution.own_columns import accept, propose, withdraw
from ingestion.evolution.redrive import redrive
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from models.compatible import compatible_champion
from models.refresh import refresh
from models.train import train
from tenancy.actor import Actor
from tests.blank_store import new_mlflow_store
from tests.ingestion_lake import CUSTOMERS, TENANT, Door

STAFF = Actor("staff:test", "staff", None, frozenset({"manager"}))
PERSONS = 400


@pytest.fixture(autouse=True)
def _can_learn(door: Door) -> None:
    new_mlflow_store(door.lake.settings)


def send(door: Door, header: str, *rows: str) -> None:
    columns = {h: CUSTOMERS[h] for h in header.split(",") if h in CUSTOMERS}
    mapping = Mapping(columns, "natural", "column" if "left" in columns else None, "increment")
    door.send(door.write([header, *rows]), "customers", mapping)


def score_at(door: Door, *moments: datetime) -> list[object]:
    """Return the feature of customer A as of each moment."""
    refine(door.lake, TENANT)
    gold, contract = read_gold(door.lake, TENANT), door.lake.contract_of(TENANT)
    (token,) = gold["customer"].toArrow()["person_token"].unique().to_pylist()
    schema = "entity_id string, person_token string, as_of_at timestamp"
    rows = [(token, token, moment) for moment in moments]
    grid = door.lake.engine.session.createDataFrame(rows, schema)
    frame = build(gold, declared(contract.model("churn"), contract), grid, "UTC")
    found: list[object] = door.lake.engine.arrow(frame).sort_by("as_of_at")["score"].to_pylist()
    return found


@pytest.mark.slow
def test_as_of_each_moment_it_has_what_the_upload_of_then_brought(door: Door):
    send(door, "id,since,months,score", "A,2024-01-01,1,10")
    send(door, "id,since,months,score", "A,2024-03-01,3,30")
    accept(door.lake, STAFF, TENANT, propose(door.lake, STAFF, TENANT, "customers", "score").column)
    moments = [datetime(2024, month, 15) for month in (1, 2, 3)]
    assert score_at(door, *moments) == [10.0, 10.0, 30.0]
    send(door, "id,since,months,score", "A,2024-02-10,2,99")  # late, and mapped without the score
    assert redrive(door.lake, TENANT, ["customers"])
    assert score_at(door, *moments) == [10.0, 99.0, 30.0], "as if it had been sent today"
    column = door.lake.contract_of(TENANT).table("customers").column("score")
    assert (column.role, column.type) == ("measure", "integer")


def dirty_people(random_state: random.Random) -> list[str]:
    """Return customers whose leaving follows a column that the contract does not know."""
    rows = []
    for number in range(PERSONS):
        risk = random_state.gauss(0, 1)
        left = random_state.random() < 1 / (1 + 2.7 ** (-2.2 * risk))
        months, charge = random_state.randrange(60), random_state.randrange(20, 90)
        rows.append(f"P{number},{months},{charge},{'yes' if left else 'no'},{50 + 10 * risk:.1f}")
    return rows


@pytest.mark.slow
def test_training_uses_it_and_predicts_better_and_withdrawn_its_champion_is_retrained(door: Door):
    rows = dirty_people(random.Random(7))
    send(door, "id,months,charge,left,Riesgo Interno", *rows)
    refine(door.lake, TENANT)
    before = train(door.lake, TENANT, "churn").metrics["auc"].value
    column = propose(door.lake, STAFF, TENANT, "customers", "riesgo interno").column
    assert (column.name, column.type, column.role) == ("riesgo_interno", "number", "measure")
    accept(door.lake, STAFF, TENANT, column)
    refine(door.lake, TENANT)
    contract = door.lake.contract_of(TENANT)
    learned = training_set(door.lake, TENANT, contract, "churn")
    sent = sorted(float(row.rsplit(",", 1)[1]) for row in rows)
    assert sorted(record["riesgo_interno"] for record in learned.records) == sent
    after = train(door.lake, TENANT, "churn")
    assert after.alias == "champion"
    assert after.metrics["auc"].value > max(before, 0.5) + 0.2
    words = replace(column, type="string", minimum=None, maximum=None)
    accept(door.lake, STAFF, TENANT, words)
    with pytest.raises(NotFound, match="no longer holds"):  # numbers are what it learned from
        compatible_champion(door.lake.settings, TENANT, door.lake.contract_of(TENANT), "churn")
    withdraw(door.lake, STAFF, TENANT, "customers", "riesgo_interno")
    with pytest.raises(NotFound, match="no longer holds"):
        compatible_champion(door.lake.settings, TENANT, door.lake.contract_of(TENANT), "churn")
    done = refresh(door.lake, TENANT)
    assert done.incompatible == ["churn"]
    (retrained,) = (made for made in done.trained if made.model == "churn")
    assert retrained.alias == "champion"
    assert abs(retrained.metrics["auc"].value - before) < 0.1
