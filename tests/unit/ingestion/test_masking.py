"""Masking: what must go, what must stay."""

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.multimodal.persons import FIRST, SECOND, THIRD, Set, figures, sentences
from benchmarks.multimodal.persons import told_now as truth_of
from ingestion.extractors.persons import find
from ingestion.extractors.persons.phones import is_given_out
from ingestion.extractors.persons.reading import read
from ingestion.masking import mask, mask_all
from ingestion.own_names import own_names
from tenancy.tenant import Tenant
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
    "664-225-9013, +52 1 998 214 6630": "[TELÉFONO], [TELÉFONO]",
    "a este cel 5512904487": "a este cel [TELÉFONO]",
    "Privada Cedros 45 int 3": "[DIRECCIÓN]",
    "en la carrera séptima con calle veintiséis": "en la [DIRECCIÓN]",
    "tel 234 5678/234 5679": "tel [TELÉFONO]/[TELÉFONO]",
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
PARTED = {
    "llame al 300/123/4567": "llame al [TELÉFONO]",
    "300_123_4567 o 57/310/987/6543": "[TELÉFONO] o [TELÉFONO]",
    "300 · 123 · 4567": "[TELÉFONO]",
    "mi celular es 300 123\n4567": "mi celular es [TELÉFONO]",
    "escriba al 300 123\r\n4567.": "escriba al [TELÉFONO].",
    "cel 300\n123\n4567": "cel [TELÉFONO]",
    "1.020/304.050": "[DOCUMENTO]",
    "cédula 1020/304/050": "cédula [DOCUMENTO]",
    "cédula: 1.020\n304.050": "cédula: [DOCUMENTO]",
    "NIT 900_123_456_8, 900.123.456/8": "NIT [DOCUMENTO], [DOCUMENTO]",
    "4111/1111/1111/1111": "[TARJETA]",
    "tarjeta a mi nombre 300/123/4567": "tarjeta a mi nombre [TELÉFONO]",
    "cédula 79.456.000": "cédula [DOCUMENTO]",
    "4111 1111\n1111 1111": "[TARJETA]",
    "79456123/52114900": "[DOCUMENTO]/[DOCUMENTO]",
    "3001234567/3109876543": "[TELÉFONO]/[TELÉFONO]",
}
"""Numbers whose digits no usual sign parts."""
RECEIPTS = [
    "CC cliente\n1 Router WiFi 6 180.000",
    "WiFi 6 180.000 2 360.000",
    "Celular Redmi 13 899.900",
    "Celular Xiaomi 14 2.450.000",
    "TV 55 2 1.899.000 3.798.000",
    "Documento 3 1.250.000",
    "Lavadora LG 1.899.000",
    "su cédula\n00:01:02.500 --> 00:01:05.000",
    "documento\n01:02,500 --> 01:05,000",
]
"""Lines that a camera or a transcript brings: numbers of products beside prices, times."""
STAYS = [
    *RECEIPTS,
    "del 12/05/2026 al 31/05/2026 10:30, 24/7, 1/2 litro, 3/4 partes",
    "las fotos IMG_20260512_1234.jpg e IMG_20260512_123456.jpg, versión 3.11.4/2026",
    "12.500/304.050, 5.900/120.000 y 45.900\n304.050",
    "pedido 300/123/4567, radicado 2026/0512/3456, expediente 123/2024",
    "201\n315\n420\n1234",
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


@pytest.mark.parametrize(("text", "masked"), PARTED.items(), ids=map(ascii, PARTED))
def test_numbers_go_whatever_sign_or_line_parts_them(text: str, masked: str):
    assert mask(text) == masked
    assert mask_all(pa.chunked_array([[text]])).to_pylist() == [masked]


@given(
    st.sampled_from(["/", "_", " / ", " · ", "|", "\\", "\n", " ", "-", "."]),
    st.text("ab ¿.", max_size=9),
)
def test_a_telephone_goes_between_any_signs(joint: str, around: str):
    said = f"cel {around}\n300{joint}123{joint}4567 {around}"
    assert "4567" not in mask(said), said


OWN = own_names(
    Tenant("acme", "Acme Telecomunicaciones S.A.S.", "telecom"),
    ["Turbofibra Nébula", "Móvil 40 GB", "Rosa", "Carolina Herrera"],
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hablo con Acme, gracias Acme", "hablo con Acme, gracias Acme"),
        ("Firma: ACME TELECOMUNICACIONES SAS", "Firma: ACME TELECOMUNICACIONES SAS"),
        ("de parte de acme", "de parte de acme"),
        ("Acme María Pérez llamó", "Acme [NOMBRE] llamó"),
        ("hablo con Turbofibra Nébula", "hablo con Turbofibra Nébula"),
        ("la señora Rosa y Carolina Herrera", "la señora [NOMBRE] y [NOMBRE]"),
        ("hablo con Acmé Quispe", "hablo con Acmé [NOMBRE]"),
    ],
)
def test_a_companys_own_names_stay_and_persons_beside_them_go(text: str, masked: str):
    assert mask(text, OWN) == masked
    assert mask_all(pa.chunked_array([[text]]), OWN).to_pylist() == [masked]


