"""Masking: what must go, what must stay."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.multimodal.persons import FIRST, SECOND, Set, figures, sentences
from benchmarks.multimodal.persons import told_now as truth_of
from ingestion.extractors.persons import find
from ingestion.extractors.persons.reading import read
from ingestion.masking import mask, mask_all
from tests.timing import seconds_of

GOES = {
    "Soy María Pérez": "Soy [NOMBRE]",
    "me llamo juan carlos gomez": "me llamo [NOMBRE]",
    "JOSE DE LA CRUZ RODRIGUEZ llamó": "[NOMBRE] llamó",
    "José Peña-Gómez": "[NOMBRE]",
    "María, José": "[NOMBRE], [NOMBRE]",
    "cédula 1.023.456.789": "cédula [DOCUMENTO]",
    "CC 79456123": "CC [DOCUMENTO]",
    "identificación número 123456": "identificación número [DOCUMENTO]",
    "79456123,79456124 79456125": "[DOCUMENTO],[DOCUMENTO] [DOCUMENTO]",
    "NIT 900.123.456-7": "NIT [DOCUMENTO]",
    "mi cel 300 555 0101": "mi cel [TELÉFONO]",
    "+57 300-555-0101 o 3005550101": "[TELÉFONO] o [TELÉFONO]",
    "(601) 234 5678": "[TELÉFONO]",
    "llame al 234-5678": "llame al [TELÉFONO]",
    "escriba a ana.gomez+pqr@correo.com.co.": "escriba a [CORREO].",
    "4111 1111 1111 1111": "[TARJETA]",
    "4111-1111-1111-1111 y 4111111111111111": "[TARJETA] y [TARJETA]",
    "vivo en la Cra. 7 # 45-12 apto 301": "vivo en la [DIRECCIÓN]",
    "tres uno cero, cinco cincuenta y cinco cero uno cero uno": "[TELÉFONO]",
    "amex 3782 822463 10005": "amex [TARJETA]",
    "RFC GOMR850312AB7 y CUIT 30-50279317-5": "RFC [DOCUMENTO] y CUIT [DOCUMENTO]",
    "marquen al (55) 2871 4410": "marquen al [TELÉFONO]",
    "Deudor R. T. Cifuentes": "Deudor [NOMBRE]",
    "en la carrera cuarenta y tres número diez veinte": "en la [DIRECCIÓN]",
}
DISGUISED = {
    "cel 300\u00a0123\u202f4567.": "cel [TELÉFONO].",
    "cel 300\u2011123\u20134567": "cel [TELÉFONO]",
    "cel 300\t123\t4567": "cel [TELÉFONO]",
    "cel 3\u200b0\u00ad0\u20601\ue0002\ufeff3\u200e4\u200d5\ufe0f\u20e367": "cel [TELÉFONO]",
    "cel \uff13\u0660\U0001d7ce\u2460234567": "cel [TELÉFONO]",
    "cédula 1\u00a0023\u00a0456\u00a0789": "cédula [DOCUMENTO]",
    "tarjeta 4111\u200b1111\u00a01111\u20091111": "tarjeta [TARJETA]",
    "a ana.ruiz\u200b@co\u00adrreo\uff0ecom ya": "a [CORREO] ya",
    "Soy Mari\u0301a Pe\u0301\u00adrez\u00a0Go\u0301mez y": "Soy [NOMBRE] y",
    "a jose\u0301.nu\u0301n\u0303ez@correo.com ya": "a [CORREO] ya",
    "en la Cal\u200ble\u00a045 \uff03 \uff11\uff12\uff0d34": "en la [DIRECCIÓN]",
    "ce\u0301dula: un millo\u0301n veintitre\u0301s mil cien": "ce\u0301dula: [DOCUMENTO]",
}
"""Written so that a reader sees it and a pattern of plain signs does not."""
STAYS = [
    "pagué $ 1.250.000 por el plan",
    "me cobraron 1.250.000 pesos y 12.500.000 COP",
    "la factura del 2024-01-15 10:30",
    "desde el 15/01/2024 hasta el 15-02-2024",
    "plan de 300 Mbps, 45.900 al mes, 12 cuotas de 150000",
    "el caso PQR-20240011",
    "la oficina de la calle 80",
    "la sierra, el castillo y las torres de la villa",
    "una rosa y un ángel en paz",
    "el año 2023-2024 fue el peor",
    "el 100% de los 3 equipos",
    "pagué 2'450.000 por la nevera y 1'200.000 por la estufa",
    "el contador 77120945 marca cero, radicado 20240098123, pedido 100023344",
    "Galaxy S24 Ultra, Fibra 300 y Smart TV Samsung de 55 pulgadas",
    "me llaman el 12-05-2024 o el 2024-05-13",
    "la sucursal de Distribuidora El Roble Ltda no responde",
    "",
]

EVERY_SIGN = 31


@pytest.mark.parametrize(("text", "masked"), GOES.items(), ids=GOES)
def test_what_identifies_goes(text: str, masked: str):
    assert mask(text) == masked


@pytest.mark.parametrize(("text", "masked"), DISGUISED.items(), ids=map(ascii, DISGUISED))
def test_what_identifies_goes_whatever_signs_part_or_write_it(text: str, masked: str):
    assert mask(text) == masked
    assert mask_all(pa.chunked_array([[text]])).to_pylist() == [masked]


@given(
    st.text(max_size=40), st.text(alphabet="ae\u0301\u200b\u00a0\uff11\ue000 ñn\u0303", max_size=20)
)
def test_what_was_read_is_told_where_it_was_written(before: str, odd: str):
    read_as, places = read(before + odd)
    assert places is None or (len(places) == len(read_as) + 1 and places == sorted(set(places)))
    assert places is not None or len(read_as) == len(before + odd)


@pytest.mark.parametrize("text", STAYS)
def test_what_does_not_identify_stays(text: str):
    assert mask(text) == text


SETS = ("persons", "persons_second", "persons_development")
LABELLED = [sentence.text for name in SETS for sentence in sentences(name)][::4]


def test_a_look_at_a_text_spares_nothing_that_would_be_found():
    assert [find(text) for text in LABELLED] == [find(text, EVERY_SIGN) for text in LABELLED]


def test_many_texts_are_masked_as_one_is():
    texts = [*LABELLED, *GOES, *STAYS, *LABELLED, "x" * 100_000 + " María Pérez"]
    masked = mask_all(pa.chunked_array([texts[:50], texts[50:], [None]])).to_pylist()
    assert masked == [*map(mask, texts), None]


@settings(max_examples=20)
@given(
    st.lists(
        st.text(
            alphabet="aeC.c ée+0123456789()-,/MaríaNIT@$pesos\ue000\u00a0\u200b\u0301[]\n",
            max_size=60,
        )
    )
)
def test_many_texts_of_any_kind_are_masked_as_one_is(texts: list[str]):
    assert mask_all(pa.chunked_array([texts], pa.string())).to_pylist() == [*map(mask, texts)]


@pytest.mark.parametrize("labelled", [FIRST, SECOND], ids=["first", "second"])
def test_personal_data_is_found_as_well_as_it_must(labelled: Set):
    truth = sentences(labelled.file)
    found = figures(labelled, truth, truth_of(truth))
    assert [line.figure for line in found if not line.met] == []


@settings(max_examples=100)
@given(st.text(alphabet="ab 0123456789.-,/María@$pesos\n", max_size=60))
def test_masking_a_masked_text_changes_nothing(text: str):
    assert mask(mask(text)) == mask(text)


@settings(max_examples=100)
@given(
    st.text(alphabet="abc ,;áñ", max_size=20),
    st.integers(10**9, 10**10 - 1),
    st.sampled_from([" ", ", ", ": ", "(", "\n"]),
)
def test_a_bare_number_of_ten_digits_never_survives(before: str, number: int, joint: str):
    assert str(number) not in mask(f"{before}{joint}{number}")


def test_masking_takes_time_by_the_length_of_a_text_and_not_by_its_square():
    few, many = ("María, cel 3001234567. " * times for times in (1_000, 8_000))
    assert seconds_of(lambda: mask(many)) < 20 * seconds_of(lambda: mask(few))
