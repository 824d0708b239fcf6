"""Reading CSV: what a tenant's file holds arrives as it stands, or is kept as broken."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.errors import InvalidUpload, TooLarge
from ingestion.reading import RawTable, read_file, safe_cell
from tests.timing import seconds_of

LIMIT = 10_000_000
Read = Callable[..., RawTable]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a content as a file of that name."""

    def reading(content: str | bytes, name: str = "clientes.csv", limit: int = LIMIT) -> RawTable:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_file(path, name, limit)

    return reading


def values(raw: RawTable) -> list[list[str | None]]:
    """Return the rows as lists, without their numbers."""
    return [[row[h] for h in raw.headers] for row in raw.rows.to_pylist()]


def numbers(raw: RawTable) -> list[int]:
    return raw.rows.column("row_number").to_pylist()


def note_keys(raw: RawTable) -> list[str]:
    return [note.key.removeprefix("reading.note_") for note in raw.notes]


def test_a_clean_file_is_read_as_strings_in_file_order(read: Read):
    raw = read("id,valor\n007,1.50\n008,\n009, x \n")
    assert raw.headers == ("id", "valor")
    assert values(raw) == [["007", "1.50"], ["008", ""], ["009", " x "]]
    assert numbers(raw) == [1, 2, 3]
    assert [str(field.type) for field in raw.rows.schema] == ["string", "string", "int64"]
    assert raw.broken == () and raw.notes == () and raw.total == 3


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_and_line_ends_are_recognised(read: Read, separator: str, end: str):
    lines = [["id", "nota"], ["1", "a, b" if separator != "," else "a; b"], ["2", ""]]
    raw = read(end.join(separator.join(line) for line in lines) + end)
    assert values(raw) == lines[1:]


def test_a_decimal_comma_does_not_pass_for_a_separator(read: Read):
    raw = read("a;b;c\n1,5;2,5;3,5\n4,0;5,0;6,0\n")
    assert values(raw) == [["1,5", "2,5", "3,5"], ["4,0", "5,0", "6,0"]]


def test_excels_separator_line_and_blank_lines_before_the_header_are_no_rows(read: Read):
    raw = read("sep=;\n\na;b\n1;2\n")
    assert (raw.headers, values(raw)) == (("a", "b"), [["1", "2"]])


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_encodings(read: Read, encoding: str, note: str | None):
    raw = read("año,ciudad\n1,Bogotá\n2,Ibagué\n".encode(encoding))
    assert raw.headers == ("año", "ciudad")
    assert values(raw) == [["1", "Bogotá"], ["2", "Ibagué"]]
    assert [n.details["encoding"] for n in raw.notes] == ([note] if note else [])


def test_mixed_encodings_lose_nothing_and_say_which_line_differs(read: Read):
    raw = read("id,ciudad\n1,Bogotá\n".encode() + "2,Ibagué\n".encode("cp1252") + b"3,x\x81\n")
    assert values(raw) == [["1", "Bogotá"], ["2", "Ibagué"], ["3", "x\x81"]]
    assert raw.notes[0].details == {"encoding": "Windows-1252", "lines": 2, "line": 3}
    assert "la primera, la 3" in raw.notes[0].say("es")


def test_quoted_newlines_separators_and_quotes_belong_to_the_value(read: Read):
    raw = read('id,texto\n1,"dos\nlíneas, y ""comillas"""\n2,b\n')
    assert values(raw) == [["1", 'dos\nlíneas, y "comillas"'], ["2", "b"]]
    assert numbers(raw) == [1, 2]


def test_ragged_rows_are_kept_as_they_came_with_place_and_reason(read: Read):
    raw = read("a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n4,5,6\n")
    assert values(raw) == [["1", "2", "3"], ["4", "5", "6"]]
    assert numbers(raw) == [1, 4]
    assert [(b.row_number, b.line, b.raw, b.rule) for b in raw.broken] == [
        (2, 3, "1,2", "too_few_fields"),
        (3, 5, "1,2,3,4", "too_many_fields"),
    ]
    assert raw.broken[0].say("es").startswith("Línea 3: tiene 2 campos y el encabezado 3.")
    assert raw.total == 4


def test_short_and_long_rows_that_even_out_are_not_taken_for_clean(read: Read):
    raw = read("a,b,c\n1,2\n1,2,3,4\n")
    assert [b.rule for b in raw.broken] == ["too_few_fields", "too_many_fields"]


def test_a_row_of_separators_alone_is_a_row(read: Read):
    assert values(read("a,b\n,\n1,2\n")) == [["", ""], ["1", "2"]]


def test_a_quote_that_never_closes_costs_its_own_line_only(read: Read):
    raw = read('a,b\n1,x\n2,"abierta\n3,y\n4,z\n')
    assert values(raw) == [["1", "x"], ["3", "y"], ["4", "z"]]
    assert numbers(raw) == [1, 3, 4]
    assert [(b.row_number, b.line, b.raw, b.rule) for b in raw.broken] == [
        (2, 3, '2,"abierta', "unclosed_quote")
    ]


