"""Which products and services texts name most: by incidents, of no fewer than five persons."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from dashboards.gold import Gold
from dashboards.text_queries import most_named
from ingestion.extractors.words.table import text_ref, text_rows
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tests.silver_rows import ACME, day, lake_at

CATALOGUE = ("Internet", "Televisión", "Fijo")


def said(number: int, text: str, at: datetime) -> dict[str, object]:
    told = {"incident_id": f"I-{number}", "person_token": f"p{number}", "row_hash": str(number)}
    return told | {"masker_version": "1", "opened_at": at, "text": text}


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gold]:
    texts = [
        *("el internet no funciona y nadie responde",) * 6,
        *("gracias, la television y el internet quedaron perfectos",) * 5,
        *("el fijo no timbra",) * 4,
    ]
    rows = [said(number, text, day(number)) for number, text in enumerate(texts)]
    with lake_at(tmp_path_factory.mktemp("texts")) as lake:
        assert most_named(Gold(lake, ACME)) == []
        write(lake, rows)
        yield Gold(lake, ACME)


def write(lake: Lake, rows: list[dict[str, object]]) -> None:
    lake.writer.append(text_ref(lake, ACME), text_rows(rows, CATALOGUE), Commit("texts"))


def test_the_most_named_come_first_and_what_few_persons_name_does_not_come(gold: Gold):
    assert most_named(gold) == [
        {"product": "Internet", "incidents": 11, "negative": 6, "urgent": 0},
        {"product": "Televisión", "incidents": 5, "negative": 0, "urgent": 0},
    ]
    assert [row["product"] for row in most_named(gold, most=1)] == ["Internet"]


def test_a_span_of_time_is_asked_for(gold: Gold):
    assert [row["incidents"] for row in most_named(gold, until=day(6))] == [6]
    assert [row["incidents"] for row in most_named(gold, since=day(6), until=day(11))] == [5, 5]
    assert most_named(gold, since=day(60)) == []
