"""Company, date, total and tax number of receipts as Latin America prints them, and others."""

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidUpload
from ingestion.extractors.documents import Receipt, extract
from ingestion.extractors.documents.amounts import decimal_mark, value
from ingestion.extractors.documents.dates import own_date
from ingestion.extractors.documents.fields import receipt
from ingestion.extractors.documents.identification import valid
from ingestion.extractors.documents.pages import MOST_PAGES
from ingestion.extractors.documents.rows import LEAST_OVERLAP, _overlap, rows
from ingestion.extractors.images.consensus import Reading, consensus
from ingestion.extractors.images.ocr import Word
from tests.conftest import require
from tests.drawn import as_file, page, pdf, picture
from tests.timing import seconds_of

BOGOTA = (
    "!PANADERIA LA ESPIGA S.A.S.",
    "NIT 900.123.456-8",
    "Calle 45 # 13-20 Bogota",
    "Tel: 601 7451234",
    "FACTURA DE VENTA No. 10234",
    "Resolucion DIAN 18760000001 del 02/01/2025",
    "Fecha: 15/03/2026  10:24 a.m.",
    "2 Pan integral             $ 12.500",
    "1 Cafe molido              $ 23.900",
    "Subtotal                   $ 36.400",
    "IVA 19%                     $ 6.916",
    "TOTAL A PAGAR              $ 43.316",
    "Efectivo                   $ 50.000",
    "Cambio                      $ 6.684",
    "Gracias por su compra",
)
MEXICO = (
    "ABARROTES DEL NORTE, S.A. DE C.V.",
    "RFC: ANO010203AB9",
    "Av. Juarez 120 Col. Centro",
    "14 de febrero de 2026 18:02",
    "Leche entera                38.50",
    "Huevo 18 pzas               62.00",
    "Subtotal                   100.50",
    "Descuento                   -5.50",
    "Total                       95.00",
    "Tarjeta                     95.00",
)
LIMA = (
    "Restaurante El Ceibo E.I.R.L.",
    "RUC 20100070970",
    "Jr. de la Union 300 Lima",
    "BOLETA DE VENTA ELECTRONICA",
    "FECHA DE EMISION: 2026-01-31",
    "FECHA DE VENCIMIENTO: 2026-02-28",
    "OP. GRAVADA S/              84.75",
    "IGV 18% S/                  15.25",
    "IMPORTE TOTAL S/           100.00",
)
JOHOR = (
    "KEDAI SENTOSA SDN BHD (123456-X)",
    "NO 12, JALAN MAWAR",
    "GST REG NO: 000123456789",
    "Date: 05 Mar 2018 12:13",
    "Nasi lemak                   8.22",
    "Total Sales                  8.22",
    "Rounding Adj                -0.02",
    "Total                        8.20",
    "Cash                        10.00",
    "Change                       1.80",
)


def told(read: Receipt) -> tuple[str, date, Decimal, str]:
    assert read.company and read.issued_on and read.total
    return read.company.value, read.issued_on.value, read.total.value, read.currency


@pytest.mark.parametrize(
    ("lines", "expected", "number"),
    [
        (
            BOGOTA,
            ("PANADERIA LA ESPIGA S.A.S.", date(2026, 3, 15), Decimal("43316"), ""),
            ("NIT", "9001234568"),
        ),
        (
            MEXICO,
            ("ABARROTES DEL NORTE, S.A. DE C.V.", date(2026, 2, 14), Decimal("95.00"), ""),
            ("RFC", "ANO010203AB9"),
        ),
        (
            LIMA,
            ("Restaurante El Ceibo E.I.R.L.", date(2026, 1, 31), Decimal("100.00"), "PEN"),
            ("RUC", "20100070970"),
        ),
        (
            JOHOR,
            ("KEDAI SENTOSA SDN BHD", date(2018, 3, 5), Decimal("8.20"), ""),
            ("GST", "000123456789"),
        ),
    ],
)
def test_a_receipt_tells_its_fields(
    lines: tuple[str, ...], expected: tuple[str, date, Decimal, str], number: tuple[str, str]
) -> None:
    read = receipt([page(*lines)])
    assert told(read) == expected
    assert (read.identifications[0].kind, read.identifications[0].number) == number


def test_the_place_of_a_field_is_where_its_words_stand() -> None:
    read = receipt([page(*MEXICO)])
    assert read.total
    assert read.total.written == "95.00"
    assert (read.total.place.left, read.total.place.right) == (280, 330)


def test_an_unreadable_total_is_the_sum_of_its_parts() -> None:
    lines = ("Bar Azul Ltda", "Subtotal   295.00", "Servicio 10%   29.50", "IVA   19.47")
    read = receipt([page(*lines)])
    assert read.total
    assert (read.total.value, read.total.written) == (Decimal("343.97"), "")


def test_one_misread_figure_is_put_right_by_what_was_paid() -> None:
    lines = ("Bar Azul Ltda", "Total   34.00", "Efectivo   101.00", "Cambio   70.00")
    read = receipt([page(*lines)])
    assert read.total
    assert read.total.value == Decimal("31.00")


def test_the_word_before_the_total_is_no_company() -> None:
    read = receipt([page("FACTURA 8841", "Cliente: Ana Ruiz", "Total $45.000")])
    assert read.company is None
    assert read.total and read.total.value == Decimal(45_000)


