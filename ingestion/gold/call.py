"""Gold ``call``: one row a call."""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from ingestion.gold.columns import shown_names

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

SOURCE = "calls"
ORDER = ("started_at", "call_id")
HANDLING = ("talk_seconds", "hold_seconds", "after_call_seconds")


def build(silver: "DataFrame", contract: Contract, currency: str) -> "DataFrame":
    """Return every call with what the hours are counted from.

    ``handle_seconds`` is talk + hold + after-call work, an absent part being none; NULL for a call
    that nobody answered. ``abandoned`` is an inbound call that nobody answered.
    """
    from pyspark.sql import functions as fn

    parts = [fn.coalesce(fn.col(part).cast("double"), fn.lit(0.0)) for part in HANDLING]
    return silver.select(
        "person_token",
        *shown_names(contract.table(SOURCE)),
        fn.when(_answered(), parts[0] + parts[1] + parts[2]).alias("handle_seconds"),
        (_inbound() & ~_answered()).alias("abandoned"),
        fn.lit(currency).alias("currency"),
        "recorded_at",
    )


def _answered() -> "Column":
    """Return whether somebody answered; where the file does not say, whether they talked."""
    from pyspark.sql import functions as fn

    return fn.coalesce(fn.col("answered"), fn.col("talk_seconds") > 0, fn.lit(False))


def _inbound() -> "Column":
    """Return whether the call came in; a call centre that sends no direction only receives."""
    from pyspark.sql import functions as fn

    return fn.coalesce(fn.col("direction"), fn.lit("inbound")) == "inbound"
