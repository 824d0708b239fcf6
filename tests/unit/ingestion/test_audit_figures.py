"""Figures that are counted some rows at a time give the verdict of Great Expectations over all."""

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.checks import Expectation
from ingestion.audit_engine import audit_figures, load_great_expectations
from ingestion.audit_figures import figures_of

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition

EXPECTATIONS = [
    Expectation("expect_table_row_count_to_be_between", {"min_value": 1}),
    Expectation("expect_column_values_to_not_be_null", {"column": "key"}),
    Expectation("expect_column_values_to_not_be_null", {"column": "age", "mostly": 0.5}),
    Expectation("expect_column_values_to_be_unique", {"column": "key"}),
    Expectation("expect_compound_columns_to_be_unique", {"column_list": ["key", "age"]}),
    Expectation(
        "expect_column_values_to_be_between", {"column": "age", "min_value": 0, "max_value": 5}
    ),
    Expectation(
        "expect_column_values_to_be_between",
        {"column": "charge", "min_value": 0.5, "max_value": None},
    ),
    Expectation(
        "expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["claim", "complaint"]}
    ),
    Expectation(
        "expect_column_mean_to_be_between", {"column": "charge", "min_value": 0.5, "max_value": 2}
    ),
]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.one_of(st.none(), st.sampled_from(["a", "b", "c", "d", "e", "f"])),
            "age": st.one_of(st.none(), st.integers(-1, 6)),
            "charge": st.one_of(st.none(), st.sampled_from([Decimal("0.4"), Decimal("2.5")])),
            "kind": st.sampled_from([None, "claim", "complaint", "petition"]),
        }
    ),
    min_size=1,
    max_size=9,
)
SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("age", pa.int64()),
        ("charge", pa.decimal128(18, 4)),
        ("kind", pa.string()),
    ]
)


@cache
def _whole_frames() -> "BatchDefinition[None]":
    context = load_great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("rows")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


def over_all_rows(table: pa.Table) -> dict[int, tuple[bool, int | None, int | None]]:
    gx = load_great_expectations()
    described = [
        {"type": e.kind, "kwargs": e.arguments, "meta": {"n": n}}
        for n, e in enumerate(EXPECTATIONS)
    ]
    charge = table["charge"].cast(pa.float64())
    frame = table.set_column(2, "charge", charge).to_pandas()
    batch = _whole_frames().get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="all", expectations=described)
    found = {}
    for one in batch.validate(suite, result_format="BASIC").results:
        counts = one.result or {}
        told = (counts.get("unexpected_count"), counts.get("element_count"))
        found[one.expectation_config.meta["n"]] = (bool(one.success), *told)
    return found


@pytest.mark.slow
@settings(max_examples=40)
@given(rows=ROWS, size=st.integers(1, 4))
def test_the_verdict_and_the_counts_are_those_over_all_rows(rows: list[Any], size: int):
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    pieces = [table.slice(at, size) for at in range(0, table.num_rows, size)]
    audit = audit_figures("rows", EXPECTATIONS, figures_of(EXPECTATIONS, pieces))
    expected = over_all_rows(table)
    for number, result in enumerate(audit.expectations):
        found = (result.passed, result.unexpected_count, result.element_count)
        assert found == expected[number], EXPECTATIONS[number]
