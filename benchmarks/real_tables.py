"""Real files of customers with a yes-or-no outcome, as rows that a model learns from."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.columns import kind_of
from models.rows import Rows


def _folder_of_data() -> Path:
    """Return the nearest ``shared/data`` in or above the project: a worktree lies deeper."""
    above = [folder / "shared" / "data" for folder in Path(__file__).resolve().parents[1:]]
    return next((folder for folder in above if folder.is_dir()), above[1])


DATA = _folder_of_data()


@dataclass(frozen=True)
class Source:
    """A real file: where it lies, its label, and the columns that nobody knows in time."""

    name: str
    file: str
    label: str
    positive: str
    without: tuple[str, ...] = ()
    published: str = ""


Columns = dict[str, list[object]]


def read(source: Source) -> Rows:
    """Return a file's rows without duplicates; a person a row."""
    return rows_of(*read_columns(source))


def read_columns(source: Source) -> tuple[Columns, list[bool]]:
    """Return a file's columns and outcomes, of rows that say one, without duplicates."""
    headers, body = _rows(DATA / source.file)
    place = headers.index(source.label)
    columns = _columns(headers, [row for row in dict.fromkeys(body) if row[place].strip()])
    outcome = columns.pop(source.label)
    codes = [_plain(value) == source.positive for value in outcome]
    kept = {n: v for n, v in columns.items() if not n.startswith(source.without or ("\0",))}
    return kept, codes


def whole(file: Path) -> Columns:
    """Return a file's columns, with every row, in the order of the file."""
    return _columns(*_rows(file))


def _rows(file: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        headers, *body = csv.reader(stream)
    return [header.strip() for header in headers], [tuple(row) for row in body if row]


def _columns(headers: Sequence[str], body: Sequence[tuple[str, ...]]) -> Columns:
    return {header: [_value(row[i]) for row in body] for i, header in enumerate(headers)}


def rows_of(columns: Mapping[str, list[object]], codes: npt.ArrayLike) -> Rows:
    """Return columns as rows, each of a person of its own; ``codes``: 0/1 or booleans, (n,)."""
    records = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return Rows(
        records=records,
        codes=np.asarray(codes, dtype=np.float64),
        classes=np.array([0, 1]),
        groups=np.array([f"p{i}" for i in range(len(records))]),
        as_of=np.zeros(len(records), dtype="datetime64[us]"),
        kinds={name: kind_of(values) for name, values in columns.items()},
        task="binary",
        horizon_days=30,
    )


def some(rows: Rows, most: int) -> Rows:
    """Return at most so many rows, drawn by chance, in their order."""
    drawn = np.random.default_rng(0).permutation(len(rows))[:most]
    return rows.take(np.sort(drawn))


def _value(written: str) -> object:
    try:
        return float(written)
    except ValueError:
        return written.strip() or None


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