def test_a_quote_that_closes_rows_later_does_not_swallow_them(read: Read):
    raw = read('a,b,c\n1,"x,1\n2,y,2\n3,z,3\n4,w"\n5,v,5\n')
    assert values(raw) == [["2", "y", "2"], ["3", "z", "3"], ["5", "v", "5"]]
    assert [(b.line, b.raw, b.rule) for b in raw.broken] == [
        (2, '1,"x,1', "unclosed_quote"),
        (5, '4,w"', "too_few_fields"),
    ]


def test_a_quote_in_the_middle_of_a_quoted_value_is_broken(read: Read):
    raw = read('a,b\n"Acme" SA,1\n5" disco,2\n')
    assert [(b.raw, b.rule) for b in raw.broken] == [('"Acme" SA,1', "misplaced_quote")]
    assert values(raw) == [['5" disco', "2"]]


def test_a_file_full_of_stray_quotes_takes_time_in_proportion_to_its_length(read: Read):
    body = '"Acme" SA,1\n2,"abierta\n' * 20_000
    raw = read(f"a,b\n{body}")
    assert raw.total == len(raw.broken) == 40_000
    assert seconds_of(lambda: read(f"a,b\n{body}"), times=1) < 5


def test_repeated_empty_and_reserved_headers_are_renamed_and_noted(read: Read):
    raw = read("name,Name,,row_number, name_2 \n1,2,3,4,5\n")
    assert raw.headers == ("name", "Name_3", "column_3", "row_number_2", "name_2")
    assert values(raw) == [["1", "2", "3", "4", "5"]]
    assert note_keys(raw) == ["repeated_header", "empty_header", "repeated_header"]
    assert "«Name_3»" in raw.notes[0].say("es")


def test_a_header_alone_is_a_file_without_rows(read: Read):
    raw = read("a,b\n")
    assert (raw.headers, raw.total, note_keys(raw)) == (("a", "b"), 0, ["header_only"])
    assert raw.rows.column_names == ["a", "b", "row_number"]


def test_one_column_needs_no_separator(read: Read):
    assert values(read("id\n1\n2\n\n3\n")) == [["1"], ["2"], ["3"]]


def test_a_million_characters_and_formulas_are_kept_as_text(read: Read):
    long = "á" * 1_000_000
    raw = read(f'id,texto\n1,"{long}"\n2,"=HYPERLINK(""http://x"")"\n3,{long}\n')
    assert values(raw) == [["1", long], ["2", '=HYPERLINK("http://x")'], ["3", long]]


def test_a_nul_in_a_row_makes_it_broken(read: Read):
    raw = read("a,b\n1,x\n2,y\0z\n3,w\n")
    assert values(raw) == [["1", "x"], ["3", "w"]]
    assert [(b.row_number, b.rule) for b in raw.broken] == [(2, "nul_byte")]


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        (b"", "empty", "vacío"),
        (b"\n \r\n", "empty", "vacío"),
        (b"\xef\xbb\xbf", "empty", "vacío"),
        (b"PK\x03\x04rest", "known_binary", "Excel"),
        (b"a,b\n1,2\n" + bytes(range(32)) * 40, "binary", "línea 3"),
        (b'"a,b\n1,2\n3,4\n', "bad_header", "línea 1"),
        ("a,b\n1,é\n".encode("utf-16") + b"\n", "broken_utf16", "línea 3"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_a_sentence_that_names_the_place(
    read: Read, content: bytes, key: str, words: str
):
    with pytest.raises(InvalidUpload) as refused:
        read(content)
    assert refused.value.key == f"reading.{key}"
    assert "clientes.csv" in refused.value.say("es") and words in refused.value.say("es")
    assert "clientes.csv" in refused.value.say("en")


def test_a_file_above_the_limit_is_refused_by_its_size(read: Read):
    assert read("a,b\n1,2\n", limit=8).total == 1
    with pytest.raises(TooLarge) as refused:
        read("a,b\n1,2\n", limit=7)
    assert refused.value.details == {"file": "clientes.csv", "size": 8, "limit": 7}


def test_a_sparse_file_above_the_limit_is_refused_without_reading_it(tmp_path: Path):
    path = tmp_path / "grande.csv"
    with path.open("wb") as stream:
        stream.truncate(50_000_000_000)

    def refused() -> None:
        with pytest.raises(TooLarge):
            read_file(path, path.name, LIMIT)

    assert seconds_of(refused) < 1


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("-5.2", "-5.2"),
        ("+573001234567", "+573001234567"),
        ("Ana", "Ana"),
        ("", ""),
    ],
)
def test_a_formula_leaves_as_text_and_a_number_as_it_is(value: str, safe: str):
    assert safe_cell(value) == safe


def test_the_real_telco_file_equals_what_pythons_csv_reads(real_data: Callable[[str], Path]):
    path = real_data("churn_ibm_telco/Telco-Customer-Churn.csv")
    raw = read_file(path, path.name, LIMIT)
    header, *expected = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
    assert (list(raw.headers), values(raw)) == (header, expected)
    assert raw.total == 7043
    assert seconds_of(lambda: read_file(path, path.name, LIMIT)) < 0.5
