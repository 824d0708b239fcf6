"""One Arrow spelling for each Delta type, so that schemas can be compared exactly.

Engines disagree in representation only (large or view strings, names of list elements, the
unit of a timestamp); a value never changes here. Nanoseconds stay as they are and are refused
by the writer: cutting them would lose something.
"""

import pyarrow as pa

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")
STORABLE_TESTS = (
    pa.types.is_boolean,
    pa.types.is_signed_integer,
    pa.types.is_float32,
    pa.types.is_float64,
    pa.types.is_string,
    pa.types.is_binary,
    pa.types.is_date32,
    pa.types.is_decimal128,
)


def normal_type(kind: pa.DataType) -> pa.DataType:
    """Return the one spelling of a type."""
    if pa.types.is_dictionary(kind):
        return normal_type(kind.value_type)
    if pa.types.is_map(kind):
        return pa.map_(normal_type(kind.key_type), normal_type(kind.item_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(pa.field("element", normal_type(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, normal_type(field.type)) for field in kind])
    return _normal_value(kind)


def _normal_value(kind: pa.DataType) -> pa.DataType:
    types = pa.types
    if types.is_large_string(kind) or types.is_string_view(kind):
        return pa.string()
    if types.is_large_binary(kind) or types.is_binary_view(kind):
        return pa.binary()
    if types.is_timestamp(kind) and kind.tz is not None and kind.unit != "ns":
        return UTC_MICROSECONDS
    return kind


def normal_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema in normal spelling, every column nullable, without metadata."""
    return pa.schema([(field.name, normal_type(field.type)) for field in schema])


def normal_table(table: pa.Table) -> pa.Table:
    """Return the same rows in normal spelling (the same object where nothing differs)."""
    wanted = normal_schema(table.schema)
    if table.schema.equals(wanted, check_metadata=True):
        return table
    return pa.table(
        [column.cast(field.type) for column, field in zip(table.columns, wanted, strict=True)],
        schema=wanted,
    )


def storable(kind: pa.DataType) -> bool:
    """Say whether a Delta table holds the type exactly, without an optional table feature."""
    types = pa.types
    if types.is_map(kind):
        return storable(kind.key_type) and storable(kind.item_type)
    if types.is_list(kind):
        return storable(kind.value_type)
    if types.is_struct(kind):
        return all(storable(field.type) for field in kind)
    return kind == UTC_MICROSECONDS or any(test(kind) for test in STORABLE_TESTS)
