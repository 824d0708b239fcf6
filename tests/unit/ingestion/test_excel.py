"""Workbooks: what a person sees in a sheet is what the platform reads."""

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidUpload, TooLarge
from ingestion.as_text import cell_text, number_text
from ingestion.excel.convert import convert_workbook
from ingestion.excel.outcome import Sheet
from ingestion.reading import read_file
from tests.workbooks import Broken, Formatted, bytes_of_zip, compound_file, open_document, workbook

HEADER = ["id", "name", "since"]
ROWS = [[1, "Ana", date(2024, 3, 4)], [2, "Eva", date(2024, 3, 5)]]


def converted(path: Path) -> list[Sheet]:
    folder = path.parent / "out"
    folder.mkdir(exist_ok=True)
    return convert_workbook(path, path.name, folder)


def read(path: Path, sheet: str = "Datos") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return header and rows of a sheet as the platform reads them."""
    found = next(one for one in converted(path) if one.name == sheet)
    assert found.file is not None
    raw = read_file(path.parent / "out" / found.file, sheet, 10**9)
    columns = [raw.rows[name].to_pylist() for name in raw.headers]
    return raw.headers, list(zip(*columns, strict=True))


SEEN: list[tuple[object, str]] = [
    (7, "7"),
    (1234567890123, "1234567890123"),
    (-12.5, "-12.5"),
    (0.1 + 0.2, "0.3"),
    (45.125, "45.1250"),
    (1.5e-7, "0.00000015"),
    (date(2024, 3, 4), "2024-03-04"),
    (datetime(2024, 3, 4, 5, 6, 7), "2024-03-04T05:06:07"),
    (time(5, 6), "05:06:00"),
    (Formatted((0.12, "0%")), "0.12"),
    (Formatted((42, "00000")), "00042"),
    ("007", "007"),
    ("1.234,50", "1.234,50"),
    (True, "true"),
    (Broken("#N/A"), "#N/A"),
    (Broken("#DIV/0!"), "#DIV/0!"),
    ("=SUM(A1)", "=SUM(A1)"),
    ('dos\nlíneas; «y», "comillas"', 'dos\nlíneas; «y», "comillas"'),
]


def test_a_cell_reads_as_it_is_seen(tmp_path: Path):
    cells = [["id", "value"], *([number, cell] for number, (cell, _) in enumerate(SEEN))]
    path = workbook(tmp_path / "b.xlsx", {"Datos": cells})
    header, rows = read(path)
    assert header == ("id", "value")
    assert [value for _, value in rows] == [seen for _, seen in SEEN]


def test_a_workbook_of_another_office_reads_alike(tmp_path: Path):
    header = [("string", name) for name in HEADER]
    row = [("float", "1"), ("string", "Ana"), ("date", "2024-03-04")]
    path = open_document(tmp_path / "b.ods", {"Datos": [header, row]})
    assert read(path) == (("id", "name", "since"), [("1", "Ana", "2024-03-04")])


def test_the_header_may_stand_below_a_title_and_blank_rows(tmp_path: Path):
    title: list[list[object]] = [["Clientes activos a marzo"], [], [None, "Andina Móvil S. A. S."]]
    path = workbook(
        tmp_path / "b.xlsx",
        {"Datos": [*title, HEADER, ROWS[0], [], ROWS[1]]},
        merged={"Datos": ["A1:C1"]},
    )
    assert read(path) == (
        ("id", "name", "since"),
        [("1", "Ana", "2024-03-04"), ("2", "Eva", "2024-03-05")],
    )
    assert [sheet.header_row for sheet in converted(path)] == [4]


def test_of_two_rows_of_names_the_lower_one_is_the_header(tmp_path: Path):
    groups = ["id", "Consumo", None, None]
    names = [None, "enero", "febrero", "marzo"]
    path = workbook(
        tmp_path / "b.xlsx",
        {"Datos": [groups, names, ["a", 1, 2, 3]]},
        merged={"Datos": ["A1:A2", "B1:D1"]},
    )
    assert read(path) == (("id", "enero", "febrero", "marzo"), [("a", "1", "2", "3")])


def test_a_merged_cell_counts_for_each_of_its_rows(tmp_path: Path):
    rows = [["city", "name"], ["Cali", "Ana"], [None, "Eva"], ["Tunja", "Luz"]]
    path = workbook(tmp_path / "b.xlsx", {"Datos": rows}, merged={"Datos": ["A2:A3"]})
    assert read(path)[1] == [("Cali", "Ana"), ("Cali", "Eva"), ("Tunja", "Luz")]


def test_sheets_without_a_table_are_told_apart(tmp_path: Path):
    path = workbook(
        tmp_path / "b.xlsx",
        {
            "Portada": [["Informe"], ["Andina"]],
            "Datos": [HEADER, *ROWS],
            "Oculta": [HEADER, *ROWS],
            "Vacía": [],
            "Solo nombres": [HEADER],
        },
        hidden=["Oculta"],
    )
    assert [(sheet.name, sheet.why) for sheet in converted(path)] == [
        ("Portada", "no_table"),
        ("Datos", None),
        ("Oculta", "hidden"),
        ("Vacía", "empty"),
        ("Solo nombres", "no_table"),
    ]


def test_the_same_cells_give_the_same_bytes_whoever_saved_the_workbook(tmp_path: Path):
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        path = workbook(tmp_path / name / "b.xlsx", {"Datos": [HEADER, *ROWS]})
        (sheet,) = converted(path)
        contents.append((tmp_path / name / "out" / str(sheet.file)).read_bytes())
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and no zip",
        bytes_of_zip({"xl/workbook.xml": b"<workbook><sheets><sheet name="}),
        bytes_of_zip({"nothing.txt": b""}),
        compound_file(["Workbook"]),
    ],
)
def test_a_damaged_workbook_is_the_persons_to_mend(content: bytes, tmp_path: Path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidUpload) as refused:
        converted(path)
    assert refused.value.key == "parts.workbook_damaged"
    assert "b.xlsx" in refused.value.say("es")


def test_a_workbook_is_found_from_the_folder_that_a_person_works_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    workbook(tmp_path / "b.xlsx", {"Datos": [HEADER, *ROWS]})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (sheet,) = convert_workbook(Path("b.xlsx"), "b.xlsx", tmp_path / "out")
    assert (sheet.name, sheet.file is not None) == ("Datos", True)


def test_an_encrypted_workbook_is_told_how_to_be_saved_without_a_password(tmp_path: Path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(compound_file(["EncryptionInfo", "EncryptedPackage"]))
    with pytest.raises(InvalidUpload) as refused:
        converted(path)
    assert refused.value.key == "parts.workbook_protected"
    assert "quite la contraseña" in refused.value.say("es")


def test_one_cell_in_the_last_corner_harms_nobody(tmp_path: Path):
    """The library would ask for 17 thousand million cells."""
    path = tmp_path / "b.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Datos")
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "z")
    book.close()
    with pytest.raises(TooLarge):
        converted(path)


NUMBERS = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
)


@given(NUMBERS)
def test_a_number_keeps_its_value_and_has_no_form_that_reads_in_two_ways(
    value: int | float | Decimal,
):
    written = number_text(value)
    assert "e" not in written.lower()
    assert math.isclose(float(written), float(value), rel_tol=1e-14)
    point = written.lstrip("-").partition(".")
    assert not (len(point[0]) <= 3 and len(point[2]) == 3)


@pytest.mark.parametrize(
    ("value", "written"),
    [(timedelta(hours=26, minutes=30), "26:30:00"), (timedelta(seconds=-90), "-00:01:30")],
)
def test_a_span_of_time_may_exceed_a_day(value: timedelta, written: str):
    assert cell_text(value) == written
