"""A contract's columns as an agent reads them: label, value and the value's word."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data_contracts.contract import Column, Contract, Table
from foundation.texts import Language, text

Json = dict[str, Any]
SHOWN_ROLES = frozenset({"measure", "attribute", "outcome", "outcome_time"})


def fields(table: Table, row: Mapping[str, Any], language: Language) -> list[Json]:
    """Return what is known of a row, in the contract's order; what is unknown is left out."""
    return [
        {
            "name": column.name,
            "label": column.label[language],
            "value": as_json(row[column.name]),
            "text": word(column, row[column.name], language),
        }
        for column in table.columns
        if column.role in SHOWN_ROLES
        and column.classification not in ("personal", "identifier")
        and row.get(column.name) is not None
    ]


def personal_fields(
    contract: Contract, values: Mapping[str, str | None], language: Language
) -> list[Json]:
    """Return what the vault knows of a customer, in the contract's order."""
    return [
        {"name": column.name, "label": column.label[language], "value": values[column.name]}
        for column in contract.table("customers").columns
        if column.classification == "personal" and values.get(column.name)
    ]


def word_in(table: Table, row: Mapping[str, Any], name: str, language: Language) -> str | None:
    """Return the word of a row's value; None where it is unknown."""
    value = row.get(name)
    return None if value is None else word(table.column(name), value, language)


def word(column: Column, value: object, language: Language) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return text("features.yes_word" if value else "features.no_word", language)
    return column.word_for(str(as_json(value)), language)


def as_json(value: object) -> str | int | float | bool | None:
    """Return a value as JSON has it: amounts as their digits, moments as ISO 8601 in UTC."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    assert value is None or isinstance(value, str | int | float)
    return value
