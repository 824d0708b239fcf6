"""The columns of bronze, silver and quarantine, as Arrow types.

Grain: one row of a tenant's file; silver of a table with history: one version of a person.
"""

import pyarrow as pa

from data_contracts.checks import silver_columns
from data_contracts.contract import Column, ColumnType, Table

MOMENT = pa.timestamp("us", tz="UTC")
TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.decimal128(18, 4),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": MOMENT,
}
REASON = pa.struct(
    [
        ("column", pa.string()),
        ("rule", pa.string()),
        ("arguments", pa.map_(pa.string(), pa.string())),
    ]
)
BRONZE = pa.schema(
    [
        ("upload_id", pa.string()),
        ("source_file", pa.string()),
        ("row_number", pa.int64()),
        ("person_token", pa.string()),
        ("payload", pa.binary()),
        ("recorded_at", MOMENT),
    ]
)
QUARANTINE = pa.schema(
    [
        ("upload_id", pa.string()),
        ("source_file", pa.string()),
        ("row_number", pa.int64()),
        ("reasons", pa.list_(REASON)),
        ("payload", pa.binary()),
        ("recorded_at", MOMENT),
    ]
)


def entity_of(table: Table) -> Column | None:
    """Return the column that identifies the person, where the table has one."""
    return next(iter(table.by_role("entity")), None)


def stored_columns(table: Table) -> tuple[Column, ...]:
    """Return the contract columns that silver holds: all but personal ones and the person's id."""
    return silver_columns(table)


def personal_columns(table: Table) -> tuple[Column, ...]:
    """Return the contract columns that only the vault holds."""
    return tuple(c for c in table.columns if c.classification == "personal")


def silver_schema(table: Table) -> pa.Schema:
    """Return silver's schema: the contract's columns among those of the platform."""
    fields: list[tuple[str, pa.DataType]] = [("row_key", pa.string())]
    if entity_of(table):
        fields.append(("person_token", pa.string()))
    fields += [(c.name, TYPES[c.type]) for c in stored_columns(table)]
    fields += [
        ("recorded_at", MOMENT),
        ("upload_id", pa.string()),
        ("row_number", pa.int64()),
        ("row_hash", pa.string()),
        ("masker_version", pa.string()),
    ]
    if table.history:
        fields += [("valid_from", MOMENT), ("valid_to", MOMENT)]
    return pa.schema(fields)


def silver_keys(table: Table) -> list[str]:
    """Return the columns that name one row of silver."""
    return ["row_key", "valid_from"] if table.history else ["row_key"]
