"""How a file writes numbers and dates: decided by the column, then the file, then a default."""

import pyarrow as pa
import pytest

from data_contracts.contract import Column
from ingestion.formats import Format, FormatEvidence


def column(kind: str) -> Column:
    return Column("c", kind, "measure", "internal", {}, {})


def decided(rows: dict[str, list[str | None]], kind: str, currency: str) -> dict[str, Format]:
    evidence = FormatEvidence(dict.fromkeys(rows, column(kind)))
    evidence.add(pa.table(rows))
    return evidence.decide(currency)


def decide(kind: str, values: list[str | None], currency: str = "USD") -> Format:
    return decided({"c": values}, kind, currency)["c"]


@pytest.mark.parametrize(
    ("values", "decimal"),
    [
        (["1.234,56", "1.234"], ","),
        (["1,234.56", "1,234"], "."),
        (["0,5", "1.234"], ","),
        (["0.5", "1,234"], "."),
        (["29.85", "1.234"], "."),
        (["29,85", None, ""], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["0.123", "1.234"], "."),
        (["$ 1.250,00 COP"], ","),
        (["1234,567", "123,456"], ","),
        (["1234.567", "123.456"], "."),
        (["10", "20"], "."),
    ],
)
def test_one_telling_value_decides_the_column(values: list[str | None], decimal: str):
    assert decide("number", values) == Format(decimal=decimal)


def test_what_most_values_say_wins_and_the_others_go_to_quarantine():
    assert decide("number", ["1,5", "2,25", "3.5"]).decimal == ","


def test_a_column_that_cannot_tell_follows_the_others_of_its_file():
    formats = decided({"a": ["1.234"], "b": ["2,50"]}, "number", "USD")
    assert formats["a"] == Format(decimal=",")


@pytest.mark.parametrize(
    ("kind", "currency", "decimal"),
    [("money", "COP", ","), ("money", "USD", "."), ("integer", "USD", ","), ("number", "COP", ".")],
)
def test_else_a_default_is_assumed_and_said(kind: str, currency: str, decimal: str):
    assert decide(kind, ["45.900", "120.000"], currency) == Format(decimal, assumed="decimal")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["31/01/2024", "03/04/2024"], Format(day_first=True)),
        (["01/31/2024", "03/04/2024"], Format(day_first=False)),
        (["03/04/2024"], Format(assumed="day_first")),
        (["2024-01-31", None], Format()),
    ],
)
def test_the_order_of_day_and_month_is_decided_by_the_column(
    values: list[str | None], expected: Format
):
    assert decide("date", values) == expected
