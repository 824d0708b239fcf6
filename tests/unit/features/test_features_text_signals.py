"""Signals of texts: those the contract takes, equal at the desk and in gold."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isnan

import pytest

from data_contracts.loader import load_contracts
from features.text_signals import columns_read, signals, signals_in, signals_of, taken_of_texts
from ingestion.extractors.words.columns import SIGNALS
from ingestion.extractors.words.table import text_ref, text_rows
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from operations.incidents.intake import Intake
from tests.silver_rows import ACME, TELECOM, day, lake_at

TEXTS = {
    "a": ("Reclamo", "Urgente: me cobraron $ 90.000 de más y nadie responde"),
    "b": (None, "Gracias, todo quedó perfecto"),
    "c": ("Consulta", None),
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    rows = [
        {"incident_id": name, "person_token": name, "opened_at": day(1), "row_hash": name,
         "masker_version": "1", "subject": subject, "text": text}
        for name, (subject, text) in TEXTS.items()
    ]  # fmt: skip
    with lake_at(tmp_path_factory.mktemp("signals")) as lake:
        assert all(isnan(value) for value in signals_of(lake, ACME, TELECOM, ["a"])[0].values())
        lake.writer.append(text_ref(lake, ACME), text_rows(rows, ()), Commit("texts"))
        yield lake


def test_every_contracts_features_of_texts_read_columns_that_texts_have():
    for contract in load_contracts().values():
        names = taken_of_texts(contract)
        assert set(signals(contract)) <= set(names)
        assert set(columns_read(names)) <= set(SIGNALS.names)
    assert columns_read(taken_of_texts(TELECOM)) == ("sentiment", "is_urgent", "words", "amounts")


def test_in_gold_they_are_what_they_are_at_the_desk(lake: Lake):
    now, names = datetime(2026, 5, 4, tzinfo=UTC), signals(TELECOM)
    found = signals_of(lake, ACME, TELECOM, list(TEXTS))
    for told, (subject, text) in zip(found, TEXTS.values(), strict=True):
        at_desk = Intake(None, None, now, {"subject": subject, "text": text})
        assert str(told) == str(signals_in(at_desk.words, names)), "NaN is not equal to itself"
    assert found[0]["text_is_urgent"] == 1.0


def test_they_come_in_the_order_asked_for_and_unknown_where_nothing_was_read(lake: Lake):
    first, nobody, second = signals_of(lake, ACME, TELECOM, ["b", "z", "a"])
    assert first["text_sentiment"] > 0 > second["text_sentiment"]
    assert nobody.keys() == first.keys() and all(isnan(value) for value in nobody.values())
