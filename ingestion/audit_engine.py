"""Great Expectations at work: expectations as data in, counts out.

The library takes seconds to import, so it is loaded at the first audit of a process; its context
lives in memory, writes nothing and calls nobody.
"""

import os
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any

import pyarrow as pa

from data_contracts.checks import Expectation
from ingestion.audit import Audit, Result

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
    found = {id_: one for one in outcome.results for id_ in (one.expectation_config.meta["n"],)}
    results = tuple(_result(e, found[n]) for n, e in enumerate(expectations))
    return Audit(table, version, data.num_rows, all(r.passed for r in results), results)


def load_great_expectations() -> Any:
    """Import Great Expectations with its usage statistics switched off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # must stand before the import reads it
    import great_expectations

    return great_expectations


@cache
def _context() -> Any:
    context = load_great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


@cache
def _batch_definition() -> Any:
    source = _context().data_sources.add_pandas("silver")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


@cache
def _suite(frozen: tuple[tuple[str, str], ...]) -> Any:
    import json

    described = [
        {"type": kind, "kwargs": json.loads(arguments), "meta": {"n": n}}
        for n, (kind, arguments) in enumerate(frozen)
    ]
    gx = load_great_expectations()
    _context()
    return gx.ExpectationSuite(name=f"suite-{hash(frozen)}", expectations=described)


def _frozen(expectations: Sequence[Expectation]) -> tuple[tuple[str, str], ...]:
    """Return expectations as something that can be the key of a cache."""
    import json

    return tuple((e.kind, json.dumps(e.arguments, sort_keys=True)) for e in expectations)


def _validate(suite: Any, data: pa.Table) -> Any:
    batch = _batch_definition().get_batch({"dataframe": _pandas(data)})
    return batch.validate(suite, result_format=RESULT_FORMAT)


def _pandas(data: pa.Table) -> Any:
    """Return a pandas frame; decimals as floats, since limits are compared a column at a time."""
    for position, column in enumerate(data.schema):
        if pa.types.is_decimal(column.type):
            cast = data.column(position).cast(pa.float64())
            data = data.set_column(position, column.name, cast)
    return data.to_pandas()


def _columns(expectation: Expectation) -> tuple[str, ...]:
    arguments = expectation.arguments
    named = [arguments[k] for k in ("column", "column_A", "column_B") if k in arguments]
    return tuple(str(c) for c in [*named, *arguments.get("column_list", ())])


def _result(expectation: Expectation, found: Any) -> Result:
    counts = found.result or {}
    names = ("column", "column_A", "column_B", "column_list")
    return Result(
        kind=expectation.kind,
        column=", ".join(_columns(expectation)) or None,
        arguments={k: v for k, v in expectation.arguments.items() if k not in names},
        passed=bool(found.success),
        unexpected_count=_whole(counts.get("unexpected_count")),
        element_count=_whole(counts.get("element_count")),
    )


def _whole(count: Any) -> int | None:
    """Return a count as a plain int: the library hands out NumPy scalars."""
    return None if count is None else int(count)
