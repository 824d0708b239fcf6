"""What is read from a text beside its intent."""

import pytest

from benchmarks.multimodal import words as labelled
from ingestion.extractors.words import read
from ingestion.extractors.words.products import most_named
from ingestion.extractors.words.threads import messages

CATALOGUE = ["Fibra 300", "Móvil 40 GB"]


def test_only_the_latest_message_of_a_thread_is_read():
    thread = "El pedido 4500128 no llegó.\n\nEl lun, 3 jun, Ana escribió:\n> ¿Y la factura 99881?\n"
    told = read(thread, CATALOGUE)
    assert [m.body for m in told.messages] == [
        "El pedido 4500128 no llegó.",
        "¿Y la factura 99881?",
    ]
    assert [told.messages[0].body[e.start : e.end] for e in told.entities] == ["4500128"]


def test_products_are_named_as_the_catalogue_names_them():
    assert read("mi movil 40gb y la FIBRA-300", CATALOGUE).products == ("Móvil 40 GB", "Fibra 300")


def test_a_text_counts_once_for_a_product():
    texts = ["fibra 300, fibra 300", "Fibra 300", "móvil 40 gb", "fibra 3000"]
    assert most_named(texts, CATALOGUE) == [("Fibra 300", 2), ("Móvil 40 GB", 1)]


@pytest.mark.parametrize("text", ["", "   ", "Saludos,\nAna", ">" * 9])
def test_any_text_is_one_message_at_least(text: str):
    assert len(messages(text)) == 1
    assert read(text).language is None or text


def test_every_reading_that_is_on_meets_its_figure():
    figures, _ = labelled.lines(quick=True)
    assert [line.figure for line in figures if not line.met] == []
