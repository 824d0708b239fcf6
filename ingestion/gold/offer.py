"""Gold ``offer``: one row an offer: who was offered what, and what came of it."""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from ingestion.gold.columns import as_in_silver

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SOURCE = "offers"
ORDER = ("offered_at", "offer_id")


def build(silver: "DataFrame", contract: Contract, currency: str) -> "DataFrame":
    """Return every row of silver with the contract's columns."""
    return as_in_silver(silver, contract.table(SOURCE), currency)
