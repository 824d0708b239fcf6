"""Read piece by piece, a file gives the same rows, broken lines and notes, whatever the size."""

import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.reading import PIECE_BYTES, RawTable, open_file, read_file, text_stream, whole
from ingestion.reading import csv_file as csv_module

LIMIT = 100_000_000
LINES = st.sampled_from(
    [
        "{},b,c\n",
        "{},b\n",
        "{},b,c,d\n",
        "\n",
        "  \n",
        "{},\0,c\n",
        "{},é,c\r\n",
        '{},"b\n{},x,y\nz",c\n',
        '{},"b, ""q""",c\r\n',
        '{},"open,c\n',
        '{},"stray" quote,c\n',
        '{},plain "quote",c\n',
    ]
)


@pytest.fixture(autouse=True)
def small_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reads and blocks be as small as the pieces, so that borders fall everywhere."""
    monkeypatch.setattr(text_stream, "LEAST_READ", 1)
    monkeypatch.setattr(text_stream, "SAMPLE_BYTES", 16)
    monkeypatch.setattr(csv_module, "BLOCK_BYTES", 7)
    monkeypatch.setattr(csv_module, "SAMPLE_BYTES", 9)


def seen(raw: RawTable) -> tuple[object, ...]:
    return (raw.headers, raw.rows.to_pylist(), raw.broken, raw.notes, raw.format, raw.total)


def same_in_pieces(content: bytes, name: str, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        source = open_file(path, name, LIMIT)
        numbers = [n for piece in source.pieces(size) for n in _numbers(piece)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert seen(whole(source, size)) == seen(read_file(path, name, LIMIT))


def _numbers(piece: RawTable) -> list[int]:
    read = piece.rows["row_number"].to_pylist()
    return sorted([*read, *(line.row_number for line in piece.broken)])


@given(
    lines=st.lists(LINES, max_size=12),
    size=st.integers(1, 60),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-8-sig"]),
    ended=st.booleans(),
)
def test_csv(lines: list[str], size: int, encoding: str, ended: bool):
    text = "id,b,c\n" + "".join(line.format(n, n) for n, line in enumerate(lines))
    text = text if ended else text.rstrip("\r\n")
    same_in_pieces(text.encode(encoding), "a.csv", size)


@given(
    kinds=st.lists(st.sampled_from(["utf-8", "cp1252"]), min_size=1, max_size=8),
    size=st.integers(1, 40),
)
def test_lines_of_two_encodings_in_one_file(kinds: list[str], size: int):
    rows = [f"{n},año\n".encode(kind) for n, kind in enumerate(kinds)]
    same_in_pieces(b"id,x\n" + b"".join(rows), "a.csv", size)


@given(size=st.integers(1, 30), count=st.integers(1, 9))
def test_lines_that_end_with_a_carriage_return_alone(size: int, count: int):
    same_in_pieces(b"a,b\r" + b"".join(b"%d,x\r" % n for n in range(count)), "a.csv", size)


@given(
    objects=st.lists(
        st.one_of(
            st.dictionaries(st.sampled_from(["a", "b", "c", "A"]), st.integers(0, 9), max_size=3),
            st.sampled_from(["{", "[1]", '{"a": 1, "a": 2}', ""]),
        ),
        min_size=1,
    ),
    size=st.integers(1, 60),
)
def test_json_lines(objects: list[object], size: int):
    lines = [one if isinstance(one, str) else json.dumps(one) for one in [{"a": 0}, *objects]]
    same_in_pieces("\n".join(lines).encode(), "a.jsonl", size)


@pytest.mark.parametrize("size", [1, 50, 500, PIECE_BYTES])
def test_parquet_with_bytes_that_are_no_text_in_a_late_row(tmp_path: Path, size: int):
    table = pa.table(
        {
            "n": pa.array(range(40)),
            "bytes": pa.array([b"text"] * 39 + [b"\xff\xfe"]),
            "text": pa.array([b"text"] * 40),
        }
    )
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, row_group_size=7)
    raw = read_file(path, path.name, LIMIT, piece_bytes=size)
    assert seen(raw) == seen(read_file(path, path.name, LIMIT))
    assert set(raw.rows["bytes"].to_pylist()) == {"dGV4dA==", "//4="}
    assert set(raw.rows["text"].to_pylist()) == {"text"}


def test_a_stray_quote_does_not_hold_more_than_a_record_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from ingestion.reading import csv_careful

    monkeypatch.setattr(csv_careful, "LONGEST_RECORD", 50)
    path = tmp_path / "a.csv"
    rows = "".join(f"{n},x\n" for n in range(100))
    path.write_text(f'id,b\n-1,"open\n{rows}', encoding="utf-8")
    raw = read_file(path, path.name, LIMIT, piece_bytes=10)
    assert [(line.row_number, line.rule) for line in raw.broken] == [(1, "unclosed_quote")]
    assert raw.rows.num_rows == 100
