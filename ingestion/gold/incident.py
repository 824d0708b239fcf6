"""Gold ``incident``: one row an incident (petition, complaint or claim)."""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from ingestion.gold.columns import shown_names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SOURCE = "incidents"
ORDER = ("opened_at", "incident_id")


def build(silver: "DataFrame", contract: Contract, currency: str) -> "DataFrame":
    """Return every incident with ``resolution_seconds``, from opening to closing.

    An incident still open, or closed before it was opened, has none.
    """
    from pyspark.sql import functions as fn

    seconds = (fn.unix_micros("closed_at") - fn.unix_micros("opened_at")) / fn.lit(1_000_000.0)
    return silver.select(
        "person_token",
        *shown_names(contract.table(SOURCE)),
        fn.when(seconds >= 0, seconds).alias("resolution_seconds"),
        fn.lit(currency).alias("currency"),
        "recorded_at",
    )
