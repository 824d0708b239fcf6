"""One Arrow spelling for each Delta type; values stay as they are."""

import datetime as dt

import pyarrow as pa
import pytest

from lakehouse.arrow_types import normal_table, normal_type, storable

UTC = pa.timestamp("us", tz="UTC")


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (pa.large_string(), pa.string()),
        (pa.string_view(), pa.string()),
        (pa.large_binary(), pa.binary()),
        (pa.dictionary(pa.int32(), pa.large_string()), pa.string()),
        (pa.timestamp("ms", tz="America/Bogota"), UTC),
        (pa.timestamp("ns", tz="UTC"), pa.timestamp("ns", tz="UTC")),
        (pa.timestamp("us"), pa.timestamp("us")),
        (pa.decimal128(18, 2), pa.decimal128(18, 2)),
        (pa.large_list(pa.large_string()), pa.list_(pa.field("element", pa.string()))),
        (pa.map_(pa.large_string(), pa.float64()), pa.map_(pa.string(), pa.float64())),
        (pa.struct([("a", pa.large_string())]), pa.struct([("a", pa.string())])),
    ],
)
def test_a_type_has_one_spelling(given: pa.DataType, normal: pa.DataType) -> None:
    assert normal_type(given) == normal
    assert normal_type(normal) == normal


def test_values_are_the_same_moments_and_words() -> None:
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=dt.UTC)
    table = pa.table(
        {
            "at": pa.array([moment, None], pa.timestamp("ms", tz="America/Bogota")),
            "words": pa.array([["a", None], None], pa.large_list(pa.large_string())),
            "kind": pa.array(["x", "y"]).dictionary_encode(),
        }
    )
    normal = normal_table(table)
    assert normal.schema.field("at").type == UTC
    assert normal.to_pylist() == [
        {"at": moment, "words": ["a", None], "kind": "x"},
        {"at": None, "words": None, "kind": "y"},
    ]
    assert normal_table(normal) is normal


@pytest.mark.parametrize(
    "kind",
    [pa.uint8(), pa.timestamp("ns", "UTC"), pa.timestamp("us"), pa.null(), pa.time32("s")],
)
def test_what_delta_does_not_hold_exactly_is_not_storable(kind: pa.DataType) -> None:
    assert not storable(kind)
    assert not storable(pa.list_(kind))
    assert not storable(pa.struct([("a", kind)]))
