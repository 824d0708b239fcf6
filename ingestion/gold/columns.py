"""Which columns of silver a gold table shows."""

from typing import TYPE_CHECKING

from data_contracts.contract import Column, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NOT_SHOWN = {"entity", "operation", "effective_time"}
"""Roles that silver has turned into system columns, or that only a file needs."""


def shown(table: Table) -> tuple[Column, ...]:
    """Return the contract's columns of a gold table, in the contract's order.

    The entity's identifier is ``person_token`` by now, an operation has been carried out, the
    effective time is ``valid_from``; personal columns are in the vault.
    """
    return tuple(
        column
        for column in table.columns
        if column.role not in NOT_SHOWN and column.classification != "personal"
    )


def shown_names(table: Table) -> list[str]:
    """Return the names of `shown`."""
    return [column.name for column in shown(table)]


def as_in_silver(silver: "DataFrame", table: Table, currency: str) -> "DataFrame":
    """Return a gold table that adds nothing: person, contract columns, currency, recorded."""
    from pyspark.sql import functions as fn

    person = ["person_token"] if table.by_role("entity") else []
    return silver.select(
        *person, *shown_names(table), fn.lit(currency).alias("currency"), "recorded_at"
    )
