"""Who brings which file to whom, and what they ask for it; who may not is turned away."""

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.contract import Contract, Table, UploadKind
from ingestion.landing import require_size
from ingestion.mapping import Mapping, table_of
from ingestion.reading import PIECE_BYTES
from tenancy.tenants import get_tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

LONGEST_NAME = 200


@dataclass(frozen=True)
class Door:
    """Who brings what to whom; the parameters are those of ``ingestion.receive``."""

    lake: "Lake"
    tenant: "Tenant"
    actor: "Actor"
    path: Path
    file_name: str
    size_bytes: int
    contract: Contract
    table: Table
    given: Mapping | None = None
    kind: UploadKind | None = None
    confirm_ended: bool = False
    piece_bytes: int = PIECE_BYTES

    def under_contract_of_now(self) -> "Door":
        """Return it under the contract that holds now: a re-drive may have changed it."""
        contract = self.lake.contract_of(self.tenant)
        return replace(self, contract=contract, table=table_of(contract, self.table.name))


def open_door(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    path: Path,
    table: str,
    *,
    file_name: str | None,
) -> Door:
    """Return the door for a file that may come in; it raises as ``receive`` does."""
    get_tenant(lake.store, actor, tenant.id)
    actor.require("uploader", "feed")
    contract = lake.contract_of(tenant)
    declared = table_of(contract, table)
    name = shown_name(file_name or path.name)
    size = require_size(path, name, lake.settings.upload_limit_bytes)
    return Door(lake, tenant, actor, path, name, size, contract, declared)


def shown_name(name: str) -> str:
    """Return a file's name as stores and screens take it: no folder, nothing unseen, no end."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in last if not unicodedata.category(c).startswith("C"))
    return seen[-LONGEST_NAME:] or "-"