def test_a_page_without_fields_tells_none() -> None:
    read = receipt([page("??", "--")])
    assert (read.company, read.issued_on, read.total, read.identifications) == (None,) * 3 + ((),)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Fecha 3/4/2026", date(2026, 4, 3)),
        ("3/25/2026", date(2026, 3, 25)),
        ("2026.12.01", date(2026, 12, 1)),
        ("1 de diciembre de 2026", date(2026, 12, 1)),
        ("Sept 5, 2026", date(2026, 9, 5)),
        ("05-AGO-26", date(2026, 8, 5)),
        ("31/02/2026", None),
        ("NIT 12.345.678-9", None),
        ("Vence 01/01/2027 Fecha 31/12/2026", date(2026, 12, 31)),
    ],
)
def test_dates_are_read_as_they_are_written(written: str, expected: date | None) -> None:
    found = own_date(rows(page(written).words))
    assert (found.value if found else None) == expected


@given(st.dates(date(1990, 1, 1), date(2079, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d"]))
def test_every_date_is_read_again(day: date, form: str) -> None:
    found = own_date(rows(page(f"Fecha: {day.strftime(form)}").words))
    assert found and found.value == day


@pytest.mark.parametrize(
    ("figures", "among", "expected"),
    [
        ("9.000", ("9.000", "1.234.567"), "9000"),
        ("9.000", ("9.000", "7.10"), "9.000"),
        ("1.234,56", (), "1234.56"),
        ("1,234.56", (), "1234.56"),
        ("1.234.567", (), "1234567"),
        ("12.34.56", (), None),
    ],
)
def test_the_document_says_which_mark_is_decimal(
    figures: str, among: tuple[str, ...], expected: str | None
) -> None:
    read = value(figures, decimal_mark(among))
    assert read == (None if expected is None else Decimal(expected))


@given(st.integers(0, 10**9))
def test_pesos_and_cents_are_read_in_both_writings(cents: int) -> None:
    english = f"{cents / 100:,.2f}"
    spanish = english.translate(str.maketrans(",.", ".,"))
    assert value(english) == value(spanish) == Decimal(cents) / 100


def test_a_check_digit_tells_a_right_number_from_a_wrong_one() -> None:
    assert valid("NIT", "9001234568") is True
    assert valid("NIT", "9001234567") is False
    assert valid("GST", "000123456789") is None


def test_readings_that_err_in_different_places_make_one_that_does_not() -> None:
    said = ("TOTAI 31.00", "TOTAL 81.00", "T0TAL 31.00", "TOTAL 31.0O")
    agreed = consensus([Reading(text, 0.8) for text in said])
    assert agreed and agreed.text == "TOTAL 31.00"


def test_a_row_that_climbs_is_one_row() -> None:
    words = [replace(w, top=w.top + w.left * 0.03) for w in page(*BOGOTA).words]
    assert [r.text for r in rows(words)][-2] == "Cambio $ 6.684"


def test_a_pdf_with_text_is_read_without_looking_at_it() -> None:
    read = extract(pdf([line.lstrip("!") for line in BOGOTA]))
    assert told(read)[:3] == ("PANADERIA LA ESPIGA S.A.S.", date(2026, 3, 15), Decimal(43316))


def test_a_long_pdf_is_read_from_its_beginning_and_says_so() -> None:
    read = extract(pdf(BOGOTA, pages=MOST_PAGES + 3))
    assert (read.pages_read, read.pages) == (MOST_PAGES, MOST_PAGES + 3)


@pytest.mark.parametrize(
    ("content", "key"), [(b"%PDF-1.7 nothing", "document.broken"), (b"text", "picture.broken")]
)
def test_what_is_no_document_is_refused_with_a_sentence(content: bytes, key: str) -> None:
    with pytest.raises(InvalidUpload) as refused:
        extract(content)
    assert refused.value.key == key
    assert "El original queda guardado" in refused.value.say("es")


@pytest.mark.parametrize("kind", ["PNG", "PDF"])
def test_a_picture_is_read_by_tesseract(kind: str) -> None:
    require(shutil.which("tesseract"), "Tesseract")
    drawn = picture([line.lstrip("!") for line in BOGOTA])
    options = {"resolution": 100} if kind == "PDF" else {}
    read = extract(as_file(drawn, kind, **options))
    assert told(read)[1:3] == (date(2026, 3, 15), Decimal("43316"))
    assert read.company and "ESPIGA" in read.company.value


SIDES = st.floats(0, 400, allow_nan=False)
PLACED = st.builds(
    Word,
    st.sampled_from(["Total", "12.500", "$"]),
    left=SIDES,
    top=SIDES,
    width=SIDES,
    height=st.floats(0, 60),
)


def one_by_one(words: list[Word]) -> list[list[Word]]:
    """Return rows as they are defined: each word is compared with every row."""
    chains: list[list[Word]] = []
    for word in sorted(words, key=lambda one: one.left):
        best = max(chains, key=lambda chain: _overlap(chain[-1], word), default=None)
        if best is not None and _overlap(best[-1], word) >= LEAST_OVERLAP:
            best.append(word)
        else:
            chains.append([word])
    return chains


@given(st.lists(PLACED, max_size=40))
def test_words_come_into_the_rows_that_comparing_all_would_give(words: list[Word]):
    found = {tuple(map(id, row.words)) for row in rows(words)}
    assert found == {tuple(map(id, chain)) for chain in one_by_one(words)}


def test_a_page_of_four_times_the_lines_takes_hardly_more_than_four_times_as_long():
    lines = [f"Producto {n:04}  {n}.500" for n in range(2_000)]
    few, many = page(*lines[:500]), page(*lines)
    took = [seconds_of(lambda page=page: rows(page.words), times=5) for page in (few, many)]
    assert took[1] < 12 * took[0]  # 16, were every word compared with every row
