"""What a contract demands, as data: of each row before silver, and of a silver table as a whole.

A check says *what* to assert and knows no engine. ``ingestion`` compiles row checks to engine
expressions and hands expectations to Great Expectations.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from data_contracts.contract import Column, KeyKind, Table, UploadKind

Rule = Literal["required", "type", "minimum", "maximum", "max_length", "pattern", "allowed"]
JSON = str | int | float | bool | list[str] | None

MOSTLY_KNOWN = 0.5
"""Where a tenant sends who the person is, at least this share of the rows must say it."""


@dataclass(frozen=True)
class RowCheck:
    """One demand on one value. ``arguments`` fill the sentence that says why a row was rejected."""

    column: str
    rule: Rule
    arguments: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Expectation:
    """One demand on a table; ``kind`` and ``arguments`` are named as Great Expectations does."""

    kind: str
    arguments: dict[str, JSON] = field(hash=False)


def row_checks(
    table: Table,
    key: KeyKind = "natural",
    upload: UploadKind = "increment",
    columns: Collection[str] | None = None,
) -> tuple[RowCheck, ...]:
    """Return the demands on every row, column by column in the contract's order.

    Parameters
    ----------
    table
        The contract's table.
    key
        With ``row``, nobody has to send the natural key's columns.
    upload
        With ``changes``, every row says what it does (the ``operation`` column).
    columns
        The contract columns that the file has; a required one that it lacks is demanded all the
        same. ``None`` stands for all of them.
    """
    return tuple(
        check
        for column in table.columns
        for check in column_checks(column, demanded(column, key, upload))
        if columns is None or column.name in columns or check.rule == "required"
    )


def demanded(column: Column, key: KeyKind, upload: UploadKind) -> bool:
    """Whether a row must have a value there, under the tenant's choices."""
    if column.role == "operation":
        return upload == "changes"
    if column.key and key == "row":
        return False
    return column.required and column.blank_means is None


def column_checks(column: Column, required: bool) -> Iterator[RowCheck]:
    """Yield the demands on one column: presence first, then form, then limits."""
    if required:
        yield RowCheck(column.name, "required")
    if column.type != "string":
        yield RowCheck(column.name, "type", {"type": column.type})
    if column.minimum is not None:
        yield RowCheck(column.name, "minimum", {"minimum": str(column.minimum)})
    if column.maximum is not None:
        yield RowCheck(column.name, "maximum", {"maximum": str(column.maximum)})
    if column.max_length is not None:
        yield RowCheck(column.name, "max_length", {"max_length": str(column.max_length)})
    if column.pattern is not None:
        yield RowCheck(column.name, "pattern", {"pattern": column.pattern})
    if column.allowed:
        yield RowCheck(column.name, "allowed", {"allowed": ", ".join(column.allowed)})


def table_expectations(
    table: Table, present: Collection[str] | None = None
) -> tuple[Expectation, ...]:
    """Return the demands on the silver table.

    Types are the table's schema and need no audit. Ranges and allowed values are looked at again,
    from outside; means catch what no single row shows (a wrong unit).

    Parameters
    ----------
    table
        The contract's table.
    present
        The contract columns that the tenant has ever sent. Only theirs are audited: others hold
        nothing but NULL, of which a mean cannot be taken. ``None``: columns in general, no means.
    """
    expectations = [*key_expectations(table), *person_expectations(table, present)]
    for column in silver_columns(table):
        if present is None or column.name in present:
            expectations += column_expectations(column)
            if present is not None:
                expectations += mean_expectations(column)
    return tuple(expectations)


def silver_columns(table: Table) -> tuple[Column, ...]:
    """Return the contract's columns that silver has: neither personal ones nor the person."""
    return tuple(
        column
        for column in table.columns
        if column.classification != "personal" and column.role != "entity"
    )


def key_expectations(table: Table) -> list[Expectation]:
    """Return what holds for every silver table: rows, each of them once."""
    expectations = [
        Expectation("expect_table_row_count_to_be_between", {"min_value": 1}),
        Expectation("expect_column_values_to_not_be_null", {"column": "row_key"}),
    ]
    if not table.history:
        once = Expectation("expect_column_values_to_be_unique", {"column": "row_key"})
        return [*expectations, once]
    return [
        *expectations,
        Expectation("expect_column_values_to_not_be_null", {"column": "valid_from"}),
        Expectation(
            "expect_compound_columns_to_be_unique", {"column_list": ["row_key", "valid_from"]}
        ),
    ]


def person_expectations(table: Table, present: Collection[str] | None) -> list[Expectation]:
    """Return how many rows must know their person: all customers, most of other facts."""
    entities = table.by_role("entity")
    if any(column.key for column in entities):
        return [Expectation("expect_column_values_to_not_be_null", {"column": "person_token"})]
    if present is None or not any(column.name in present for column in entities):
        return []
    arguments: dict[str, JSON] = {"column": "person_token", "mostly": MOSTLY_KNOWN}
    return [Expectation("expect_column_values_to_not_be_null", arguments)]


def column_expectations(column: Column) -> list[Expectation]:
    """Return the demands on one silver column; a key's presence is ``row_key``'s."""
    name = column.name
    expectations = []
    if column.required and not column.key:
        expectations.append(Expectation("expect_column_values_to_not_be_null", {"column": name}))
    if column.minimum is not None or column.maximum is not None:
        arguments: dict[str, JSON] = {
            "column": name,
            "min_value": as_json(column.minimum),
            "max_value": as_json(column.maximum),
        }
        expectations.append(Expectation("expect_column_values_to_be_between", arguments))
    if column.allowed:
        values: dict[str, JSON] = {"column": name, "value_set": list(column.allowed)}
        expectations.append(Expectation("expect_column_values_to_be_in_set", values))
    return expectations


def mean_expectations(column: Column) -> list[Expectation]:
    """Return the demand on a column's mean, where the contract states one."""
    if column.mean_between is None:
        return []
    low, high = column.mean_between
    arguments: dict[str, JSON] = {
        "column": column.name,
        "min_value": as_json(low),
        "max_value": as_json(high),
    }
    return [Expectation("expect_column_mean_to_be_between", arguments)]


def as_json(number: Decimal | None) -> int | float | None:
    """Return a limit as JSON holds it: whole numbers without a point."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)
