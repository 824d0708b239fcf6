"""All tables of the operational store: whoever goes through every one of them starts here."""

from tenancy import (
    arrival_tables,
    contract_tables,
    copy_tables,
    law_tables,
    limit_tables,
    model_tables,
    outbox_tables,
    webhook_tables,
)
from tenancy.tables import Base

__all__ = [
    "METADATA",
    "arrival_tables",
    "contract_tables",
    "copy_tables",
    "law_tables",
    "limit_tables",
    "model_tables",
    "outbox_tables",
    "webhook_tables",
]

METADATA = Base.metadata
