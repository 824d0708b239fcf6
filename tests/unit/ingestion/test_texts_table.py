"""What incidents' words say becomes a table that follows silver: read once, gone with its row."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ingestion.erased_tables import erase_rows, holds_rows
from ingestion.extractors.words import table
from ingestion.extractors.words.table import TextsRead, read_texts, text_ref
from ingestion.persons import Person
from ingestion.retention import plan_retention
from lakehouse.lake import Lake
from tests.silver_rows import ACME, TELECOM, day, lake_at, write_silver

Row = dict[str, Any]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with lake_at(tmp_path) as lake:
        yield lake


def incident(number: int, text: str | None, **more: object) -> Row:
    told = {"incident_id": f"I-{number}", "text": text, "row_hash": f"{number}:{text}"}
    return told | {"person_token": f"p{number}", "opened_at": day(number)} | more


def follow(lake: Lake, rows: Sequence[Row], commit: str) -> TextsRead:
    write_silver(lake, ACME, "incidents", rows, commit)
    return read_texts(lake, ACME, TELECOM)


def found(lake: Lake) -> dict[str, Row]:
    rows = lake.arrow(text_ref(lake, ACME)).to_pylist()
    return {row["incident_id"]: row for row in rows}


ROWS = [
    incident(1, "Nadie responde y el pedido 4500 no llegó. ¿Qué pasa?", product="Internet"),
    incident(2, "Muchas gracias, el internet quedó perfecto", subject="Felicitación"),
    incident(3, None),
]


def test_a_row_an_incident_says_what_its_text_says(lake: Lake):
    assert follow(lake, ROWS, "first") == TextsRead(read=3)
    first, second, third = (found(lake)[f"I-{n}"] for n in (1, 2, 3))
    assert (first["language"], first["orders"], first["questions"]) == ("es", 1, 1)
    assert first["entities"] == [{"kind": "order", "text": "4500"}]
    assert first["sentiment"] < 0 < second["sentiment"]
    assert (first["products"], second["products"]) == ([], ["Internet"])
    assert (third["words"], third["language"], third["sentiment"]) == (0, None, None)
    assert first["person_token"] == "p1"


def test_only_what_changed_is_read_again(lake: Lake):
    follow(lake, ROWS, "first")
    version = lake.version(text_ref(lake, ACME))
    assert follow(lake, ROWS, "the same") == TextsRead()
    assert lake.version(text_ref(lake, ACME)) == version
    changed = [ROWS[0], incident(2, "Pésimo, se volvió a caer"), incident(4, "Hola")]
    assert follow(lake, changed, "changed") == TextsRead(read=2, gone=1)
    assert sorted(found(lake)) == ["I-1", "I-2", "I-4"]
    assert found(lake)["I-2"]["sentiment"] < 0


def test_better_readings_and_another_catalogue_read_all_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    follow(lake, ROWS, "first")
    monkeypatch.setattr(table, "VERSION", table.VERSION + 1)
    assert read_texts(lake, ACME, TELECOM) == TextsRead(read=3)
    assert {row["extractor_version"] for row in found(lake).values()} == {table.VERSION}
    more = [*ROWS, incident(4, "El televisor no prende", product="Televisor")]
    assert follow(lake, more, "a product") == TextsRead(read=4)
    assert found(lake)["I-4"]["products"] == ["Televisor"]


def test_a_tenant_without_incidents_has_no_table(lake: Lake):
    assert read_texts(lake, ACME, TELECOM) == TextsRead()
    assert not lake.exists(text_ref(lake, ACME))


def test_a_person_and_an_old_text_go(lake: Lake):
    old = incident(5, "Hace mucho", opened_at=day(-365 * 12))
    follow(lake, [*ROWS, old], "first")
    assert [d.count for d in plan_retention(lake, ACME) if d.place == "gold.text"] == [1]
    person = Person(frozenset({"p1"}), ("plain",), b"key", "mark", frozenset())
    ref = text_ref(lake, ACME)
    assert holds_rows(lake, ref, person, ())
    gone = erase_rows(lake, ref, person, {}, mentions=(), commit_id="erase")
    assert gone is not None
    assert (gone.rows, holds_rows(lake, ref, person, ())) == (1, False)
