"""Reading JSON lines and Parquet: the digits as written, nested values as JSON, nulls as null."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from foundation.errors import InvalidUpload
from ingestion.reading import RawTable, read_file


def read_text(folder: Path, content: str, name: str = "casos.jsonl") -> RawTable:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return read_file(path, name, 10_000_000)


def read_table(folder: Path, table: pa.Table) -> RawTable:
    path = folder / "clientes.parquet"
    pq.write_table(table, path)
    return read_file(path, path.name, 10_000_000)


def test_json_values_become_strings_with_their_own_digits(tmp_path: Path):
    raw = read_text(
        tmp_path,
        '{"id": 1, "monto": 1.10, "activo": true, "nota": null}\n'
        '\n{"id": 12345678901234567890, "extra": {"a": [1, 2.50, "ñ"]}, "activo": false}\n',
    )
    assert raw.headers == ("id", "monto", "activo", "nota", "extra")
    assert raw.rows.drop_columns("row_number").to_pylist() == [
        {"id": "1", "monto": "1.10", "activo": "true", "nota": None, "extra": None},
        {
            "id": "12345678901234567890",
            "monto": None,
            "activo": "false",
            "nota": None,
            "extra": '{"a": [1, 2.5, "ñ"]}',
        },
    ]
    assert raw.format == "json_lines"


def test_bad_json_lines_are_broken_and_the_others_read(tmp_path: Path):
    lines = ['{"a": 1}', '{"a": ', "[1]", '{"a": 1, "a": 2}', '{"a": "\\u0000"}',
             '{"a": "\\ud800"}', '{"a": ' + "[" * 100_000, '{"a": 7}']  # fmt: skip
    raw = read_text(tmp_path, "\n".join(lines))
    assert raw.rows.to_pylist() == [{"a": "1", "row_number": 1}, {"a": "7", "row_number": 8}]
    assert [(b.row_number, b.line, b.rule) for b in raw.broken] == [
        (2, 2, "bad_json"),
        (3, 3, "not_an_object"),
        (4, 4, "repeated_name"),
        (5, 5, "nul_byte"),
        (6, 6, "bad_json"),
        (7, 7, "bad_json"),
    ]
    assert [b.raw for b in raw.broken] == lines[1:7]
    assert raw.broken[2].say("es") == "Línea 4: el nombre «a» aparece dos veces en el mismo objeto."


def test_objects_are_recognised_without_the_ending_and_a_csv_ending_wins(tmp_path: Path):
    assert read_text(tmp_path, '{"a": 1}\n', "sin_nombre").format == "json_lines"
    assert read_text(tmp_path, "{a},b\n1,2\n", "raro.csv").format == "csv"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ('[{"a": 1}]', "json_array"),
        ("\n", "empty"),
        ("hola\n", "no_json_object"),
        ("{}\n", "no_json_object"),
    ],
)
def test_json_that_is_no_lines_of_objects_is_refused(tmp_path: Path, content: str, key: str):
    with pytest.raises(InvalidUpload) as refused:
        read_text(tmp_path, content)
    assert refused.value.key == f"reading.{key}"
    assert "casos.jsonl" in refused.value.say("es")


def test_parquet_values_become_exact_strings(tmp_path: Path):
    moment = datetime(2024, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int32()),
            "x": pa.array([0.1, 29.85], pa.float64()),
            "d": pa.array([Decimal("12.3400"), None], pa.decimal128(18, 4)),
            "b": [True, None],
            "day": pa.array([date(2024, 2, 29), None]),
            "ns": pa.array([1709287200123456789, None], pa.timestamp("ns")),
            "tz": pa.array([moment, None], pa.timestamp("ms", "America/Bogota")),
            "s": pa.array(["á", None]).dictionary_encode(),
            "list": pa.array([[1, 2], None]),
            "struct": pa.array([{"a": Decimal("1.50"), "t": moment}, None]),
            "bytes": pa.array([b"\xff\x00", None], pa.binary()),
        }
    )
    raw = read_table(tmp_path, table)
    first, second = raw.rows.to_pylist()
    assert first == {
        "n": "1",
        "x": "0.1",
        "d": "12.3400",
        "b": "true",
        "day": "2024-02-29",
        "ns": "2024-03-01T10:00:00.123456",
        "tz": "2024-03-01T10:00:00.123000+00:00",
        "s": "á",
        "list": "[1, 2]",
        "struct": json.dumps({"a": "1.50", "t": "2024-03-01T10:00:00.123456+00:00"}),
        "bytes": "/wA=",
        "row_number": 1,
    }
    assert second == dict.fromkeys(raw.headers) | {"x": "29.85", "row_number": 2}


def test_parquet_with_repeated_headers_and_no_rows(tmp_path: Path):
    columns = [pa.array([], pa.string()), pa.array([], pa.int64())]
    raw = read_table(tmp_path, pa.Table.from_arrays(columns, names=["a", "a"]))
    assert (raw.headers, raw.total) == (("a", "a_2"), 0)
    keys = [n.key.removeprefix("reading.note_") for n in raw.notes]
    assert keys == ["repeated_header", "header_only"]


@pytest.mark.parametrize("content", [b"PAR1 cut short", b"no parquet at all"])
def test_a_damaged_parquet_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    with pytest.raises(InvalidUpload, match="damaged, incomplete or encrypted"):
        read_file(path, path.name, 10_000_000)


def test_a_parquet_cut_in_its_middle_is_refused(tmp_path: Path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": list(range(10_000))}), path)
    data = bytearray(path.read_bytes())
    data[100:2000] = bytes(1900)
    path.write_bytes(data)
    with pytest.raises(InvalidUpload, match="cannot be read as Parquet"):
        read_file(path, path.name, 10_000_000)
