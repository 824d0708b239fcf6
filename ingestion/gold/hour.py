"""Gold ``hour``: one row an hour (UTC), direction, queue and product."""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from data_contracts.metrics import SHORT_ABANDON_SECONDS, TARGET_SECONDS
from ingestion.gold import call

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

SOURCE = "calls"
ORDER = ("hour_at", "direction", "queue", "product")


def build(silver: "DataFrame", contract: Contract, currency: str) -> "DataFrame":
    """Return the counts and sums from which `data_contracts.metrics` makes its figures.

    ``calls`` counts all; ``offered``, ``abandoned``, ``short_abandoned`` and ``within_target`` only
    inbound ones, since an outbound call is not offered to anyone; ``wait_seconds_sum`` and
    ``handle_seconds_sum`` only answered ones.
    """
    from pyspark.sql import functions as fn

    calls = call.build(silver, contract, currency).select(
        fn.date_trunc("hour", fn.col("started_at")).alias("hour_at"),
        fn.coalesce(fn.col("direction"), fn.lit("inbound")).alias("direction"),
        "queue",
        "product",
        "wait_seconds",
        "handle_seconds",
        "abandoned",
        fn.col("handle_seconds").isNotNull().alias("was_answered"),
    )
    inbound, answered = fn.col("direction") == "inbound", fn.col("was_answered")
    wait = fn.col("wait_seconds").cast("double")
    return calls.groupBy(*ORDER).agg(
        _count(fn.lit(True)).alias("calls"),
        _count(inbound).alias("offered"),
        _count(answered).alias("answered"),
        _count(fn.col("abandoned")).alias("abandoned"),
        _count(fn.col("abandoned") & (wait <= SHORT_ABANDON_SECONDS)).alias("short_abandoned"),
        _count(inbound & answered & (wait <= TARGET_SECONDS)).alias("within_target"),
        _total(answered, wait).alias("wait_seconds_sum"),
        _total(answered, fn.col("handle_seconds")).alias("handle_seconds_sum"),
    )


def _count(condition: "Column") -> "Column":
    """Count rows; a condition that is unknown counts as no."""
    from pyspark.sql import functions as fn

    return fn.count(fn.when(condition, fn.lit(1)))


def _total(condition: "Column", value: "Column") -> "Column":
    """Sum to the millisecond in decimals: the same figure on both engines, in any order."""
    from pyspark.sql import functions as fn

    kept = fn.when(condition, fn.coalesce(value, fn.lit(0.0))).otherwise(fn.lit(0.0))
    return fn.sum(kept.cast("decimal(18,3)")).cast("double")
