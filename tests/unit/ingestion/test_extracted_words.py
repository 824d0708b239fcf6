"""What stands in kept files becomes columns: words with their places, and nothing of a person's."""

import shutil
from datetime import date
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidUpload
from ingestion.extractors.documents.fields import receipt_in
from ingestion.extractors.images.ocr import Word
from ingestion.extractors.masked_words import HIDDEN, row_of
from ingestion.extractors.persons import NONE
from ingestion.extractors.registry import EXTRACTORS
from tests.conftest import require
from tests.drawn import as_file, page, pdf, picture
from tests.timing import seconds_of
from tests.unit.ingestion.test_receipts import BOGOTA

READERS = {one.name: one for one in EXTRACTORS}
PERSONAL = ("María", "Pérez", "3001234567", "1.023.456.789", "ana@correo.co")


def read(name: str, content: bytes) -> dict[str, Any]:
    """Return what an extractor finds, as its table holds it."""
    one = READERS[name]
    (row,) = pa.Table.from_pylist([dict(one.read(content, NONE))], one.columns).to_pylist()
    return row


def line(*texts: str, number: int = 0) -> list[Word]:
    return [Word(text, 50 * n, 20 * number, 40, 12, 0.9, number) for n, text in enumerate(texts)]


def test_a_word_stands_in_the_text_where_it_stands_among_the_words():
    told = row_of([[*line("Módem", "dañado"), *line("Pedido", "77", number=1)], line("Fin")])
    assert told["text"] == "Módem dañado\nPedido 77\nFin"
    assert [(w["text"], w["page"]) for w in told["words"]][-2:] == [("77", 0), ("Fin", 1)]
    assert told["words"][1] | {"page": 0} == {
        "text": "dañado", "left": 50, "top": 0, "width": 40, "height": 12, "page": 0,
    }  # fmt: skip


def test_what_identifies_a_person_is_hidden_in_the_text_and_among_the_words():
    first = line("Señora", "María", "Pérez", "300", "123", "4567")
    told = row_of([[*first, *line("cédula", "1.023.456.789", "ana@correo.co", number=1)]])
    shown = told["text"] + "".join(w["text"] for w in told["words"])
    assert not any(each in shown for each in (*PERSONAL, "4567"))
    assert told["text"].startswith("Señora […] […]")


def test_a_number_that_goes_on_in_the_next_line_is_hidden_in_both():
    told = row_of([[*line("Llame", "al", "300", "123"), *line("4567", "mañana", number=1)]])
    assert told["text"] == f"Llame al {HIDDEN} {HIDDEN}\n{HIDDEN} mañana"


def test_stains_are_no_words():
    assert row_of([[Word("~|", 0, 0, 9, 9, 0.05), *line("Total")]])["text"] == "Total"


@given(st.lists(st.lists(st.text("aeñ1 .-9@é", min_size=1, max_size=8), max_size=6), max_size=5))
def test_text_and_words_always_agree(lines: list[list[str]]):
    words = [word for n, one in enumerate(lines) for word in line(*one, number=n)]
    told = row_of([words])
    assert told["text"].replace("\n", " ") == " ".join(w["text"] for w in told["words"])
    assert len(told["words"]) == len(words)


def test_a_pdf_tells_its_words_and_the_fields_of_a_receipt():
    told = read("document", pdf(BOGOTA))
    assert (told["pages"], told["pages_read"]) == (1, 1)
    assert (told["is_receipt"], told["currency"]) == (True, "")
    assert (told["company"], told["issued_on"]) == ("PANADERIA LA ESPIGA S.A.S.", date(2026, 3, 15))
    assert told["total"] == Decimal(43_316)
    assert told["identifications"] == [{"kind": "NIT", "ending": "568", "valid": True}]
    assert "PANADERIA LA ESPIGA" in told["text"]
    assert "7451234" not in told["text"] and "900.123.456" not in told["text"]
    (size,) = told["page_sizes"]
    assert all(0 <= w["left"] < size["width"] and w["top"] < size["height"] for w in told["words"])


@pytest.mark.parametrize(
    ("lines", "is_one"),
    [
        (("Pan  $ 3.200", "TOTAL A PAGAR  $ 3.200"), True),
        (("Pan  3.200,00", "Efectivo  5.000,00", "Cambio  1.800,00"), True),
        (("El pedido 77 de $ 3.200 no ha llegado",), False),
        (("Pan  $ 3.200", "Leche  $ 2.900"), False),
    ],
)
def test_a_receipt_is_known_by_what_its_amounts_are_called(lines: tuple[str, ...], is_one: bool):
    assert (receipt_in([page(*lines)]) is not None) == is_one


def test_a_letter_is_no_receipt():
    told = read("document", pdf(("Carta de reclamo", "El pedido no ha llegado en dos semanas")))
    assert (told["is_receipt"], told["company"], told["total"]) == (False, None, None)
    assert "pedido" in told["text"]


def test_a_photo_tells_how_it_looks_and_what_stands_in_it():
    require(shutil.which("tesseract"), "Tesseract")
    told = read("image", as_file(picture((*BOGOTA[:1], *BOGOTA[3:4], *BOGOTA[11:12]))))
    assert (told["faults"], len(told["hash"])) == ([], 16)
    assert told["total"] == Decimal(43_316)
    (there, *_) = (w for w in told["words"] if "ESPIGA" in w["text"])
    assert 0 <= there["left"] < told["width"] and there["page"] == 0
    assert "7451234" not in told["text"]


def test_a_note_is_masked():
    note = "Soy María Pérez, llámeme al 3001234567. El módem está dañado."
    assert read("text", note.encode())["text"] == (
        "Soy [NOMBRE], llámeme al [TELÉFONO]. El módem está dañado."
    )


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_of_a_letter_subject_and_words_are_kept_masked(subtype: str):
    letter = EmailMessage()
    letter["From"], letter["To"] = "Ana <ana@correo.co>", "servicio@acme.co"
    letter["Subject"] = "Reclamo de María Pérez"
    letter.set_content("<b>No hay señal</b>, 3001234567", subtype=subtype)
    told = read("text", letter.as_bytes())["text"]
    assert told.startswith("Reclamo de [NOMBRE]") and "No hay señal" in told
    assert not any(each in told for each in PERSONAL)


def test_a_letter_of_letters_without_end_is_unreadable_and_stops_nobody():
    parts = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2_000))
    letter = "From: a@b.co\nSubject: x\nMIME-Version: 1.0\n" + "".join(parts)
    with pytest.raises(InvalidUpload, match="cannot be read"):
        read("text", letter.encode())


def test_tags_that_nothing_closes_take_no_time():
    letter = "From: a@b.co\nSubject: Hola\nContent-Type: text/html\n\n" + "<style>" * 10_000
    assert read("text", letter.encode())["text"] == "Hola"
    assert seconds_of(lambda: read("text", letter.encode())) < 1


def test_a_long_text_is_cut_and_says_so():
    told = read("text", ("palabra " * 40_000).encode())
    assert (told["is_whole"], len(told["text"])) == (False, 200_000)
