"""What is refused before anybody has seen its mapping: no header, another table, a lost key."""

from pathlib import Path

import pytest

from data_contracts.loader import load_contracts
from foundation.errors import InvalidMapping, InvalidUpload
from ingestion.proposal import propose_mapping
from ingestion.reading import RawTable, read_file
from ingestion.recognise import require_header, require_recognised, tables_filled

CONTRACT = load_contracts()["telecom"]
CUSTOMERS = [f"A{n},Ana Pérez {n},300555{n:04d},ana{n}@example.com,{n}" for n in range(40)]
INCIDENTS = ["caso,cliente,fecha_apertura,tipo,texto"] + [
    f"I{n},C{n % 9},2024-01-{1 + n % 28:02d},queja,la factura llegó dos veces {n}"
    for n in range(30)
]


def read(folder: Path, *lines: str) -> RawTable:
    path = folder / "x.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_file(path, path.name, 10_000_000)


def recognise(raw: RawTable, table: str, earlier: dict[str, object] | None = None) -> None:
    target = CONTRACT.table(table)
    proposal = propose_mapping(target, raw, CONTRACT)
    require_recognised(proposal, target, raw, contract=CONTRACT, file_name="x.csv", earlier=earlier)


def test_a_first_line_of_values_is_no_header(tmp_path: Path):
    with pytest.raises(InvalidUpload) as refused:
        require_header(read(tmp_path, *CUSTOMERS), "x.csv")
    assert refused.value.say("es") == (
        "En «x.csv» la primera línea parece una fila de datos, no los nombres de las columnas. "
        "No se cambió nada. Ponga en la primera línea el nombre de cada columna y súbalo otra vez."
    )


def test_repeated_values_of_a_first_line_are_seen_behind_their_new_names(tmp_path: Path):
    rows = ["Yes,No,No,Bogotá", *("Yes,No,No,Cali" for _ in range(9)), "No,Yes,Yes,Cali"]
    with pytest.raises(InvalidUpload, match="first line looks like a row of data"):
        require_header(read(tmp_path, *rows), "x.csv")


@pytest.mark.parametrize(
    "header", ["id,name,phone,mail,age", "0,1,2,3,4", "1,2,3,4,5", "c1,c2,2024,c4,c5"]
)
def test_names_numbers_in_order_and_a_year_among_names_are_a_header(tmp_path: Path, header: str):
    require_header(read(tmp_path, header, *CUSTOMERS), "x.csv")


def test_a_text_that_is_no_table_is_not_taken_for_customers(tmp_path: Path):
    raw = read(tmp_path, "Apache License", "Version 2.0", "TERMS AND CONDITIONS")
    with pytest.raises(InvalidMapping) as refused:
        recognise(raw, "customers")
    assert "no parece de la tabla «clientes»: se reconocieron 0 de sus 1" in refused.value.say()


def test_a_file_of_another_table_is_told_which(tmp_path: Path):
    raw = read(tmp_path, *INCIDENTS)
    with pytest.raises(InvalidMapping) as refused:
        recognise(raw, "customers")
    assert "Súbalo a «casos»" in refused.value.say("es")
    assert "Upload it to “incidents”" in refused.value.say("en")
    recognise(raw, "incidents")


COUNTS = ["fecha,llamadas", *(f"2024-01-01 10:{n:02d},{100 + n * 7}" for n in range(50))]


@pytest.mark.parametrize("lines", [COUNTS, [f"{line},{n}" for n, line in enumerate(COUNTS)]])
@pytest.mark.parametrize("table", ["customers", "incidents", "calls", "responses", "offers"])
def test_counts_by_the_minute_are_rows_of_no_table(tmp_path: Path, lines: list[str], table: str):
    raw = read(tmp_path, lines[0].replace(",0", ",duracion"), *lines[1:])
    assert tables_filled(raw, CONTRACT) == {}
    with pytest.raises(InvalidMapping) as refused:
        recognise(raw, table)
    assert refused.value.key == "ingestion.not_recognised"


def test_a_refusal_says_which_columns_were_expected_and_which_came(tmp_path: Path):
    with pytest.raises(InvalidMapping) as refused:
        recognise(read(tmp_path, *COUNTS), "calls")
    assert refused.value.say("es").startswith(
        "El archivo «x.csv» no parece de la tabla «llamadas»: se reconocieron 0 de sus 2 columnas. "
        "Se esperaban columnas como estas – llamadas: llamada (call_id), inicio (started_at), "
    )
    assert "El archivo trae: fecha, llamadas." in refused.value.say("es")
    assert "The file has: fecha, llamadas." in refused.value.say("en")


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ("customers", ["cedula,churn", *(f"10{n:05d},{n % 2}" for n in range(30))]),
        ("calls", ["id_llamada,inicio", *(f"L{n},2024-01-01 10:{n:02d}" for n in range(30))]),
    ],
)
def test_two_columns_are_enough_where_the_key_goes_by_its_name(
    tmp_path: Path, table: str, lines: list[str]
):
    raw = read(tmp_path, *lines)
    recognise(raw, table)
    assert table in tables_filled(raw, CONTRACT)


def test_a_file_without_ids_is_taken_where_most_of_it_is_known_and_nothing_had_ids(tmp_path: Path):
    raw = read(tmp_path, "tenure,MonthlyCharges,Churn", *(f"{n},{n}.5,No" for n in range(30)))
    recognise(raw, "customers")
    recognise(raw, "customers", {"key": "row"})
    with pytest.raises(InvalidMapping) as refused:
        recognise(raw, "customers", {"key": "natural"})
    assert "identifican cada fila por «cliente»" in refused.value.say("es")


def test_a_file_of_something_else_is_told_so_also_where_earlier_files_had_ids(tmp_path: Path):
    raw = read(tmp_path, "ingrediente,gramos,calorías", "harina,100,350", "azúcar,50,200")
    with pytest.raises(InvalidMapping, match="does not look like the table “customers”"):
        recognise(raw, "customers", {"key": "natural"})
