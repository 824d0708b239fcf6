"""Damaging a sheet in known ways: every added row knows which rule it breaks.

Damaged rows are additions: copies of sound rows with one thing wrong, at random places. What is
sound in the file stays, so that the truth can be learned from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simulation.account import Row
from simulation.grid import Random
from simulation.sheets import Sheet

Break = Literal["too_few_fields", "too_many_fields", "bad_json"]
FORMULA = '=HYPERLINK("http://premios.example","ver")'


@dataclass(frozen=True)
class Fault:
    """A wrong value in a column, and the rule that it breaks."""

    column: str
    value: str
    rule: str


@dataclass(frozen=True)
class Dirt:
    """What is wrong with a file.

    Attributes
    ----------
    faults
        One damaged row each.
    breaks
        One line each that does not fit the header.
    copies
        How many rows stand twice, word for word.
    outdated
        Column and values of earlier writings of a row that stands corrected further down.
    """

    faults: tuple[Fault, ...] = ()
    breaks: tuple[Break, ...] = ()
    copies: int = 0
    outdated: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line to be written, and what the oracle knows of it."""

    cells: tuple[str, ...]
    row: Row
    broken: Break | None = None


def soil(rng: Random, sheet: Sheet, dirt: Dirt) -> list[Line]:
    """Return the sheet's lines with the dirt among them, in file order."""
    n = len(sheet.rows)
    placed = [(float(i), _line(sheet, i, sheet.rows[i])) for i in range(n)]
    for fault in dirt.faults:
        i = _telling(rng, sheet)
        cells = _changed(sheet, i, fault)
        placed.append((rng.uniform(0, n), _line(sheet, i, cells, (fault.column, fault.rule))))
    for broken in dirt.breaks:
        i = int(rng.integers(n))
        cells = _broken(sheet.rows[i], broken)
        placed.append((rng.uniform(0, n), _line(sheet, i, cells, (None, broken), broken)))
    doubled = rng.choice(n, dirt.copies + len(dirt.outdated), replace=False).tolist()
    for i in doubled[: dirt.copies]:
        placed.append((rng.uniform(i + 0.1, n), _line(sheet, i, sheet.rows[i])))
    for i, fault in zip(doubled[dirt.copies :], dirt.outdated, strict=True):
        placed.append((rng.uniform(-1, i - 0.1), _line(sheet, i, _changed(sheet, i, fault))))
    placed.sort(key=lambda pair: pair[0])
    return [line for _, line in placed]


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Return what the oracle needs."""
    return [line.row for line in lines]


def _telling(rng: Random, sheet: Sheet) -> int:
    """Return a row in which a fault matters: of one that deletes, only the key is read."""
    assert not all(sheet.deletes), "a file of deletions alone has no place for a fault"
    i = int(rng.integers(len(sheet.rows)))
    while sheet.deletes[i]:
        i = int(rng.integers(len(sheet.rows)))
    return i


def _line(
    sheet: Sheet,
    i: int,
    cells: tuple[str, ...],
    rejected: tuple[str | None, str] | None = None,
    broken: Break | None = None,
) -> Line:
    content = cells[:-1] if sheet.columns[-1] == "operation" else cells
    row = Row(sheet.keys[i], content, sheet.valid_from[i], rejected, sheet.deletes[i])
    return Line(cells, row, broken)


def _changed(sheet: Sheet, i: int, fault: Fault) -> tuple[str, ...]:
    at = sheet.at(fault.column)
    row = sheet.rows[i]
    return (*row[:at], fault.value, *row[at + 1 :])


def _broken(cells: tuple[str, ...], broken: Break) -> tuple[str, ...]:
    match broken:
        case "too_few_fields":
            return cells[: max(len(cells) // 2, 1)]
        case "too_many_fields":
            return (*cells, "sobra", "1")
        case "bad_json":
            return cells
