"""The contract's row checks as engine predicates: true where a row breaks one."""

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from data_contracts.checks import RowCheck, row_checks
from data_contracts.contract import Column, KeyKind, Table, UploadKind
from foundation.errors import InvalidMapping
from ingestion.job import Job

if TYPE_CHECKING:
    from pyspark.sql import Column as Expression

LONGEST_VALUE = 1_000
"""Characters of a string that is no free text and has no limit of its own: more is no value."""

SHOWN = 60
"""Characters of a value that a sentence may show."""


def checks_of(job: Job) -> tuple[RowCheck, ...]:
    """Return the checks of this upload's rows; a check's place is its number in ``reasons``."""
    return checks_of_table(job.table, job.mapping.key, job.mapping.upload, job.mapped_names)


def checks_of_table(
    table: Table, key: KeyKind, upload: UploadKind, names: Collection[str]
) -> tuple[RowCheck, ...]:
    """Return the checks of rows that have these of a table's columns."""
    declared = row_checks(table, key, upload, names)
    limits = {c.column for c in declared if c.rule == "max_length"}
    added = [
        RowCheck(c.name, "max_length", {"max_length": str(LONGEST_VALUE)})
        for c in table.columns
        if c.name in names
        if c.type == "string" and c.classification != "free_text" and c.name not in limits
    ]
    return (*(c for c in declared if c.column in names), *added)


def require_mapped(job: Job) -> None:
    """Raise ``InvalidMapping`` where the file lacks a column that every row must have.

    The time of an event may be absent: it then is the upload's time.
    """
    names = job.mapped_names
    for check in row_checks(job.table, job.mapping.key, job.mapping.upload, names):
        absent = check.rule == "required" and check.column not in names
        if absent and job.table.column(check.column).role != "event_time":
            column = job.table.column(check.column)
            raise InvalidMapping(
                "ingestion.required_unmapped", column=column.label, table=job.table.label
            )


def violates(
    check: RowCheck, column: Column, text: "Expression", value: "Expression"
) -> "Expression":
    """Return the predicate of a broken check; never NULL.

    Parameters
    ----------
    text
        The cleaned text; NULL stands for no value.
    value
        The typed value; NULL where the text has not the type's form.
    """
    from pyspark.sql import functions as fn

    from ingestion.casts import literal

    match check.rule:
        case "required":
            broken = text.isNull()
        case "type" | "allowed":
            broken = text.isNotNull() & value.isNull()
        case "minimum":
            broken = value < literal(column, Decimal(check.arguments["minimum"]))
        case "maximum":
            broken = value > literal(column, Decimal(check.arguments["maximum"]))
        case "max_length":
            broken = fn.length(text) > int(check.arguments["max_length"])
        case "pattern":
            # As stored: «spanish» is declared as another writing of «es», and only that fits.
            broken = ~value.rlike(f"^(?:{check.arguments['pattern']})$")
    return fn.coalesce(broken, fn.lit(False))
