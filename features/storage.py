"""Feature frames kept as tables, so that what a model saw can be seen again."""

from typing import TYPE_CHECKING

import pyarrow as pa

from data_contracts.contract import Contract
from features.gold import Gold
from lakehouse.commits import Commit
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

CODE_VERSION = "3"
"""Raised when a feature or a label is computed differently."""


def keep(
    lake: "Lake",
    tenant: Tenant,
    name: str,
    rows: pa.Table,
    *,
    gold: Gold,
    contract: Contract,
    purpose: str,
) -> None:
    """Write a frame as ``features.<name>``; the same gold and contract are written once."""
    metadata = {f"gold.{table}": str(version) for table, version in sorted(gold.versions.items())}
    metadata |= {"contract": contract.version, "code": CODE_VERSION, "purpose": purpose}
    commit = Commit(":".join(f"{key}={value}" for key, value in metadata.items()), metadata)
    lake.writer.replace(lake.ref(tenant, "features", name), rows, commit, schema_change=True)
