"""The comparison that the engines' parity rests on tells every difference, and no other."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from tests.same_tables import checksum, differences

WORDS = pa.map_(pa.string(), pa.string())
NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
SCHEMA = pa.schema(
    [
        ("row_key", pa.string()),
        ("amount", pa.decimal128(18, 4)),
        ("ratio", pa.float64()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("words", WORDS),
    ]
)
FIRST = {
    "row_key": "a",
    "amount": Decimal("1.5000"),
    "ratio": 0.1,
    "at": NOON,
    "words": [("x", "1"), ("y", "2")],
}
SECOND = {**dict.fromkeys(SCHEMA.names), "row_key": "b"}


def table(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


def test_the_order_of_rows_columns_and_map_entries_does_not_count() -> None:
    turned = {**FIRST, "words": [("y", "2"), ("x", "1")]}
    other = table(SECOND, turned).select(SCHEMA.names[::-1])
    assert checksum(table(FIRST, SECOND)) == checksum(other)
    assert differences(table(FIRST, SECOND), other, ("one", "other")) == ""


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", Decimal("1.5001")),
        ("ratio", 0.1 + 2**-56),
        ("ratio", None),
        ("at", NOON + dt.timedelta(microseconds=1)),
        ("words", [("x", "1")]),
        ("words", []),
    ],
)
def test_a_cell_that_differs_is_shown_side_by_side(column: str, value: object) -> None:
    changed = table({**FIRST, column: value}, SECOND)
    assert checksum(table(FIRST, SECOND)) != checksum(changed)
    told = differences(table(FIRST, SECOND), changed, ("sail", "spark"))
    assert "row_key='a'" in told
    assert f"{column}: sail " in told
    assert " | spark " in told
    assert "row_key='b'" not in told


def test_a_row_twice_is_not_the_row_once() -> None:
    assert checksum(table(FIRST)) != checksum(table(FIRST, FIRST))
    told = differences(table(FIRST), table(FIRST, FIRST), ("sail", "spark"))
    assert "1 rows, spark 2 rows" in told
    assert "only spark" in told


def test_a_type_is_part_of_a_table() -> None:
    narrow = table(FIRST).set_column(2, "ratio", pa.array([0.1], pa.float32()))
    assert checksum(table(FIRST)) != checksum(narrow)
    assert "columns: sail" in differences(table(FIRST), narrow, ("sail", "spark"))
