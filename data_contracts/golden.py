"""Golden rows: what a good file of a table looks like, and rows that break one rule each.

Made from the contract alone and from a seed, so a new vertical has its golden rows as soon as it
has its contract. Values are strings, as a file has them; headers are the contract's own names.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from data_contracts.checks import RowCheck, Rule, row_checks
from data_contracts.contract import Column, Contract, Table

GOOD_ROWS = 12
FIRST_DAY = datetime(2025, 1, 1)
DAYS = 300
WIDEST = Decimal(1000)
"""Limits are wide; golden numbers stay within this much of the minimum."""

Row = dict[str, str]


@dataclass(frozen=True)
class Rejected:
    """The row (1 is the first below the header) that a rule rejects, and the column it names."""

    row: int
    column: str
    rule: Rule


@dataclass(frozen=True)
class Golden:
    """A table's golden rows: the good ones first, then those in ``rejected``."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...]

    def to_csv(self) -> str:
        """Return the rows as a CSV file."""
        file = io.StringIO()
        writer = csv.DictWriter(file, self.headers, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return file.getvalue()


def golden_rows(table: Table, seed: int = 0, good: int = GOOD_ROWS) -> Golden:
    """Return ``good`` rows that keep every rule, and one more for each rule of the table.

    The same table and seed give the same rows.
    """
    random = Random(f"{seed} {table.name}")
    checks = tuple(one_of_each(row_checks(table)))
    rows = [good_row(table, number, random) for number in range(1, good + len(checks) + 1)]
    for row, check in zip(rows[good:], checks, strict=True):
        row[check.column] = breaking(table.column(check.column), check.rule)
    return Golden(
        headers=tuple(column.name for column in table.columns),
        rows=tuple(rows),
        rejected=tuple(Rejected(good + n, c.column, c.rule) for n, c in enumerate(checks, 1)),
    )


def golden_files(contract: Contract, seed: int = 0) -> dict[str, str]:
    """Return the content of ``tests/golden/<vertical>/`` by file name."""
    golden = {table.name: golden_rows(table, seed) for table in contract.tables}
    files = {f"{name}.csv": rows.to_csv() for name, rows in golden.items()}
    return files | {"expected.yaml": "".join(expected_lines(golden))}


def expected_lines(golden: dict[str, Golden]) -> Iterator[str]:
    """Yield the lines of ``expected.yaml``: how many rows are good, and which are not and why."""
    yield "# Written by `python -m data_contracts.refresh`; row 1 is the first below the header.\n"
    for name, rows in golden.items():
        yield f"{name}:\n  good: {len(rows.rows) - len(rows.rejected)}\n  rejected:\n"
        for bad in rows.rejected:
            yield f"    - {{row: {bad.row}, column: {bad.column}, rule: {bad.rule}}}\n"


def one_of_each(checks: tuple[RowCheck, ...]) -> Iterator[RowCheck]:
    """Yield the first check of every rule."""
    seen: set[Rule] = set()
    for check in checks:
        if check.rule not in seen:
            seen.add(check.rule)
            yield check


def good_row(table: Table, number: int, random: Random) -> Row:
    """Return one row that keeps every rule."""
    row = {column.name: good_value(column, number, random) for column in table.columns}
    for column in table.by_role("operation"):
        row[column.name] = ""
    for column in table.by_role("outcome_time"):
        if row.get(column.name.removesuffix("_at")) == "false":
            row[column.name] = ""
    return row


def good_value(column: Column, number: int, random: Random) -> str:
    """Return one value as a tenant might write it."""
    if column.key or column.role in ("entity", "reference"):
        return f"{column.name.removesuffix('_id').upper()}-{number:04d}"
    match column.type:
        case "boolean":
            return random.choice(["true", "false"])
        case "integer":
            return str(random.randint(*ends(column)))
        case "number" | "money":
            low, high = ends(column)
            return str(Decimal(random.randint(low * 100, high * 100)) / 100)
        case "date" | "timestamp":
            return good_time(column, random)
        case "string":
            return good_text(column, number, random)


def ends(column: Column) -> tuple[int, int]:
    """Return the whole numbers between which golden values lie, within the mean's limits too."""
    limits = column.mean_between or (column.minimum, column.maximum)
    low = limits[0] if limits[0] is not None else Decimal(0)
    high = limits[1] if limits[1] is not None else low + WIDEST
    return int(max(low, -WIDEST)), int(min(high, max(low, -WIDEST) + WIDEST))


def good_time(column: Column, random: Random) -> str:
    """Return a moment of 2025; what is known only later lies in 2026."""
    days = random.randrange(DAYS) + (365 if column.role == "outcome_time" else 0)
    moment = FIRST_DAY + timedelta(days=days, minutes=random.randrange(24 * 60))
    return moment.date().isoformat() if column.type == "date" else f"{moment.isoformat()}Z"


def good_text(column: Column, number: int, random: Random) -> str:
    """Return a known value or one of its other writings; else an example; else plain words."""
    if column.canonical == "phone":
        return f"+57 601 555 {number:04d}"
    if column.canonical == "email":
        return f"persona{number}@example.com"
    stored = random.choice(column.allowed or tuple(column.value_labels) or column.examples or ("",))
    if not stored:
        return f"{column.label['es']} {number}"[: column.max_length]
    return random.choice((stored, stored, *column.value_synonyms.get(stored, ())))


def breaking(column: Column, rule: Rule) -> str:
    """Return a value that breaks one rule of a column and no other."""
    values: dict[Rule, str] = {
        "required": "",
        "type": "ni lo uno ni lo otro",
        "minimum": str((column.minimum or Decimal(0)) - 1),
        "maximum": str((column.maximum or Decimal(0)) + 1),
        "max_length": "x" * ((column.max_length or 0) + 1),
        "pattern": "¿?",
        "allowed": "ninguno de ellos",
    }
    return values[rule]
