"""What a vertical's own models expect, from rows of scores: sentences, classes, small groups."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from dashboards.gold import Gold
from dashboards.predictions import Outlook, outlooks
from dashboards.words import Words
from data_contracts.loader import load_contracts
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from models.score_table import SCORE
from tenancy.tenant import Tenant
from tests.silver_rows import lake_at

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ES = Words("es", "COP", "UTC")


def scored(model: str, number: int, **told: object) -> dict[str, object]:
    return {
        "score_id": f"{model}{number}", "run_id": f"run-{model}", "model": model,
        "entity": "customer", "person_token": f"p{number}", "scored_at": NOW, "as_of_at": NOW,
        "model_version": "1", "contract_version": "1.0.0", "reasons": [], **told,
    }  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    folder: Path = tmp_path_factory.mktemp("predictions")
    with lake_at(folder) as opened:
        yield opened


def told(lake: Lake, vertical: str, rows: list[dict[str, object]]) -> list[Outlook]:
    tenant = Tenant(f"of-{vertical.replace('_', '-')}-{len(rows)}", "X", vertical)
    ref = lake.ref(tenant, "gold", "score")
    lake.writer.append(ref, pa.Table.from_pylist(rows, schema=SCORE), Commit("scores"))
    return outlooks(Gold(lake, tenant), load_contracts()[vertical], ES)


def test_a_yes_or_no_is_told_as_how_many_to_expect(lake: Lake):
    rows = [
        scored("purchased", n, task="binary", risk_class="low", probability=0.5) for n in range(100)
    ]
    (one,) = told(lake, "retail", [*rows, scored("churn", 1, probability=0.5)])
    assert one.model.name == "purchased"
    assert one.sentence == "Se espera que les pase a entre 40 y 60, de un total de 100."


def test_a_yes_or_no_of_few_persons_is_not_told(lake: Lake):
    rows = [
        scored("purchased", n, task="binary", risk_class="low", probability=0.5) for n in range(4)
    ]
    (one,) = told(lake, "retail", rows)
    assert one.sentence == ES.say("too_few_to_say")


def test_classes_are_counted_in_words_and_small_groups_are_hidden(lake: Lake):
    sizes = {"Normal_Weight": 20, "Obesity_Type_I": 9, "Obesity_Type_III": 3}
    names = [name for name, size in sizes.items() for _ in range(size)]
    rows = [
        scored("weight_level", n, task="multiclass", class_probabilities=[(name, 0.7), ("x", 0.3)])
        for n, name in enumerate(names)
    ]
    (one,) = told(lake, "fitness", rows)
    hidden = "Menos de 5"
    assert one.groups == (("peso normal", "20"), ("obesidad I", hidden), ("obesidad III", hidden))
    assert "de un total de 32" in one.sentence
