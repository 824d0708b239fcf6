"""Great Expectations at work: expectations as data in, counts out.

The library takes seconds to import, so it is loaded at the first audit of a process; its context
lives in memory, writes nothing and calls nobody.
"""

import json
import os
from collections.abc import Sequence
from functools import cache
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from data_contracts.checks import Expectation
from foundation.clock import utc_now
from ingestion.audit import Audit, Result

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
    )
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts only: not one unexpected value leaves the library."""

_ONE_AT_A_TIME = Lock()
"""Great Expectations' data sources are not made for threads."""


def columns_of(expectations: Sequence[Expectation]) -> list[str]:
    """Return the columns that expectations speak of, each once, in order."""
    named: dict[str, None] = {}
    for expectation in expectations:
        named |= dict.fromkeys(_columns(expectation))
    return list(named)


def audit_data(
    table: str, data: pa.Table, expectations: Sequence[Expectation], version: int | None = None
) -> Audit:
    """Audit rows in memory against expectations.

    Parameters
    ----------
    table
        Name of the table, for the verdict.
    data
        Its rows; the columns of `columns_of` suffice.
    version
        Version of the Delta table that ``data`` was read from.
    """
    with _ONE_AT_A_TIME:
        outcome = _validate(_suite(_frozen(expectations)), data)
    found = {_number(one): one for one in outcome.results}
    results = tuple(_result(e, found[n]) for n, e in enumerate(expectations))
    return Audit(
        table=table,
        version=version,
        rows=data.num_rows,
        passed=all(result.passed for result in results),
        audited_at=utc_now().isoformat(),
        expectations=results,
    )


def load_great_expectations() -> ModuleType:
    """Import Great Expectations with its usage statistics switched off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # must stand before the import reads it
    import great_expectations

    return great_expectations


@cache
def _context() -> "EphemeralDataContext":
    context = load_great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return cast("EphemeralDataContext", context)


@cache
def _batch_definition() -> "BatchDefinition[None]":
    source = _context().data_sources.add_pandas("silver")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


@cache
def _suite(frozen: tuple[tuple[str, str], ...]) -> "ExpectationSuite":
    described = [
        {"type": kind, "kwargs": json.loads(arguments), "meta": {"n": n}}
        for n, (kind, arguments) in enumerate(frozen)
    ]
    gx = load_great_expectations()
    _context()
    suite = gx.ExpectationSuite(name=f"suite-{hash(frozen)}", expectations=described)
    return cast("ExpectationSuite", suite)


def _frozen(expectations: Sequence[Expectation]) -> tuple[tuple[str, str], ...]:
    """Return expectations as something that can be the key of a cache."""
    return tuple((e.kind, json.dumps(e.arguments, sort_keys=True)) for e in expectations)


def _validate(suite: "ExpectationSuite", data: pa.Table) -> "ExpectationSuiteValidationResult":
    batch = _batch_definition().get_batch({"dataframe": _pandas(data)})
    return batch.validate(suite, result_format=RESULT_FORMAT)


def _pandas(data: pa.Table) -> "pd.DataFrame":
    """Return a pandas frame; decimals as floats, since limits are compared a column at a time."""
    for position, column in enumerate(data.schema):
        if pa.types.is_decimal(column.type):
            cast = data.column(position).cast(pa.float64())
            data = data.set_column(position, column.name, cast)
    return data.to_pandas()


def _columns(expectation: Expectation) -> tuple[str, ...]:
    arguments = expectation.arguments
    named = [arguments[k] for k in ("column", "column_A", "column_B") if k in arguments]
    return tuple(str(c) for c in [*named, *cast(list[str], arguments.get("column_list") or [])])


def _result(expectation: Expectation, found: "ExpectationValidationResult") -> Result:
    counts = found.result or {}
    return Result(
        kind=expectation.kind,
        column=", ".join(_columns(expectation)) or None,
        arguments=dict(expectation.arguments),
        passed=bool(found.success),
        unexpected_count=_whole(counts.get("unexpected_count")),
        element_count=_whole(counts.get("element_count")),
    )


def _number(found: "ExpectationValidationResult") -> int:
    """Return which expectation a result is of; the library gives them back in its own order."""
    configuration = found.expectation_config
    meta = configuration.meta if configuration is not None else None
    return int(meta["n"]) if meta else -1


def _whole(count: object) -> int | None:
    """Return a count as a plain int: the library hands out NumPy scalars."""
    return None if count is None else int(cast(int, count))
