"""How a file is laid out: format, encoding, line ends, and what it calls its columns."""

from collections.abc import Mapping, Sequence

from simulation.grid import Random
from simulation.specimens.columns import Layout
from simulation.specimens.encode import Form, Header

ENCODINGS = (
    "utf-8", "utf-8", "utf-8-sig", "cp1252", "latin-1", "mixed",
    "utf-16-le-mark", "utf-16-be-mark", "utf-16-le", "utf-16-be",
)  # fmt: skip
SEPARATORS = (",", ";", "\t", "|")
NEWLINES = ("\n", "\n", "\r\n", "\r\n", "\r")
KINDS = ("csv", "json_lines", "parquet", "xlsx")
COLUMNAR = ("parquet", "xlsx")
"""Kinds in which no line can go wrong: a file has columns or is none."""

PACKED = ("zip", "gz")
OPERATION_HEADERS = ("operacion", "op")


def draw_form(rng: Random) -> Form:
    """Draw how a file is put on disk."""
    kind = str(rng.choice(KINDS, p=(0.68, 0.18, 0.07, 0.07)))
    if kind in COLUMNAR:
        return Form(kind)
    encoding = str(rng.choice(ENCODINGS))
    newline = NEWLINES[int(rng.integers(len(NEWLINES)))]
    if kind == "json_lines" or encoding == "mixed":
        # A lone carriage return ends no line of JSON lines, and mixed encodings differ by line.
        newline = newline if newline.endswith("\n") else "\n"
    return Form(
        kind,
        encoding,
        SEPARATORS[int(rng.integers(len(SEPARATORS)))],
        newline,
        quote_all=bool(rng.random() < 0.15),
        hint=bool(kind == "csv" and rng.random() < 0.1),
        blank_lines=bool(rng.random() < 0.15),
        last_line_ends=bool(rng.random() < 0.8),
        packed=str(rng.choice(PACKED)) if kind == "csv" and rng.random() < 0.08 else "",
    )


def draw_headers(
    rng: Random, layout: Layout, columns: Sequence[str], form: Form
) -> tuple[list[Header], Mapping[str, str]]:
    """Draw what the columns are called, and columns that the contract does not know.

    Returns
    -------
    tuple
        The headers as written, in order, and for each contract column the name by which a mapping
        calls it (without the spaces around it).
    """
    spelled = {field.column: field.headers for field in layout.fields}
    spelled["operation"] = OPERATION_HEADERS
    written: list[Header] = []
    named: dict[str, str] = {}
    for column in columns:
        choices = spelled[column]
        name = choices[int(rng.integers(len(choices)))]
        named[column] = name
        written.append((f" {name} " if rng.random() < 0.1 else name, column))
    if form.kind == "json_lines":
        # A member's name is the mapping's, and stands once.
        return [(named[column], column) for column in columns], named
    if rng.random() < 0.2:
        written.append((str(rng.choice(("zona", "", named[columns[-1]], "Ñandú 🦤"))), None))
    return (written if not form.latin else [(_latin(n), c) for n, c in written]), named


def _latin(name: str) -> str:
    return name.encode("cp1252", "ignore").decode("cp1252")
