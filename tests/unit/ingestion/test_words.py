"""What is read from a masked text beside its intent."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.multimodal import words as labelled
from ingestion.extractors.words import read
from ingestion.extractors.words.entities import entities
from ingestion.extractors.words.threads import messages
from ingestion.masking import mask
from tests.timing import seconds_of

CATALOGUE = ["Fibra 300", "Móvil 40 GB"]


def kinds_of(text: str) -> list[str]:
    return [entity.kind for entity in read(text, catalogue=CATALOGUE).entities]


def test_only_the_latest_message_of_a_thread_is_read():
    thread = "El pedido 45001 no llegó.\n\nEl lun, 3 jun, Ana escribió:\n> ¿Y la factura 99881?\n"
    told = read(thread, "Reclamo", CATALOGUE)
    assert (told.body, told.messages) == ("Reclamo\nEl pedido 45001 no llegó.", 2)
    assert [told.body[e.start : e.end] for e in told.entities] == ["45001"]


def test_a_masked_number_is_what_the_word_before_it_says():
    said = mask("Pedido 4500128812, contrato 39900125, mi cédula 52.114.900")
    assert "52.114.900" not in said
    assert kinds_of(said) == ["order", "contract", "identification"]


def test_products_are_named_as_the_catalogue_names_them():
    told = read("mi movil de 40gb y la FIBRA-300", catalogue=CATALOGUE)
    assert told.products == ("Móvil 40 GB", "Fibra 300")


def test_a_text_counts_once_for_a_product():
    texts = ("fibra 300, fibra 300", "Fibra 300", "móvil 40 gb", "fibra 3000")
    found = [read(text, catalogue=CATALOGUE).products for text in texts]
    assert found == [("Fibra 300",), ("Fibra 300",), ("Móvil 40 GB",), ()]


@pytest.mark.parametrize(
    ("text", "negative", "urgent"),
    [
        ("Nadie responde y el internet no funciona", True, False),
        ("No tengo ninguna queja, todo perfecto", False, False),
        ("Huele a gas en el edificio", False, True),
        ("No es urgente, cuando puedan", False, False),
    ],
)
def test_complaints_and_what_cannot_wait_are_told(text: str, negative: bool, urgent: bool):
    told = read(text)
    assert told.sentiment is not None
    assert ((told.sentiment < 0), told.urgent) == (negative, urgent)


def test_of_another_language_no_feeling_is_told():
    told = read("The technician never came and nobody answers the phone")
    assert (told.language, told.sentiment, told.urgent) == ("en", None, None)


@given(st.text(max_size=80) | st.text(string.printable + "áéíñÍ€>«»", max_size=80))
def test_any_text_is_read_and_its_places_lie_within_it(text: str):
    told = read(text, catalogue=CATALOGUE)
    assert len(messages(text)) >= 1
    assert all(0 <= e.start < e.end <= len(told.body) for e in told.entities)
    assert told.sentiment is None or -1 < told.sentiment < 1


def test_every_reading_meets_its_figure():
    figures, _ = labelled.lines(quick=True)
    timed = [line.figure for line in figures if line.unit == "µs"]
    assert [line.figure for line in figures if not line.met and line.figure not in timed] == []


@pytest.mark.parametrize("nothing", ["\n", "\n>", " \n", "\n\n ", "\u2028\n", "\n \u00a0"])
def test_much_of_nothing_in_a_row_takes_no_time(nothing: str):
    letter = "Se corta." + nothing * 2_000 + "Adiós."
    (told,) = messages(letter)
    assert told.startswith("Se corta.") and told.endswith("Adiós.")
    assert seconds_of(lambda: messages(letter)) < 1


def test_a_text_full_of_amounts_is_read_in_time_by_its_length():
    few, many = "$ 1 " * 1_000, "$ 1 " * 16_000
    assert (len(entities(few)), len(entities(many))) == (1_000, 16_000)
    assert seconds_of(lambda: entities(many)) < 50 * seconds_of(lambda: entities(few))


@pytest.mark.parametrize("written", ["plandedatos", "plan de datos", "PLAN-DE-DATOS"])
def test_a_product_with_a_joint_in_its_name_is_found_however_it_is_joined(written: str):
    assert read(f"mi {written} falla", catalogue=["Plan de Datos"]).products == ("Plan de Datos",)
