"""Golden rows: made from the contract alone, the good ones good and the others wrong once."""

import csv
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.checks import RowCheck, row_checks
from data_contracts.contract import Column, Table
from data_contracts.golden import GOOD_ROWS, golden_rows
from data_contracts.loader import load_contracts
from data_contracts.refresh import GOLDEN, made_files

TABLES = [
    pytest.param(table, id=f"{vertical}.{table.name}")
    for vertical, contract in load_contracts().items()
    for table in contract.tables
]


def stored(column: Column, value: str) -> str:
    for known, writings in column.value_synonyms.items():
        if value.casefold() in {w.casefold() for w in writings}:
            return known
    return value


def is_a(type_: str, value: str) -> bool:
    try:
        match type_:
            case "boolean":
                return value in ("true", "false")
            case "integer":
                return str(int(value)) == value
            case "number" | "money":
                return Decimal(value).is_finite()
            case _:
                return bool(datetime.fromisoformat(value))
    except (ValueError, InvalidOperation):
        return False


def breaks(check: RowCheck, column: Column, raw: str) -> bool:
    """Whether a value breaks a check: the rules once more, written for this test."""
    value = stored(column, raw)
    if not value or check.rule == "required":
        return not value and check.rule == "required"
    number = Decimal(value) if is_a("number", value) else Decimal(0)
    limit = next(iter(check.arguments.values()))
    verdicts: dict[str, Callable[[], bool]] = {
        "type": lambda: not is_a(column.type, value),
        "minimum": lambda: is_a("number", value) and number < Decimal(limit),
        "maximum": lambda: number > Decimal(limit),
        "max_length": lambda: len(value) > int(limit),
        "pattern": lambda: re.fullmatch(limit, value) is None,
        "allowed": lambda: value not in limit.split(", "),
    }
    return verdicts[check.rule]()


def broken(table: Table, row: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (check.column, check.rule)
        for check in row_checks(table)
        if breaks(check, table.column(check.column), row[check.column])
    ]


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_good_rows_break_nothing_and_each_other_row_breaks_its_one_rule(table: Table, seed: int):
    golden = golden_rows(table, seed)
    expected = {bad.row: [(bad.column, bad.rule)] for bad in golden.rejected}
    assert len(golden.rows) == GOOD_ROWS + len(expected)
    for number, row in enumerate(golden.rows, start=1):
        assert broken(table, row) == expected.get(number, []), number


@pytest.mark.parametrize("table", TABLES)
def test_every_rule_of_the_table_is_broken_once(table: Table):
    rules = [bad.rule for bad in golden_rows(table).rejected]
    assert sorted(rules) == sorted({check.rule for check in row_checks(table)})


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    customers = load_contracts()["telecom"].table("customers")
    assert golden_rows(customers, 3) == golden_rows(customers, 3)
    assert golden_rows(customers, 3) != golden_rows(customers, 4)


def test_facts_speak_of_customers_that_exist():
    contract = load_contracts()["telecom"]
    known = {row["customer_id"] for row in golden_rows(contract.table("customers")).rows}
    for name in ("incidents", "calls", "offers"):
        spoken = {row["customer_id"] for row in golden_rows(contract.table(name)).rows[:GOOD_ROWS]}
        assert spoken <= known


def test_who_did_not_leave_has_no_date_of_leaving():
    for row in golden_rows(load_contracts()["telecom"].table("customers")).rows:
        assert bool(row["churned_at"]) == (row["churned"] == "true")


@pytest.mark.parametrize("path", made_files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_file_is_up_to_date(path: Path):
    command = "python -m data_contracts.refresh"
    assert path.exists(), f"{path} is missing: run `{command}`"
    content = path.read_text(encoding="utf-8")
    assert content == made_files()[path], f"{path} is out of date: run `{command}`"


@pytest.mark.parametrize("vertical", load_contracts())
def test_the_expected_rejections_name_rows_and_columns_of_the_files(vertical: str):
    folder = GOLDEN / vertical
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    for table, verdict in expected.items():
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == verdict["good"] + len(verdict["rejected"])
        for bad in verdict["rejected"]:
            assert bad["column"] in rows[bad["row"] - 1]
