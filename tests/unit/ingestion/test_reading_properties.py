"""What Python's csv writes, reading gives back; of what is dirty, nothing is lost or doubled."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingestion.reading import RawTable, read_file

# Python's writer leaves a lone carriage return unquoted, so that even its own reader loses it.
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
PLAIN = st.text("abcáñ019 .-", max_size=8)


def read(content: bytes) -> RawTable:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        return read_file(path, path.name, 10_000_000)


def rows_of(raw: RawTable) -> list[list[str]]:
    return [[row[h] for h in raw.headers] for row in raw.rows.to_pylist()]


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    cells = draw(st.sampled_from([CELL, PLAIN]))
    return draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=15))


@settings(max_examples=150)
@given(
    rows=tables(),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_python_writes_is_what_we_read(
    rows: list[list[str]], separator: str, end: str, quoting: int, encoding: str
):
    width = len(rows[0]) if rows else 2
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([[f"columna_{i}" for i in range(width)], *rows])
    control = sum(c < " " and c not in "\t\r\n" for row in rows for cell in row for c in cell)
    assume(control <= 20)
    raw = read(buffer.getvalue().encode(encoding))
    assert rows_of(raw) == rows
    assert raw.rows.column("row_number").to_pylist() == list(range(1, len(rows) + 1))
    assert raw.broken == ()


DIRT = st.sampled_from(["good", "good", "good", "short", "long", "blank", "nul", "latin", "quoted"])


@settings(max_examples=150)
@given(kinds=st.lists(DIRT, max_size=40), blank_end=st.booleans())
def test_dirty_files_lose_nothing_double_nothing_and_keep_the_order(
    kinds: list[str], blank_end: bool
):
    """The oracle is what was written: every row carries its own number as its first value."""
    lines = {
        "good": "{},b,c",
        "short": "{},b",
        "long": "{},b,c,d",
        "blank": "",
        "nul": "{},\0,c",
        "latin": "{},\u00e9,c",
        "quoted": '{},"b\r\nx, ""y""",c',
    }
    written = [kind for kind in kinds if kind != "blank"]
    content, number = b"id,b,c", 0
    for kind in kinds:
        number += kind != "blank"
        line = lines[kind].format(number)
        content += b"\n" + line.encode("latin-1" if kind == "latin" else "utf-8")
    raw = read(content + (b"\n" if blank_end else b""))
    assert raw.total == len(written)
    good = [n for n, kind in enumerate(written, 1) if kind in {"good", "latin", "quoted"}]
    assert raw.rows.column("row_number").to_pylist() == good
    assert raw.rows.column("id").to_pylist() == [str(n) for n in good]
    bad = [n for n in range(1, len(written) + 1) if n not in good]
    assert [b.row_number for b in raw.broken] == bad
    assert [b.raw.split(",")[0] for b in raw.broken] == [str(n) for n in bad]
    rules = {"short": "too_few_fields", "long": "too_many_fields", "nul": "nul_byte"}
    assert [b.rule for b in raw.broken] == [rules[written[n - 1]] for n in bad]


@settings(max_examples=150)
@given(st.text('ab",\n', max_size=60))
def test_any_mix_of_quotes_accounts_for_every_character(body: str):
    raw = read(f"x,y\n{body}".encode())
    kept = "".join("".join(row) for row in rows_of(raw)) + "".join(b.raw for b in raw.broken)
    assert sorted(kept.replace('"', "").replace(",", "").replace("\n", "")) == sorted(
        body.replace('"', "").replace(",", "").replace("\n", "")
    )
    taken = raw.rows.column("row_number").to_pylist() + [b.row_number for b in raw.broken]
    assert sorted(taken) == list(range(1, raw.total + 1))
