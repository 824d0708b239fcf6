"""Rows on their way into PostgreSQL: nothing is lost between null, empty, quotes and nested."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from lakehouse.sql_rows import csv_of, sql_type
from models.score_table import REASON, SCORE

ROWS = pa.table(
    {
        "text": [None, "", 'a "b", c\nd', "nul\0", "ñandú"],
        "money": pa.array([Decimal("1.2345"), None, Decimal(-3), None, None], pa.decimal128(18, 4)),
        "at": pa.array(
            [datetime(2024, 1, 2, 3, 4, 5, 6, UTC)] + [None] * 4, SCORE.field("as_of_at").type
        ),
        "day": pa.array([date(2024, 2, 29)] + [None] * 4),
        "yes": [True, None, False, None, None],
        "share": [0.1, None, float("nan"), None, None],
    }
)


def test_null_is_empty_and_everything_else_is_quoted():
    written = csv_of(ROWS).decode()
    assert written.startswith(',"1.2345","2024-01-02 03:04:05.000006Z","2024-02-29","true","0.1"\n')
    assert written.splitlines()[1] == '"",,,,,'
    rows = list(csv.reader(io.StringIO(written)))
    assert [row[0] for row in rows] == ["", "", 'a "b", c\nd', "nul", "ñandú"]


def test_lists_structs_and_maps_become_json():
    reason = {
        "feature": "tenure",
        "value": "3",
        "contribution": 0.5,
        "text_es": "ñ\0",
        "text_en": "n",
    }
    rows = pa.table(
        {
            "reasons": pa.array([[reason], None], pa.list_(REASON)),
            "shares": pa.array([[("low", 0.25)], None], SCORE.field("class_probabilities").type),
        }
    )
    first, second = csv.reader(io.StringIO(csv_of(rows).decode()))
    assert json.loads(first[0]) == [{**reason, "text_es": "ñ"}]
    assert json.loads(first[1]) == {"low": 0.25}
    assert second == ["", ""]


@pytest.mark.parametrize(
    ("value", "told"),
    [(r"a\u0000b", r"a\u0000b"), ("\\\0", "\\"), (r"\\u0000", r"\\u0000"), (r"C:\0", r"C:\0")],
)
def test_what_looks_like_an_escape_stays_json(value: str, told: str):
    written = csv_of(pa.table({"values": pa.array([[value]])})).decode()
    ((cell,),) = csv.reader(io.StringIO(written))
    assert json.loads(cell) == [told]


def test_a_nested_number_that_json_does_not_have_is_null():
    shares = pa.array(
        [[("low", float("nan")), ("high", 0.5)]], SCORE.field("class_probabilities").type
    )
    ((cell,),) = csv.reader(io.StringIO(csv_of(pa.table({"shares": shares})).decode()))
    assert cell == '{"low": null, "high": 0.5}'


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (pa.decimal128(18, 2), "numeric(18, 2)"),
        (SCORE.field("scored_at").type, "timestamptz"),
        (SCORE.field("reasons").type, "jsonb"),
        (pa.int64(), "bigint"),
        (pa.string(), "text"),
    ],
)
def test_each_type_has_one_that_holds_it_exactly(kind: pa.DataType, told: str):
    assert sql_type(kind) == told
