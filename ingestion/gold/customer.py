"""Gold ``customer``: one row a version of a customer."""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from ingestion.gold.columns import shown_names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SOURCE = "customers"
ORDER = ("person_token", "valid_from")


def build(silver: "DataFrame", contract: Contract, currency: str) -> "DataFrame":
    """Return every version, with whether it is in effect now and what it is worth a month.

    ``monthly_value`` is decimal(18,4) in ``currency``: the column that the contract's churn model
    names; NULL where the contract names none.
    """
    from pyspark.sql import functions as fn

    value_column = monthly_value_column(contract)
    value = fn.lit(None) if value_column is None else fn.col(value_column)
    return silver.select(
        "person_token",
        "valid_from",
        "valid_to",
        fn.col("valid_to").isNull().alias("is_current"),
        *shown_names(contract.table(SOURCE)),
        value.cast("decimal(18,4)").alias("monthly_value"),
        fn.lit(currency).alias("currency"),
        "recorded_at",
    )


def monthly_value_column(contract: Contract) -> str | None:
    """Return the first value column that a model of customers names."""
    named = (m.money.value_column for m in contract.models if m.entity == "customer")
    return next((column for column in named if column is not None), None)
