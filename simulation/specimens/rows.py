"""The rows of one file: sound ones, damaged ones, repeated ones, and what is true of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from simulation.account import Row
from simulation.grid import Random
from simulation.specimens.columns import Layout, Meaning
from simulation.specimens.damage import LINE, CellFault, draw_cell_fault, rule_of
from simulation.specimens.style import Style

OPERATIONS = {"insert": "I", "update": "Modificar", "delete": "baja"}
BLANK_SHARE = 0.08


@dataclass(frozen=True)
class Written:
    """A row of a file.

    Attributes
    ----------
    meaning
        What it says, by contract column.
    cells
        Its texts, by contract column; where ``line`` is set, those that the line is made of.
    reasons
        Contract column (empty for the whole line) and rule of everything that is wrong with it.
    line
        How the line as a whole is damaged; none where it fits its header.
    key
        Its key; empty where the client sends none.
    """

    meaning: Mapping[str, Meaning]
    cells: Mapping[str, str]
    reasons: frozenset[tuple[str, str]] = frozenset()
    line: str | None = None
    key: str = ""
    delete: bool = False

    def oracle_row(self, order: int) -> Row:
        """Return the row as the ledger of outcomes takes it; ``order`` is the file's."""
        content = tuple(str(value) for value in self.meaning.values())
        rejected = next(iter(sorted(self.reasons)), None)
        return Row(self.key, content, order, rejected, self.delete)


@dataclass(frozen=True)
class Writer:
    """Makes rows of one layout in one client's style.

    Attributes
    ----------
    columns
        Contract columns that the file has, in its order.
    latin
        The file holds Latin text alone.
    longest
        Characters that a cell can have.
    """

    rng: Random
    layout: Layout
    style: Style
    columns: tuple[str, ...]
    latin: bool
    longest: int = 1_000_000

    def sound(self, key: str, operation: str | None = None) -> Written:
        """Draw a row that the contract admits."""
        meaning = {f.column: self._meaning(f.column, key) for f in self.layout.fields}
        cells = {name: self.text(name, meaning[name]) for name in self.columns if name in meaning}
        if operation is not None:
            cells["operation"] = OPERATIONS[operation]
        said = {name: value for name, value in meaning.items() if name in self.columns}
        deleting = operation == "delete"
        return Written(said, self._ordered(cells), key=key, delete=deleting)

    def again(self, row: Written, operation: str | None = None) -> Written:
        """Write what a row means once more, in this file's style."""
        cells = {name: self.text(name, value) for name, value in row.meaning.items()}
        if operation is not None:
            cells["operation"] = OPERATIONS[operation]
        return replace(row, cells=self._ordered(cells))

    def with_faults(self, row: Written, count: int) -> Written:
        """Damage cells of a row, each in another column."""
        faults: dict[str, CellFault] = {}
        for _ in range(count):
            fault = draw_cell_fault(self.rng, self.columns, self.style)
            if not (self.latin and not _is_latin(fault.text)):
                faults[fault.column] = fault
        if not faults:
            return row
        texts = {name: fault.text[: self.longest] for name, fault in faults.items()}
        reasons = frozenset((fault.column, fault.rule) for fault in faults.values())
        return replace(row, cells={**row.cells, **texts}, reasons=reasons)

    def with_line(self, row: Written, line: str) -> Written:
        """Damage a row as a whole: its separators, quotes, or everything but these."""
        if line in {"only_separators", "total"}:
            return self._blank(row, line)
        # A quote gone wrong costs one line of the file: a row of several would be more than one.
        cells = {name: text.replace("\n", " ") for name, text in row.cells.items()}
        return replace(row, cells=cells, reasons=frozenset({(LINE, rule_of(line))}), line=line)

    def text(self, column: str, meaning: Meaning) -> str:
        """Return a meaning as the file has it."""
        field = next(f for f in self.layout.fields if f.column == column)
        if meaning is not None and field.writings is not None:
            return self.style.write(field.writings[str(meaning)])
        if meaning is None and field.column in {"city", "text", "full_name"}:
            return ""
        return self.style.write(meaning)

    def _meaning(self, column: str, key: str) -> Meaning:
        field = next(f for f in self.layout.fields if f.column == column)
        if field is self.layout.key:
            return key
        if field.may_be_blank and self.rng.random() < BLANK_SHARE:
            return None
        value = field.draw(self.rng)
        while self.latin and isinstance(value, str) and not _is_latin(value):
            value = field.draw(self.rng)
        return value

    def _blank(self, row: Written, line: str) -> Written:
        """Return a row of separators alone, or a row of totals: no key, an amount."""
        cells = dict.fromkeys(self.columns, "")
        if line == "total":
            word = next((n for n in ("full_name", "text") if n in cells), None)
            cells |= {word: "TOTAL"} if word else {}
        needed = {*self.layout.required, *({"operation"} & set(self.columns))}
        reasons = frozenset((name, "required") for name in needed if name in cells)
        return replace(row, cells=cells, reasons=reasons)

    def _ordered(self, cells: Mapping[str, str]) -> dict[str, str]:
        return {name: cells[name] for name in self.columns}


def _is_latin(text: str) -> bool:
    """Say whether Windows-1252 holds the text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
