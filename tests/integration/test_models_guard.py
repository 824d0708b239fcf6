"""A column that gives the outcome away stays out of the model until a person says otherwise."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from cli.main import run
from features.training_set import training_set
from foundation.errors import NotFound
from foundation.settings import Settings
from ingestion.evolution.own_columns import accept, propose
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from models.guard import clear, guarded
from models.train import train
from tenancy.actor import Actor
from tenancy.audit import entries
from tests.blank_store import new_mlflow_store
from tests.ingestion_lake import CUSTOMERS, TENANT, Door

STAFF = Actor("staff:test", "staff", None, frozenset({"manager"}))
PERSONS = 400
HEADER = "id,months,charge,left,exit_score"


def people() -> list[str]:
    """Return customers who leave for two reasons, and a score that was given to who had left."""
    drawn = random.Random(3)
    rows = []
    for number in range(PERSONS):
        months, charge = drawn.randrange(60), drawn.randrange(20, 90)
        pull = (30 - months) / 15 + (charge - 55) / 20
        left = drawn.random() < 1 / (1 + 2.7**-pull)
        score = left + drawn.gauss(0, 0.2)
        rows.append(f"P{number},{months},{charge},{'yes' if left else 'no'},{score:.2f}")
    return rows


@pytest.mark.slow
def test_it_is_left_out_asked_about_and_kept_once_a_person_says_so(door: Door):
    columns = {h: CUSTOMERS[h] for h in HEADER.split(",") if h in CUSTOMERS}
    mapping = Mapping(columns, "natural", "column", "increment")
    door.send(door.write([HEADER, *people()]), "customers", mapping)
    own = propose(door.lake, STAFF, TENANT, "customers", "exit_score").column
    accept(door.lake, STAFF, TENANT, own)
    refine(door.lake, TENANT)

    first = train(door.lake, TENANT, "churn")
    assert [(one.feature, one.reason) for one in first.doubts] == [("exit_score", "tells_alone")]
    assert ("exit_score", "suspect_tells_alone") in {(n.feature, n.reason) for n in first.notes}
    assert first.metrics["auc"].value < 0.95

    contract = door.lake.contract_of(TENANT)
    with pytest.raises(NotFound):
        clear(door.lake, STAFF, TENANT, contract, "churn", feature="no_such", verdict="keep")
    clear(door.lake, STAFF, TENANT, contract, "churn", feature="exit_score", verdict="keep")
    second = train(door.lake, TENANT, "churn")
    assert second.doubts == () and second.metrics["auc"].value > 0.98
    assert "feature.keep" in {entry.action for entry in entries(door.lake.store, TENANT)}

    clear(door.lake, STAFF, TENANT, contract, "churn", feature="exit_score", verdict="leave_out")
    known = training_set(door.lake, TENANT, contract, "churn")
    found = guarded(door.lake, TENANT, contract, known)
    assert found.open == () and "exit_score" not in {f.name for f in found.training.features}
    assert all("exit_score" not in record for record in found.training.records)


@pytest.mark.slow
def test_the_command_line_asks_and_takes_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    settings = Settings.at(tmp_path / "data")
    new_mlflow_store(settings)
    file = tmp_path / "customers.csv"
    file.write_text("\n".join(["id,months,charge,left", *(p.rsplit(",", 1)[0] for p in people())]))

    def abcall(*arguments: str) -> str:
        code = run(list(arguments), replace(settings, language="en"))
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    abcall("init")
    abcall("tenant", "new", "acme", "--name", "Acme", "--vertical", "telecom")
    mapped = [f"--map={h}={CUSTOMERS[h]}" for h in ("id", "months", "charge", "left")]
    abcall("upload", "acme", "customers", str(file), *mapped, "--label", "column")
    assert "churn: no feature stands out." in abcall("suspects", "check", "acme", "churn")
    told = abcall("suspects", "leave-out", "acme", "churn", CUSTOMERS["charge"])
    assert "abcall train acme churn" in " ".join(told.split())
