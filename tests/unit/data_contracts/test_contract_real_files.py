"""The contracts know the headers and accept the values of the real data sets."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from data_contracts.contract import Column, Table
from data_contracts.loader import load_contracts
from data_contracts.tables import plain

FILES = {
    "ibm": ("telecom", "churn_ibm_telco/Telco-Customer-Churn.csv"),
    "mlc": ("telecom", "churn_mlc_telecom/mlc_churn.csv"),
    "iranian": ("telecom", "churn_iranian_telecom/Customer_Churn.csv"),
    "credit_card": ("banking", "churn_credit_card/BankChurners.csv"),
}
NOT_DATA = {"rownames"}
"""The number that R gave to the row says nothing about a customer."""

LEAKS = "Naive_Bayes_"
BOOLEANS = {"yes": "true", "1": "true", "no": "false", "0": "false"}
Rows = list[dict[str, str]]
RealFile = tuple[Table, Rows]
ReadReal = Callable[[str], RealFile]


@pytest.fixture
def read_real(real_data: Callable[[str], Path]) -> Callable[[str], RealFile]:
    def read(name: str) -> RealFile:
        vertical, path = FILES[name]
        with real_data(path).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return load_contracts()[vertical].table("customers"), rows

    return read


def column_for(table: Table, header: str) -> Column | None:
    """Return the column that the contract names so."""
    for column in table.columns:
        if plain(header) in {plain(name) for name in (column.name, *column.synonyms)}:
            return column
    return None


def stored(column: Column, value: str) -> str:
    """Return the value as the contract stores it."""
    if column.blank_means is not None and not value.strip():
        return column.blank_means
    for known, writings in column.value_synonyms.items():
        if value.casefold() in {known.casefold(), *(w.casefold() for w in writings)}:
            return known
    return BOOLEANS.get(value.casefold(), value) if column.type == "boolean" else value


def fault(column: Column, value: str) -> str | None:
    """Return what the contract has against a stored value."""
    if column.type == "boolean":
        return None if value in ("true", "false") else "type"
    if column.type == "string":
        known = not column.allowed or value.casefold() in {a.casefold() for a in column.allowed}
        return None if known and len(value) <= (column.max_length or len(value)) else "allowed"
    number = Decimal(value)
    if column.type == "integer" and number != int(number):
        return "type"
    low, high = column.minimum or -Decimal("inf"), column.maximum or Decimal("inf")
    return None if low <= number <= high else "range"


@pytest.mark.parametrize("name", FILES)
def test_every_header_is_known_and_no_two_mean_the_same(name: str, read_real: ReadReal):
    table, rows = read_real(name)
    headers = [h for h in rows[0] if h not in NOT_DATA and not h.startswith(LEAKS)]
    targets = {header: column_for(table, header) for header in headers}
    assert [header for header, column in targets.items() if column is None] == []
    assert len({column.name for column in targets.values() if column}) == len(headers)


def test_the_leaking_columns_are_known_to_no_contract(read_real: ReadReal):
    table, rows = read_real("credit_card")
    leaks = [header for header in rows[0] if header.startswith(LEAKS)]
    assert len(leaks) == 2
    assert all(column_for(table, header) is None for header in leaks)


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_accepted(name: str, read_real: ReadReal):
    table, rows = read_real(name)
    columns = {header: column_for(table, header) for header in rows[0]}
    faults = {
        (header, row[header], found)
        for row in rows
        for header, column in columns.items()
        if column and (found := fault(column, stored(column, row[header])))
    }
    assert faults == set()


@pytest.mark.parametrize("name", FILES)
def test_the_means_are_as_the_contract_expects(name: str, read_real: ReadReal):
    table, rows = read_real(name)
    for header in rows[0]:
        column = column_for(table, header)
        if column and column.mean_between:
            mean = sum(Decimal(row[header]) for row in rows) / len(rows)
            assert column.mean_between[0] <= mean <= column.mean_between[1], header


def test_the_telecom_columns_stand_in_the_order_of_ibms_file(read_real: ReadReal):
    table, rows = read_real("ibm")
    named = [column_for(table, header) for header in rows[0]]
    assert [c.name for c in named if c] == [c.name for c in table.columns[: len(rows[0])]]


def test_ibms_11_blank_charges_are_nothing_yet_and_only_in_the_first_month(read_real: ReadReal):
    table, rows = read_real("ibm")
    blank = [row for row in rows if not row["TotalCharges"].strip()]
    assert len(blank) == 11
    assert {row["tenure"] for row in blank} == {"0"}
    assert stored(table.column("total_charge"), " ") == "0"


@pytest.mark.parametrize(
    ("name", "left"), [("ibm", 1869), ("mlc", 707), ("iranian", 495), ("credit_card", 1627)]
)
def test_who_left_is_read_as_its_source_counts_it(name: str, left: int, read_real: ReadReal):
    table, rows = read_real(name)
    header = next(h for h in rows[0] if column_for(table, h) == table.column("churned"))
    outcomes = [stored(table.column("churned"), row[header]) for row in rows]
    assert outcomes.count("true") == left
    assert outcomes.count("false") == len(rows) - left


@pytest.mark.parametrize("name", ["ibm", "credit_card"])
def test_every_category_of_the_real_files_has_words_for_a_person(name: str, read_real: ReadReal):
    table, rows = read_real(name)
    free = {"customer_id", "income_category"}
    for header in rows[0]:
        column = column_for(table, header)
        if column and column.type == "string" and column.name not in free:
            values = {stored(column, row[header]) for row in rows}
            assert values <= set(column.value_labels), header


def test_a_month_to_month_contract_in_words():
    contract_type = load_contracts()["telecom"].table("customers").column("contract_type")
    assert contract_type.value_labels["month_to_month"] == {
        "es": "contrato mensual",
        "en": "month-to-month contract",
    }
