"""The tables of all verticals as JSON Schema, and examples: generated, no column is named here."""

from random import Random
from typing import Any

from data_contracts.contract import Column, Contract, Table
from data_contracts.golden import good_row
from foundation.texts import Language, text
from ingestion.rules import LONGEST_VALUE
from serving.docs.document import JSON_TYPES, Json
from serving.house import House

MONEY_AND_WHOLE = {"integer": int, "number": float, "money": float}


def table_names(house: House) -> list[str]:
    """Return the names of the tables of all verticals."""
    return sorted({table.name for one in house.contracts for table in one.tables})


def schema_name(contract: Contract, table: Table) -> str:
    """Return what the document calls a row of a table: ``TelecomCustomersRow``."""
    words = f"{contract.vertical}_{table.name}_row".split("_")
    return "".join(word.capitalize() for word in words)


def row_schemas(house: House) -> Json:
    """Return the shape of a row of each table of each vertical."""
    return {
        schema_name(contract, table): _row(house, contract, table)
        for contract in house.contracts
        for table in contract.tables
    }


def _row(house: House, contract: Contract, table: Table) -> Json:
    language = house.language
    words = {"table": table.label[language], "vertical": contract.label[language]}
    return {
        "type": "object",
        "description": text("feeds.docs_row", language, **words),
        "properties": {c.name: column_schema(c, language) for c in table.columns},
        "required": [c.name for c in table.columns if c.key],
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        "example": example_row(table),
    }


def column_schema(column: Column, language: Language) -> Json:
    """Return the shape of a column's values, with its limits."""
    known: Json = dict(JSON_TYPES[column.type])
    known["type"] = known["type"] if column.key else [known["type"], "null"]
    limits: Json = {
        "minimum": None if column.minimum is None else float(column.minimum),
        "maximum": None if column.maximum is None else float(column.maximum),
        "pattern": column.pattern,
    }
    if column.type == "string" and column.classification != "free_text":
        limits["maxLength"] = column.max_length or LONGEST_VALUE
    known["description"] = column.description[language]
    if column.allowed:
        known["description"] += f" ({', '.join(column.allowed)})"
        known["examples"] = list(column.allowed)
    return known | {name: value for name, value in limits.items() if value is not None}


def example_row(table: Table) -> dict[str, Any]:
    """Return a made-up row, as the contract's golden files have them."""
    told = good_row(table, 1, Random(table.name))
    return {
        column.name: _typed(column, told[column.name])
        for column in table.columns
        if told[column.name] and column.role != "operation"
    }


def _typed(column: Column, written: str) -> object:
    if column.type == "boolean":
        return written == "true"
    return MONEY_AND_WHOLE.get(column.type, str)(written)
