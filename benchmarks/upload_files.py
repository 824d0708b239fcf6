"""Files for the upload benchmark: a first delivery, and others that insert, change and repeat."""

from dataclasses import dataclass
from pathlib import Path

from simulation.uploads import telecom_snapshot

SAME_KEYS = 10_000
"""Seeds apart by this much draw the same customers with other values."""


@dataclass(frozen=True)
class Sent:
    """A file and what must become of its rows."""

    path: Path
    counts: dict[str, int]


def first_file(folder: Path, rows: int) -> Sent:
    """Write the first delivery: every row is new."""
    path = telecom_snapshot(folder / "first.csv", rows=rows, seed=0)
    return Sent(path, _counts(rows, rows, 0))


def next_file(folder: Path, rows: int, run: int) -> Sent:
    """Write the delivery of a run: one third as at first, one third changed, one third new."""
    third = rows // 3
    first = _lines(folder / "first.csv")
    changed = _by_key(_drawn(folder, rows, run * SAME_KEYS))
    repeated, old = first[1 : 1 + rows - 2 * third], first[1 + rows - 2 * third : 1 + rows - third]
    new = _drawn(folder, rows, run)[1 : 1 + third]
    path = folder / f"run_{run}.csv"
    lines = [first[0], *repeated, *(changed[_key(line)] for line in old), *new]
    path.write_text("".join(lines), encoding="utf-8")
    return Sent(path, _counts(rows, third, third))


def _counts(rows: int, inserted: int, updated: int) -> dict[str, int]:
    rest = {"superseded": 0, "deleted": 0, "quarantined": 0}
    unchanged = rows - inserted - updated
    told = {"rows": rows, "inserted": inserted, "updated": updated, "unchanged": unchanged}
    return told | rest


def _drawn(folder: Path, rows: int, seed: int) -> list[str]:
    return _lines(telecom_snapshot(folder / "drawn.csv", rows=rows, seed=seed))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def _by_key(lines: list[str]) -> dict[str, str]:
    return {_key(line): line for line in lines[1:]}


def _key(line: str) -> str:
    return line.partition(",")[0]