def test_who_is_called_as_the_company_is_goes_where_they_say_so():
    own = own_names(Tenant("calle", "Arturo Calle", "retail"))
    assert mask("compré en Arturo Calle", own) == "compré en Arturo Calle"
    assert mask("me llamo Arturo Calle", own) == "me llamo [NOMBRE]"


@pytest.mark.parametrize(
    ("product", "text", "masked"),
    [
        ("Yurleidys Pérez", "ayer Yurleidys Pérez", "ayer [NOMBRE]"),
        ("Señora Pérez", "la señora Pérez no paga", "la señora [NOMBRE] no paga"),
        ("Nebulón", "me llamo Nebulón", "me llamo [NOMBRE]"),
        ("Nebulón Zarik", "la señora Nebulón Zarik", "la señora [NOMBRE]"),
        ("3001234567", "cel 3001234567", "cel [TELÉFONO]"),
        ("Cel 300 123 4567", "Cel 300 123 4567", "Cel [TELÉFONO]"),
        ("ana@correo.co", "ana@correo.co", "[CORREO]"),
        ("Nebulón Zarik " * 7, "Nebulón Zarik " * 7, "[NOMBRE] [NOMBRE] "),
    ],
)
def test_who_names_a_product_as_persons_are_called_hides_nobody(
    product: str, text: str, masked: str
):
    assert mask(text, own_names(Tenant("acme", "Acme", "telecom"), [product])) == masked


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


SETS = ("persons", "persons_second", "persons_third", "persons_development")
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
            alphabet="aeC.c ée+0123456789()-,/_·MaríaNIT@$pesos\ue000\u00a0\u200b\u0301[]\n",
            max_size=60,
        )
    )
)
def test_many_texts_of_any_kind_are_masked_as_one_is(texts: list[str]):
    assert mask_all(pa.chunked_array([texts], pa.string())).to_pylist() == [*map(mask, texts)]


@pytest.mark.parametrize("labelled", [FIRST, SECOND, THIRD], ids=["first", "second", "third"])
def test_personal_data_is_found_as_well_as_it_must(labelled: Set):
    truth = sentences(labelled.file)
    found = figures(labelled, truth, truth_of(truth))
    assert [line.figure for line in found if not line.met] == []


@given(st.from_regex(r"3[0-9]{9}|60[0-9]{8}", fullmatch=True))
def test_the_plan_of_numbers_is_the_librarys(digits: str):
    number = phonenumbers.PhoneNumber(country_code=57, national_number=int(digits))
    assert is_given_out(digits) == phonenumbers.is_valid_number(number)


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


@pytest.mark.parametrize("line", ["María, cel 3001234567. ", "300 123 4567\n", "1.020/304.050 "])
def test_masking_takes_time_by_the_length_of_a_text_and_not_by_its_square(line: str):
    few, many = (line * times for times in (250, 2_000))
    assert seconds_of(lambda: mask(many)) < 20 * seconds_of(lambda: mask(few))
