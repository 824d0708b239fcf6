"""From rows to a file's bytes: separated values, JSON lines and Parquet, as clients make them."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from simulation.grid import Random
from simulation.specimens.columns import Meaning
from simulation.specimens.rows import Written

if TYPE_CHECKING:
    import pyarrow as pa

Header = tuple[str, str | None]
"""A header, and the contract column that it stands for; none for one the contract lacks."""

ENDINGS = {"csv": "csv", "json_lines": "jsonl", "parquet": "parquet", "xlsx": "xlsx"}
MARKS = {"utf-8-sig": "utf-8", "utf-16-le-mark": "utf-16-le", "utf-16-be-mark": "utf-16-be"}
"""Encodings that begin with a mark → the codec behind it."""


@dataclass(frozen=True)
class Form:
    """How a file is put on disk.

    Attributes
    ----------
    kind
        ``csv``, ``json_lines``, ``parquet`` or ``xlsx``.
    encoding
        A codec's name, one of ``MARKS``, or ``mixed``: UTF-8 with lines of Windows-1252.
    hint
        A first line ``sep=;``, as spreadsheets write it.
    blank_lines
        Empty lines before the header and among the rows.
    last_line_ends
        The last line has its end.
    packed
        ``zip`` or ``gz``: the CSV file lies inside.
    """

    kind: str = "csv"
    encoding: str = "utf-8"
    separator: str = ","
    newline: str = "\n"
    quote_all: bool = False
    hint: bool = False
    blank_lines: bool = False
    last_line_ends: bool = True
    packed: str = ""

    @property
    def ending(self) -> str:
        """What the file's name ends in."""
        return f"csv.{self.packed}" if self.packed == "gz" else self.packed or ENDINGS[self.kind]

    @property
    def latin(self) -> bool:
        """Whether only Latin text fits (or, without a mark, is recognised)."""
        return self.encoding in {"cp1252", "latin-1", "mixed", "utf-16-le", "utf-16-be"}


@dataclass(frozen=True)
class Text:
    """A text file: its bytes, and the line of each row as it stands there."""

    data: bytes
    lines: list[str]


def csv_file(rng: Random, headers: Sequence[Header], rows: Sequence[Written], form: Form) -> Text:
    """Write separated values; damaged lines are written as they are damaged."""
    lines = [_csv_line(headers, row, form) for row in rows]
    before = [f"sep={form.separator}"] if form.hint else []
    before += [""] * (2 if form.blank_lines else 0)
    head = _joined([name for name, _ in headers], form)
    body = [line for row in lines for line in _with_blanks(rng, row, form)]
    text = form.newline.join([*before, head, *body])
    ended = text + (form.newline if form.last_line_ends else "")
    return Text(_encoded(rng, ended, form), lines)


def json_file(rng: Random, headers: Sequence[Header], rows: Sequence[Written], form: Form) -> Text:
    """Write one object a line; sound values as numbers and truths where JSON has them."""
    # Whatever later lines leave out, the first names every member.
    lines = [_json_line(rng, headers, row, whole=not at) for at, row in enumerate(rows)]
    body = [line for row in lines for line in _with_blanks(rng, row, form)]
    ended = form.newline.join(body) + (form.newline if form.last_line_ends else "")
    return Text(_encoded(rng, ended, form), lines)


def parquet_file(headers: Sequence[Header], rows: Sequence[Written]) -> bytes:
    """Write columns: typed where every row is sound, else strings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [_column([_cell(name, column, row) for row in rows], column, rows)
              for name, column in headers]  # fmt: skip
    names = [name for name, _ in headers]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), stream)
    return stream.getvalue()


def _cell(name: str, column: str | None, row: Written) -> str:
    return f"extra {name}"[:12] if column is None else row.cells[column]


def _column(texts: list[str], column: str | None, rows: Sequence[Written]) -> "pa.Array":
    import pyarrow as pa

    sound = column is not None and all(not row.reasons for row in rows)
    if sound and column in {"age", "satisfaction", "churned", "monthly_charge"}:
        return pa.array([row.meaning.get(column or "") for row in rows])
    return pa.array(texts, pa.string())


def _csv_line(headers: Sequence[Header], row: Written, form: Form) -> str:
    cells = [_cell(name, column, row) for name, column in headers]
    shapes = {
        "too_few_fields": cells[: len(cells) // 2 + 1],
        "cut_total": ["TOTAL", "12"],
        "too_many_fields": [*cells, "sobra", ""],
        "nul_byte": [cells[0] + "\0", *cells[1:]],
    }
    quotes = {"misplaced_quote": '"a"b', "unclosed_quote": '"a'}
    if row.line in quotes:
        return form.separator.join([quotes[row.line], _joined(cells[1:], form)])
    return _joined(shapes.get(row.line or "", cells), form)


def _joined(cells: Sequence[str], form: Form) -> str:
    stream = io.StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if form.quote_all else csv.QUOTE_MINIMAL
    # Python quotes a line's end in a cell only where it is one of the file's own.
    csv.writer(stream, delimiter=form.separator, lineterminator="\r\n", quoting=quoting).writerow(
        cells
    )
    return stream.getvalue().removesuffix("\r\n")


def _json_line(rng: Random, headers: Sequence[Header], row: Written, *, whole: bool) -> str:
    item: dict[str, Any] = {}
    for name, column in headers:
        text = _cell(name, column, row)
        item[name] = text if row.reasons else _native(rng, row.meaning, column, text)
    if not whole and rng.random() < 0.5:
        item = {name: value for name, value in item.items() if value is not None}
    line = json.dumps(item, ensure_ascii=bool(rng.random() < 0.3))
    match row.line:
        case "bad_json":
            return line[: max(len(line) // 2, 1)]
        case "not_an_object":
            return str(rng.choice(('["a", 1]', '"a"', "5", "null")))
        case "repeated_name":
            return f'{{"a": 1, {line[1:-1]}, "a": 2}}'
        case "nul_byte":
            return f'{line[:-1]}, "z": "a\\u0000b"}}'
        case "lone_surrogate":
            return f'{line[:-1]}, "z": "\\ud800"}}'
    return line


def _native(rng: Random, meaning: Mapping[str, Meaning], column: str | None, text: str) -> Meaning:
    """Return a sound value as JSON has it: null, a truth, a whole number, else its text."""
    value = meaning.get(column or "", text)
    if value is None:
        return None
    native = isinstance(value, bool | int) and rng.random() < 0.5
    return value if native else text


def _with_blanks(rng: Random, line: str, form: Form) -> list[str]:
    blank = form.blank_lines and rng.random() < 0.1
    return [line, str(rng.choice(("", "   ")))] if blank else [line]


def _encoded(rng: Random, text: str, form: Form) -> bytes:
    if form.encoding == "mixed":
        lines = text.split("\n")
        codecs = [str(rng.choice(("utf-8", "cp1252"))) for _ in lines]
        return b"\n".join(line.encode(c) for line, c in zip(lines, codecs, strict=True))
    codec = MARKS.get(form.encoding, form.encoding)
    mark = "\ufeff" if form.encoding in MARKS else ""
    return (mark + text).encode(codec)
