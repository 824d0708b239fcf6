"""Great Expectations at work: figures and their limits in, a verdict out.

The library takes seconds to import, so it is loaded at the first audit of a process; its context
lives in memory, writes nothing and calls nobody.
"""

import math
import os
from collections.abc import Sequence
from functools import cache
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, cast

from data_contracts.checks import Expectation
from foundation.clock import utc_now
from ingestion.audit import Audit, Result
from ingestion.audit_figures import Figure, Figures, columns_of, limits_of

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


def audit_figures(
    table: str, expectations: Sequence[Expectation], figures: Figures, version: int | None = None
) -> Audit:
    """Judge what was counted.

    Great Expectations has the figures as a row, one column for each, and holds them against the
    same limits: so its work is the same for seven thousand rows and for five million.

    Parameters
    ----------
    table
        Name of the table, for the verdict.
    figures
        What was found for the expectations.
    version
        Version of the Delta table that was counted.
    """
    found = figures.found(expectations)
    with _ONE_AT_A_TIME:
        outcome = _validate(_suite(_frozen(expectations)), _row(found))
    judged = {_number(one): bool(one.success) for one in outcome.results}
    results = tuple(
        Result(
            kind=expectation.kind,
            column=", ".join(columns_of([expectation])) or None,
            arguments=dict(expectation.arguments),
            passed=judged[number],
            unexpected_count=found[number].unexpected,
            element_count=found[number].elements,
        )
        for number, expectation in enumerate(expectations)
    )
    return Audit(
        table=table,
        version=version,
        rows=figures.rows,
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
    source = _context().data_sources.add_pandas("audit")
    return source.add_dataframe_asset("figures").add_batch_definition_whole_dataframe("all")


@cache
def _suite(frozen: tuple[tuple[str, float | None, float | None], ...]) -> "ExpectationSuite":
    described = [
        {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": name, "min_value": low, "max_value": high},
            "meta": {"n": n},
        }
        for n, (name, low, high) in enumerate(frozen)
    ]
    gx = load_great_expectations()
    _context()
    suite = gx.ExpectationSuite(name=f"suite-{hash(frozen)}", expectations=described)
    return cast("ExpectationSuite", suite)


def _frozen(
    expectations: Sequence[Expectation],
) -> tuple[tuple[str, float | None, float | None], ...]:
    """Return the limits of each figure, as something that can be the key of a cache."""
    return tuple((_name(n), *limits_of(e)) for n, e in enumerate(expectations))


def _row(found: Sequence[Figure]) -> "pd.DataFrame":
    """Return the figures as one row; one that there is none of fits no limits."""
    import pandas as pd

    values = [-math.inf if math.isnan(figure.value) else figure.value for figure in found]
    return pd.DataFrame([values], columns=[_name(n) for n in range(len(found))])


def _name(number: int) -> str:
    return f"figure_{number}"


def _validate(
    suite: "ExpectationSuite", figures: "pd.DataFrame"
) -> "ExpectationSuiteValidationResult":
    batch = _batch_definition().get_batch({"dataframe": figures})
    return batch.validate(suite, result_format=RESULT_FORMAT)


def _number(found: "ExpectationValidationResult") -> int:
    """Return which expectation a result is of; the library gives them back in its own order."""
    configuration = found.expectation_config
    meta = configuration.meta if configuration is not None else None
    return int(meta["n"]) if meta else -1
